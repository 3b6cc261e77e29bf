"""One human with several accounts, and communities that share a board."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.boards import Scope
from bot.domain.periods import Period
from bot.services.cards import Notice
from bot.services.commands import Actor, Platform, ShowLeaderboard
from bot.services.errors import Refusal
from bot.services.leaving import Keep
from bot.services.panels import OpenPanel, Panel, PressPanel, Prose, Table
from tests.unit.services.fakes.world import World, question

DISCORD = Actor(
    platform=Platform.DISCORD, community="g1", channel="d1", member="100", name="Ada", community_name="Guild"
)
SLACK = Actor(
    platform=Platform.SLACK, community="T1", channel="C1", member="U1", name="Ada L.", community_name="Work"
)
OTHER = replace(SLACK, member="U2", name="Eve")
BOSS, SLACK_BOSS = replace(DISCORD, is_admin=True), replace(SLACK, is_admin=True)


async def typed(world: World, actor: Actor, name: str, word: str = "", /, **values: str) -> Panel | Notice:
    request = OpenPanel(actor=actor, event_id=world.event(), at=world.clock.now(), values=values)
    return await world.services.panels.open(name, word, request)


async def pressed(world: World, actor: Actor, name: str, /, *arguments: str, **values: str) -> Panel | Notice:
    request = PressPanel(
        actor=actor, event_id=world.event(), at=world.clock.now(), arguments=arguments, values=values
    )
    return await world.services.panels.press(name, request)


async def code_of(world: World, actor: Actor, press: str = "link.code") -> str:
    shown = await pressed(world, actor, press)
    assert isinstance(shown, Panel)
    prose = shown.blocks[0]
    assert isinstance(prose, Prose)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", prose.text)
    assert found
    return found[0]


async def persons(world: World) -> dict[str, int | None]:
    """Community and account to person."""
    async with world.store.database.engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT communities.external_id || '/' || members.external_id AS who, person_id FROM members"
                " JOIN communities ON communities.id = members.community_id"
            )
        )
        return {row.who: row.person_id for row in rows}


def table(panel: Panel | Notice) -> tuple[tuple[str, ...], ...]:
    assert isinstance(panel, Panel)
    return next(block.rows for block in panel.blocks if isinstance(block, Table))


async def test_the_code_of_one_account_links_it_with_the_one_that_enters_it(world: World) -> None:
    code = await code_of(world, DISCORD)
    linked = await typed(world, SLACK, "link", code=code.lower().replace("-", " "))
    assert table(linked) == (("Discord", "Guild", "Ada"), ("Slack", "Work", "Ada L. (here)"))
    found = await persons(world)
    assert found["g1/100"] == found["T1/U1"] is not None


async def test_a_code_works_once_and_for_ten_minutes(world: World) -> None:
    code = await code_of(world, DISCORD)
    await typed(world, SLACK, "link", code=code)
    with pytest.raises(Refusal, match="not valid"):
        await typed(world, OTHER, "link", code=code)
    late = await code_of(world, DISCORD)
    world.pass_time(minutes=10)
    with pytest.raises(Refusal, match="not valid"):
        await typed(world, OTHER, "link", code=late)
    assert (await persons(world))["T1/U2"] is None


async def test_a_new_code_takes_the_place_of_the_one_before(world: World) -> None:
    first = await code_of(world, DISCORD)
    await code_of(world, DISCORD)
    with pytest.raises(Refusal, match="not valid"):
        await typed(world, SLACK, "link", code=first)


async def test_guessing_ends_after_five_wrong_codes_and_the_right_one_is_not_looked_at(world: World) -> None:
    code = await code_of(world, DISCORD)
    for _ in range(5):
        with pytest.raises(Refusal, match="not valid"):
            await typed(world, OTHER, "link", code="0000-0000")
    with pytest.raises(Refusal, match="too many wrong codes"):
        await typed(world, OTHER, "link", code=code)
    await typed(world, SLACK, "link", code=code)
    world.pass_time(minutes=11)
    with pytest.raises(Refusal, match="not valid"):
        await typed(world, OTHER, "link", code="0000-0000")


async def test_the_database_holds_no_code(world: World) -> None:
    code = await code_of(world, DISCORD)
    async with world.store.database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM one_time_codes"))).all()
    assert len(rows) == 1
    assert code.replace("-", "") not in str(rows).upper()


async def test_the_same_account_and_two_in_one_community_are_refused(world: World) -> None:
    with pytest.raises(Refusal, match="one person already"):
        await typed(world, DISCORD, "link", code=await code_of(world, DISCORD))
    with pytest.raises(Refusal, match="two accounts stay two"):
        await typed(world, OTHER, "link", code=await code_of(world, SLACK))


async def test_unlinking_makes_two_of_one_again(world: World) -> None:
    await typed(world, SLACK, "link", code=await code_of(world, DISCORD))
    parted = await pressed(world, SLACK, "link.part")
    assert table(parted) == (("Slack", "Work", "Ada L. (here)"),)
    assert set((await persons(world)).values()) == {None}


async def test_a_discord_account_is_the_same_human_in_every_server(world: World) -> None:
    elsewhere = replace(DISCORD, community="g2", community_name="Second")
    await world.services.communities.enter(DISCORD)
    await world.services.communities.enter(elsewhere)
    await typed(world, SLACK, "link", code=await code_of(world, elsewhere))
    await world.services.communities.enter(replace(DISCORD, community="g3"))
    assert len(set((await persons(world)).values())) == 1
    await pressed(world, DISCORD, "link.part")
    found = await persons(world)
    assert found["g1/100"] == found["g2/100"] == found["g3/100"] != found["T1/U1"]


async def test_a_slack_account_of_the_same_number_elsewhere_is_somebody_else(world: World) -> None:
    await world.services.communities.enter(SLACK)
    await world.services.communities.enter(replace(SLACK, community="T2"))
    assert set((await persons(world)).values()) == {None}


async def leagues(world: World) -> dict[str, Any]:
    async with world.store.database.engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT communities.external_id AS community, leagues.name FROM communities"
                " LEFT JOIN leagues ON leagues.id = communities.league_id"
            )
        )
        return {row.community: row.name for row in rows}


async def test_a_community_joins_a_league_with_a_code_that_an_admin_gave(world: World) -> None:
    await typed(world, BOSS, "league", "create", name="  Both   worlds ")
    joined = await typed(world, SLACK_BOSS, "league", "join", code=await code_of(world, BOSS, "league.code"))
    assert isinstance(joined, Panel)
    assert joined.title == "Both worlds"
    assert table(joined) == (("Guild", "Discord"), ("Work", "Slack"))
    assert await leagues(world) == {"g1": "Both worlds", "T1": "Both worlds"}


async def test_only_admins_of_either_side_decide(world: World) -> None:
    await typed(world, BOSS, "league", "create", name="Both")
    code = await code_of(world, BOSS, "league.code")
    for attempt in (
        typed(world, SLACK, "league", "join", code=code),
        typed(world, SLACK, "league", "create", name="x"),
        typed(world, DISCORD, "league", "leave"),
        pressed(world, DISCORD, "league.leave"),
        pressed(world, DISCORD, "league.code"),
    ):
        with pytest.raises(Refusal, match="Only those who manage"):
            await attempt
    assert isinstance(await typed(world, DISCORD, "league", "show"), Panel)


async def test_a_code_for_a_league_links_no_accounts_and_the_other_way_round(world: World) -> None:
    await typed(world, BOSS, "league", "create", name="Both")
    with pytest.raises(Refusal, match="not valid"):
        await typed(world, SLACK_BOSS, "link", code=await code_of(world, BOSS, "league.code"))
    with pytest.raises(Refusal, match="not valid"):
        await typed(world, SLACK_BOSS, "league", "join", code=await code_of(world, BOSS))


async def test_the_last_community_takes_the_league_with_it(world: World) -> None:
    await typed(world, BOSS, "league", "create", name="Both")
    with pytest.raises(Refusal, match="is in the league Both"):
        await typed(world, BOSS, "league", "create", name="Another")
    await pressed(world, BOSS, "league.leave")
    assert await leagues(world) == {"g1": None}
    async with world.store.database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM leagues"))).scalar_one() == 0
    assert isinstance(await typed(world, BOSS, "league", "show"), Notice)


PLAY_DISCORD = replace(BOSS, platform=Platform.PLAYGROUND, community="p1", community_name="First")
PLAY_SLACK = replace(SLACK_BOSS, platform=Platform.PLAYGROUND, community="p2", community_name="Second")
"""Two accounts of one human, where the tests' platform delivers."""


