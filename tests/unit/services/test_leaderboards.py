"""Ranks as a page, with the reader's own line wherever it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.content import Difficulty
from bot.services.cards import LeaderboardPage, Period
from bot.services.commands import AskQuiz, ShowLeaderboard
from tests.unit.services.fakes.world import ADA, GRACE, World, question


async def board(world: World, period: Period = Period.ALL, page: int = 1) -> LeaderboardPage:
    return await world.services.leaderboards.show(ShowLeaderboard(actor=ADA, period=period, page=page))


async def earn(world: World, name: str, times: int = 1) -> None:
    actor = replace(GRACE, member=name.lower(), name=name)
    for _ in range(times):
        card = await world.services.quiz.ask(AskQuiz(actor=actor, event_id=world.event()))
        await world.answer(actor, card.posting, "B")
        world.pass_time(seconds=1)


async def test_nobody_has_points_yet(world: World) -> None:
    page = await board(world)
    assert (page.rows, page.own, page.page, page.pages, page.members) == ((), None, 1, 1, 0)


async def test_ties_share_a_rank_and_whoever_was_first_is_shown_first(world: World) -> None:
    await world.load(*(question(f"q{n}") for n in range(5)))
    for name, times in (("Zoe", 2), ("Ben", 2), ("Cay", 3), ("Dan", 1)):
        await earn(world, name, times)
    page = await board(world)
    assert [(row.rank, row.name, row.points, row.solved) for row in page.rows] == [
        (1, "Cay", 15, 3),
        (2, "Zoe", 10, 2),
        (2, "Ben", 10, 2),
        (4, "Dan", 5, 1),
    ]


async def test_the_readers_own_line_is_there_whatever_the_page(world: World) -> None:
    await world.load(*(question(f"q{n}") for n in range(3)))
    for number in range(11):
        await earn(world, f"Member{number:02}", 2)
    await earn(world, "Ada", 1)
    page = await board(world)
    assert (len(page.rows), page.pages, page.members) == (10, 2, 12)
    assert page.own is not None
    assert (page.own.rank, page.own.name, page.own.is_reader) == (12, "Ada", True)
    last = await board(world, page=99)
    assert (last.page, [row.name for row in last.rows]) == (2, ["Member10", "Ada"])


async def test_periods_begin_in_the_communitys_zone(world: World) -> None:
    await world.load(*(question(f"q{n}", Difficulty.HARD) for n in range(3)))
    await world.set_up(zone="Pacific/Auckland")
    world.clock.time = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)  # Sunday 23:00 in Auckland
    await earn(world, "Ada")
    world.clock.time = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # Monday 01:00 in Auckland
    await earn(world, "Ada")
    points = {period: (await board(world, period)).own.points for period in Period}
    assert points == {Period.TODAY: 15, Period.WEEK: 15, Period.MONTH: 30, Period.SEASON: 30, Period.ALL: 30}
    assert (await board(world, Period.WEEK)).since == datetime(2026, 3, 1, 11, 0, tzinfo=UTC)


async def test_the_board_shows_the_same_streak_as_the_streak_card(world: World) -> None:
    from bot.services.commands import ShowStreak

    await world.load(question("q1"), question("q2"))
    await world.set_up(challenge=False)
    for _ in range(2):
        world.pass_time(days=1)
        await world.services.rounds.tick()
        await world.answer(ADA, world.postings()[-1].id, "B")
    card = await world.services.streaks.show(ShowStreak(actor=ADA))
    assert (await board(world)).rows[0].streak == card.current == 2
