"""Roles for streaks and ranks: set by admins, given and taken once, never in anybody's way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.commands import Actor, Platform
from bot.services.errors import DeliveryFailed, Gone, Refusal, RoleRefused
from bot.services.panels import Panel, Prose, Table
from bot.services.reward_sync import PACE, RewardSync
from tests.integration.services.test_linking_on_postgres import pressed, typed
from tests.unit.services.fakes.world import World, question

ADA = Actor(platform=Platform.DISCORD, community="1001", channel="5", member="901", name="Ada", is_admin=True)
GRACE = replace(ADA, member="902", name="Grace", is_admin=False)
BRONZE, SILVER, TOP = "100000000000000001", "100000000000000002", "100000000000000003"


class FakeRoles:
    """A guild: who has which role, and what is in the way."""

    def __init__(self) -> None:
        self.held: set[tuple[str, str]] = set()
        self.calls: list[tuple[str, str, bool]] = []
        self.failures: dict[str, Exception] = {}

    async def set(self, community: str, member: str, role: str, give: bool) -> None:
        assert community == "1001"
        self.calls.append((member, role, give))
        failure = self.failures.get(role) or self.failures.get(member)
        if failure is not None:
            raise failure
        (self.held.add if give else self.held.discard)((member, role))


@pytest.fixture
def roles() -> FakeRoles:
    return FakeRoles()


@pytest.fixture
def sync(world: World, roles: FakeRoles) -> RewardSync:
    return RewardSync(world.store, {Platform.DISCORD: roles}, world.clock)


async def day(world: World, *actors: Actor) -> None:
    """One more day's question, answered right by these."""
    await world.services.rounds.tick()
    latest = world.postings()[-1]
    for actor in actors:
        world.pass_time(minutes=1)
        await world.answer(actor, latest.id, "B")


async def playing(world: World) -> None:
    await world.load(*(question(f"q{number}") for number in range(9)))
    await world.set_up(ADA, at_once=True, challenge=False)
    await world.services.communities.enter(GRACE)


async def test_a_streak_earns_its_role_and_a_longer_one_takes_its_place(
    world: World, roles: FakeRoles, sync: RewardSync
) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "streak", days="1", role=f"<@&{BRONZE}>")
    await typed(world, ADA, "rewards", "streak", days="2", role=f"<@&{SILVER}>")
    await day(world, ADA)
    assert await sync.run_due() == 1
    assert roles.held == {("901", BRONZE)}
    world.pass_time(days=1)
    await day(world, ADA, GRACE)
    await sync.run_due()
    assert roles.held == {("901", SILVER), ("902", BRONZE)}


async def test_what_is_given_is_not_given_again(world: World, roles: FakeRoles, sync: RewardSync) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "streak", days="1", role=BRONZE)
    await day(world, ADA)
    await sync.run_due()
    assert await sync.run_due() == 0
    world.clock.time += PACE
    assert await sync.run_due() == 0
    assert roles.calls == [("901", BRONZE, True)]


async def test_a_lost_streak_and_a_removed_rule_take_the_role_back_and_nothing_else(
    world: World, roles: FakeRoles, sync: RewardSync
) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "streak", days="1", role=BRONZE)
    await day(world, ADA, GRACE)
    await sync.run_due()
    roles.held.add(("902", SILVER))  # by an admin's hand
    for _ in range(3):
        world.pass_time(days=1)
        await day(world, ADA)
    await sync.run_due()
    assert roles.held == {("901", BRONZE), ("902", SILVER)}
    shown = await typed(world, ADA, "rewards", "show")
    assert isinstance(shown, Panel)
    await pressed(world, ADA, "rewards.remove", shown.presses[0][0].arguments[0])
    await sync.run_due()
    assert roles.held == {("902", SILVER)}


async def test_the_first_of_a_month_have_their_role(world: World, roles: FakeRoles, sync: RewardSync) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "rank", top="1", role=TOP)
    await day(world, GRACE, ADA)
    world.pass_time(days=1)
    await day(world, ADA)
    await sync.run_due()
    assert roles.held == {("901", TOP)}


async def test_who_hides_has_no_role(world: World, roles: FakeRoles, sync: RewardSync) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "streak", days="1", role=BRONZE)
    await day(world, ADA, GRACE)
    await sync.run_due()
    await pressed(world, GRACE, "privacy.hide", "on")
    world.clock.time += PACE
    await sync.run_due()
    assert roles.held == {("901", BRONZE)}


async def test_a_role_above_ours_is_told_to_the_admin_and_hinders_no_other(
    world: World, roles: FakeRoles, sync: RewardSync
) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "streak", days="1", role=BRONZE)
    await typed(world, ADA, "rewards", "rank", top="9", role=TOP)
    roles.failures[BRONZE] = RoleRefused("My role has to stand above it.")
    await day(world, ADA, GRACE)
    await sync.run_due()
    assert roles.held == {("901", TOP), ("902", TOP)}
    assert [call for call in roles.calls if call[1] == BRONZE] == [("901", BRONZE, True)]
    shown = await typed(world, ADA, "rewards", "show")
    assert isinstance(shown, Panel)
    assert any(isinstance(block, Prose) and "stand above it" in block.text for block in shown.blocks)
    roles.failures.clear()
    world.clock.time += PACE
    await sync.run_due()
    assert ("902", BRONZE) in roles.held
    shown = await typed(world, ADA, "rewards", "show")
    assert isinstance(shown, Panel)
    assert isinstance(shown.blocks[0], Table)


async def test_an_outage_is_tried_again_and_a_member_who_left_is_not(
    world: World, roles: FakeRoles, sync: RewardSync
) -> None:
    await playing(world)
    await typed(world, ADA, "rewards", "streak", days="1", role=BRONZE)
    await day(world, ADA, GRACE)
    roles.failures["901"] = Gone("unknown member")
    roles.failures["902"] = DeliveryFailed("503")
    await sync.run_due()
    assert roles.held == set()
    roles.failures.clear()
    roles.calls.clear()
    world.clock.time += PACE
    await sync.run_due()
    assert roles.calls == [("902", BRONZE, True)]


async def test_only_admins_set_roles_and_only_where_there_are_some(world: World) -> None:
    with pytest.raises(Refusal, match="Only those who manage"):
        await typed(world, GRACE, "rewards", "streak", days="1", role=BRONZE)
    slack = replace(ADA, platform=Platform.SLACK)
    with pytest.raises(Refusal, match="Only Discord has roles"):
        await typed(world, slack, "rewards", "streak", days="1", role=BRONZE)


@pytest.mark.parametrize(
    ("word", "values", "told"),
    [
        ("streak", {"days": "0", "role": BRONZE}, "a number from 1"),
        ("streak", {"days": "many", "role": BRONZE}, "a number from 1"),
        ("streak", {"days": "7", "role": "Admins"}, "typing @"),
        ("rank", {"top": "101", "role": BRONZE}, "a number from 1 to 100"),
        ("rank", {"top": "3", "role": BRONZE, "period": "today"}, "Choose one of"),
    ],
)
async def test_what_cannot_be_is_refused_with_advice(
    world: World, word: str, values: dict[str, str], told: str
) -> None:
    with pytest.raises(Refusal, match=told):
        await typed(world, ADA, "rewards", word, **values)
