"""The ledger, and the scores that are always its sums."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from bot.domain.boards import Board, Scope
from bot.domain.ledger import LedgerEntry, LedgerKind
from bot.domain.periods import Period, period_start
from bot.domain.ranks import Score, ranked
from bot.services.records import (
    Place,
    ScorePage,
)
from bot.storage.database import Database
from tests.integration.storage.samples import DAY, NOON, enter, fill, question

OF_PERIOD = "board_id IN (SELECT id FROM boards WHERE period = '{0}')"


def paid(place: Place, source: str, points: int = 10, **changes: object) -> LedgerEntry:
    fields: dict[str, object] = {
        "community": place.community.id,
        "member": place.member.id,
        "kind": LedgerKind.ANSWER,
        "source": source,
        "day": DAY,
        "at": NOON,
        "points": points,
        "solved": 1,
    }
    return LedgerEntry(**(fields | changes))  # type: ignore[arg-type]


async def append(database: Database, *entries: LedgerEntry) -> list[bool]:
    async with database.begin() as work:
        return [await work.ledger.append(entry) for entry in entries]


async def board(
    database: Database, place: Place, period: Period = Period.ALL, day: date = DAY, offset: int = 0
) -> tuple[list[tuple[int, str, int]], int]:
    """(rank, name, points) of a page of three, and how many members there are."""
    page = await whole_page(database, place, period, day, offset=offset, limit=3)
    return [(row.rank, row.name, row.points) for row in page.rows], page.members


async def whole_page(
    database: Database,
    place: Place,
    period: Period = Period.ALL,
    day: date = DAY,
    *,
    of: Board | None = None,
    offset: int = 0,
    limit: int = 9,
) -> ScorePage:
    """A page as the place's member sees it, of the community's board or another."""
    return await database.quick.page(
        of or Board(Scope.COMMUNITY, place.community.id),
        period,
        period_start(period, day),
        offset=offset,
        limit=limit,
        reader=place.member.id,
    )


async def test_points_count_for_every_period_of_their_day(database: Database) -> None:
    place = await enter(database)
    await append(
        database,
        paid(place, "a"),
        paid(place, "b", 5, day=date(2026, 11, 2)),
        paid(place, "c", 1, day=date(2025, 1, 1)),
        paid(place, "d", 7, day=date(2026, 10, 1)),
    )
    expected = {Period.TODAY: 10, Period.WEEK: 10, Period.MONTH: 15, Period.SEASON: 22, Period.ALL: 23}
    for period, points in expected.items():
        assert await board(database, place, period) == ([(1, "Ada", points)], 1)


@pytest.mark.failure(32)
async def test_the_same_source_never_pays_twice(database: Database) -> None:
    place = await enter(database)
    assert await append(database, paid(place, "answer:1"), paid(place, "answer:1", 99)) == [True, False]
    results = await asyncio.gather(*(append(database, paid(place, "answer:2")) for _ in range(6)))
    assert sum(result == [True] for result in results) == 1
    assert await board(database, place) == ([(1, "Ada", 20)], 1)
    elsewhere = await enter(database, community="away")
    assert await append(database, paid(elsewhere, "answer:1")) == [True]


async def test_a_gift_to_a_streak_is_no_score(database: Database) -> None:
    place = await enter(database)
    await append(
        database,
        paid(place, "f", 0, solved=0, kind=LedgerKind.FREEZE_GRANTED, why="welcome"),
        paid(place, "r", 0, solved=0, kind=LedgerKind.STREAK_REPAIRED, at=NOON + timedelta(hours=1)),
    )
    assert await board(database, place) == ([], 0)
    async with database.begin() as work:
        past = (await work.streaks.facts([place.member.id]))[place.member.id].past
    assert [(gift.repairs, gift.why) for gift in past.gifts] == [(None, "welcome"), (DAY, "")]


async def test_what_was_earned_for_one_question(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    await append(
        database,
        paid(place, "a", 10, question=stored.question),
        paid(place, "b", -4, solved=-1, question=stored.question, kind=LedgerKind.CORRECTION),
        paid(place, "c", 7),
    )
    async with database.begin() as work:
        earned = await work.ledger.earned(place.community.id, place.member.id, stored.question)
        assert (earned.points, earned.solved) == (6, 0)
        entries = await work.ledger.entries(place.community.id, place.member.id)
        assert entries[0] == paid(place, "a", 10, question=stored.question)
        assert [entry.source for entry in entries] == ["a", "b", "c"]


async def test_two_payments_of_one_member_take_turns(database: Database) -> None:
    """Each looks at what was earned and pays up to ten; together they pay ten."""
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])

    async def pay(source: str) -> None:
        async with database.begin() as work:
            earned = await work.ledger.earned(place.community.id, place.member.id, stored.question)
            await work.ledger.append(paid(place, source, 10 - earned.points, question=stored.question))

    await asyncio.gather(*(pay(f"s{n}") for n in range(5)))
    assert await board(database, place) == ([(1, "Ada", 10)], 1)


async def test_pages_and_ranks_are_the_domains(database: Database) -> None:
    """Ties share a rank; pages join without a seam; the reader's own rank is that of the whole list."""
    chance = random.Random(3)
    places = [await enter(database, f"m{number:02}") for number in range(11)]
    scores = []
    for place in places:
        points, minute = chance.choice((0, 10, 20, 30)), chance.randrange(3)
        at = NOON + timedelta(minutes=minute)
        await append(database, paid(place, f"a{place.member.id}", points, at=at))
        scores.append(Score(place.member.id, place.member.name, points, 1, at))
    expected = [(rank, score.name, score.points) for rank, score in ranked(scores)]
    shown = []
    for offset in range(0, 12, 3):
        rows, members = await board(database, places[0], offset=offset)
        shown += rows
        assert members == len(expected)
    assert shown == expected
    ranks = {name: rank for rank, name, _ in expected}
    for place in places:
        page = await whole_page(database, place, limit=1)
        assert (page.own.rank if page.own else None) == ranks.get(place.member.name)


async def test_scores_equal_a_recount_after_anything(database: Database) -> None:
    chance = random.Random(5)
    places = [await enter(database, f"m{n}", f"c{n % 2}") for n in range(6)]
    balance: dict[int, int] = defaultdict(int)
    for number in range(80):
        place = chance.choice(places)
        points = chance.choice((5, 10, 30, 0, -5))
        day = DAY + timedelta(days=chance.randrange(-40, 40))
        at = NOON + timedelta(minutes=chance.randrange(999))
        await append(
            database, paid(place, f"s{number}", points, day=day, at=at, solved=chance.choice((0, 1)))
        )
        balance[place.member.id] += points
    async with database.begin() as work:
        assert await work.ledger.differences() == []
    for place in places:
        page = await whole_page(database, place)
        assert (page.own.points if page.own else 0) == max(balance[place.member.id], 0)


async def test_a_score_that_went_wrong_is_found(database: Database) -> None:
    place = await enter(database)
    await append(database, paid(place, "a"))
    async with database.engine.begin() as connection:
        await connection.execute(text(f"UPDATE scores SET points = 11 WHERE {OF_PERIOD.format('week')}"))
        await connection.execute(text(f"DELETE FROM scores WHERE {OF_PERIOD.format('month')}"))
    async with database.begin() as work:
        found = {(one["period"], one["kept"], one["recounted"]) for one in await work.ledger.differences()}
    assert found == {("week", 11, 10), ("month", None, 10)}
