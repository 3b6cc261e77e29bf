"""Installations: begun once, kept sealed, used, removed at once."""

from __future__ import annotations

import pytest

from bot.services.commands import Actor, Platform
from bot.services.errors import Unsealed
from bot.services.installations import Installation, InstallationService
from tests.unit.services.fakes.world import World

ADA = Actor(platform=Platform.SLACK, community="T1", channel="C1", member="U1", name="Ada", is_admin=True)
TEAM = Installation(workspace="T1", name="Team", bot_user="UB", bot="B", token="xoxb-secret")


class Reversed:
    """A seal of the tests: the key and the text backwards."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def seal(self, secret: str) -> str:
        return f"{self.keys[0]}:{secret[::-1]}"

    def open(self, sealed: str) -> str:
        key, _, secret = sealed.partition(":")
        if key not in self.keys:
            raise Unsealed("no key opens it")
        return secret[::-1]


def service(world: World, *keys: str) -> InstallationService:
    return InstallationService(world.store.begin, world.clock, Reversed(*keys or ("k1",)))


async def test_a_token_is_kept_sealed_and_comes_back_as_it_was() -> None:
    world = World()
    await service(world).save(TEAM)
    assert "xoxb-secret" not in repr(world.store.tables.installations["T1"].sealed)
    assert await service(world).find("T1") == TEAM
    assert await service(world).find("T2") is None


async def test_installing_again_takes_the_newer_token() -> None:
    world = World()
    for token in ("xoxb-old", "xoxb-new"):
        await service(world).save(Installation(workspace="T1", name="", bot_user="", bot="", token=token))
    found = await service(world).find("T1")
    assert found is not None
    assert found.token == "xoxb-new"


async def test_a_state_counts_once_and_for_ten_minutes() -> None:
    world = World()
    installations = service(world)
    state = await installations.begin_one()
    assert state not in world.store.tables.installation_states
    assert await installations.was_begun(state)
    assert not await installations.was_begun(state)
    assert not await installations.was_begun("made up")
    late = await installations.begin_one()
    world.pass_time(minutes=11)
    assert not await installations.was_begun(late)


async def test_after_a_removal_the_token_is_gone_and_the_community_has_left() -> None:
    world = World()
    await world.services.communities.enter(ADA)
    await service(world).save(TEAM)
    await service(world).gone("T1")
    await service(world).gone("T1")
    assert world.store.tables.installations == {}
    assert len(world.store.tables.left) == 1
    await service(world).save(TEAM)
    assert not world.store.tables.left


async def test_keys_are_changed_by_sealing_everything_with_the_new_one() -> None:
    world = World()
    await service(world, "k1").save(TEAM)
    assert await service(world, "k2", "k1").seal_again() == 1
    assert await service(world, "k2").find("T1") == TEAM
    with pytest.raises(Unsealed):
        await service(world, "k1").find("T1")


async def test_when_no_key_opens_a_token_nothing_is_sealed_again() -> None:
    world = World()
    await service(world, "k1").save(TEAM)
    with pytest.raises(Unsealed):
        await service(world, "k2").seal_again()
    assert await service(world, "k1").find("T1") == TEAM


def test_a_token_is_in_no_log() -> None:
    assert "secret" not in repr(TEAM)