async def league_board(world: World, actor: Actor) -> list[tuple[str, int, bool]]:
    board = ShowLeaderboard(actor=actor, scope=Scope.LEAGUE)
    page = await world.services.leaderboards.show(board)
    return [(row.name, row.points, row.is_reader) for row in page.rows]


async def two_communities(world: World) -> tuple[Actor, Actor, Actor]:
    """A league of two communities: one human plays in both, another in the second."""
    await world.load(question("q1"))
    first, second, eve = PLAY_DISCORD, PLAY_SLACK, replace(PLAY_SLACK, member="U2", name="Eve")
    await world.set_up(first, at_once=True)
    await world.load(question("q2"))
    await world.set_up(second, at_once=True)
    await typed(world, first, "league", "create", name="Both")
    await typed(world, second, "league", "join", code=await code_of(world, first, "league.code"))
    for actor in (first, second, eve):
        community = (await world.services.communities.enter(actor)).community.id
        shown = [posting for posting in world.postings() if posting.community == community]
        world.pass_time(minutes=1)
        await world.answer(actor, shown[0].id, "B")
    return first, second, eve


async def test_linked_accounts_are_one_line_on_the_board_of_a_league(world: World) -> None:
    first, second, _ = await two_communities(world)
    assert len(await league_board(world, first)) == 3
    await typed(world, second, "link", code=await code_of(world, first))
    lines = await league_board(world, second)
    assert len(lines) == 2
    assert [mine for _, _, mine in lines].count(True) == 1
    await pressed(world, second, "link.part")
    assert len(await league_board(world, first)) == 3


async def test_the_board_of_a_league_is_right_after_a_deletion_and_a_purge(world: World) -> None:
    first, second, eve = await two_communities(world)
    await typed(world, second, "link", code=await code_of(world, first))
    await world.services.leaving.left(Platform.PLAYGROUND, "p1")
    world.pass_time(days=91)
    assert (await world.services.leaving.purge(Keep()))["communities"] == 1
    board = ShowLeaderboard(actor=second, scope=Scope.LEAGUE, period=Period.ALL)
    page = await world.services.leaderboards.show(board)
    assert {row.name: row.points for row in page.rows} == {"Ada L.": 5, "Eve": 5}
    await pressed(world, eve, "privacy.delete", word="delete")
    page = await world.services.leaderboards.show(board)
    assert [(row.rank, row.name) for row in page.rows] == [(1, "Ada L.")]
