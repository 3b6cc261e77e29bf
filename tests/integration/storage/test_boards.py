"""Leaderboards of channels, topics and leagues; large ones that look ranks up; and what is dropped."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from bot.domain.boards import Board, Scope, league_share
from bot.domain.ledger import LedgerEntry, LedgerKind
from bot.domain.periods import Period, period_start
from bot.domain.ranks import Score, ranked
from bot.services.records import Place, ScorePage
from bot.storage import boards
from bot.storage.database import Database
from bot.storage.recount import recount
from tests.integration.storage.samples import DAY, NOON, actor, enter, fill, question

AGE = text("UPDATE boards SET watched_at = watched_at - interval '1 hour'")
COUNTED = text("SELECT count(*) FROM boards WHERE counted")


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


async def append(database: Database, *entries: LedgerEntry) -> None:
    async with database.begin() as work:
        for entry in entries:
            assert await work.ledger.append(entry)


async def page(
    database: Database, board: Board, reader: int = 0, *, offset: int = 0, limit: int = 20
) -> ScorePage:
    start = period_start(Period.ALL, DAY)
    return await database.quick.page(board, Period.ALL, start, offset=offset, limit=limit, reader=reader)


async def shown(database: Database, board: Board) -> list[tuple[str, int]]:
    return [(row.name, row.points) for row in (await page(database, board)).rows]


async def test_a_payment_counts_on_its_channel_and_its_topic(database: Database) -> None:
    ada = await enter(database)
    async with database.begin() as work:
        grace = await work.directory.enter(actor("grace", channel="other"))
    await append(
        database,
        paid(ada, "a", 10, channel=ada.channel.id, topic="SQL"),
        paid(ada, "b", 7, channel=grace.channel.id, topic="python"),
        paid(grace, "c", 5, channel=grace.channel.id, topic="sql"),
        paid(grace, "d", 3),
    )
    home = ada.community.id
    assert await shown(database, Board(Scope.COMMUNITY, home)) == [("Ada", 17), ("Grace", 8)]
    assert await shown(database, Board(Scope.CHANNEL, grace.channel.id)) == [("Ada", 7), ("Grace", 5)]
    assert await shown(database, Board(Scope.TOPIC, home, "Sql")) == [("Ada", 10), ("Grace", 5)]
    assert await shown(database, Board(Scope.TOPIC, home, "rust")) == []
    assert await recount(database.engine) == []


async def league(database: Database, *communities: str) -> int:
    """A league of communities that are there."""
    places = [await enter(database, "admin", name) for name in communities]
    async with database.begin() as work:
        made = await work.leagues.found(places[0].community.id, "The league")
        for place in places[1:]:
            await work.leagues.enter(place.community.id, made.id)
        return made.id


async def test_a_league_has_one_line_for_each_person_and_pays_a_question_once(database: Database) -> None:
    first, second = await fill(database, [question("q"), question("r")])
    here, there = await enter(database, "ada", "north"), await enter(database, "lovelace", "south")
    other = await enter(database, "grace", "south")
    number = await league(database, "north", "south")
    await append(
        database,
        paid(here, "a", 5, question=first.question),
        paid(there, "b", 15, question=first.question),
        paid(there, "c", 1, question=second.question),
        paid(other, "d", 9, question=first.question),
    )
    board = Board(Scope.LEAGUE, number)
    assert await shown(database, board) == [("Lovelace", 16), ("Grace", 9), ("Ada", 5)]
    async with database.begin() as work:
        await work.people.join(here.member.id, there.member.id)
    assert await shown(database, board) == [("Ada", 16), ("Grace", 9)]
    for reader in (here, there):
        own = (await page(database, board, reader.member.id)).own
        assert own is not None
        assert (own.rank, own.points) == (1, 16)
    await append(
        database,
        paid(here, "e", 20, question=second.question),
        paid(there, "f", -15, question=first.question, solved=-1),
    )
    assert await shown(database, board) == [("Ada", 25), ("Grace", 9)]
    assert await recount(database.engine) == []
    async with database.begin() as work:
        await work.people.part(there.member.id)
    assert await shown(database, board) == [("Ada", 25), ("Grace", 9), ("Lovelace", 1)]
    async with database.begin() as work:
        await work.leagues.leave(there.community.id)
    assert await shown(database, board) == [("Ada", 25)]
    assert await recount(database.engine) == []


async def test_the_share_of_a_league_is_the_domains(database: Database) -> None:
    """Whatever one person was paid in three communities, storage counts what ``league_share`` counts."""
    chance = random.Random(11)
    stored = await fill(database, [question(f"q{n}") for n in range(4)])
    places = [await enter(database, "ada", name) for name in ("one", "two", "three")]
    number = await league(database, "one", "two", "three")
    async with database.begin() as work:
        for place in places[1:]:
            await work.people.join(places[0].member.id, place.member.id)
    entries: list[LedgerEntry] = []
    for turn in range(25):
        asked = chance.choice([*stored, None])
        entry = paid(
            chance.choice(places),
            f"s{turn}",
            chance.choice((5, 10, -5)),
            question=asked.question if asked else None,
        )
        await append(database, entry)
        entries.append(entry)
        expected = sum(one.points for one in league_share(entries))
        own = (await page(database, Board(Scope.LEAGUE, number), places[2].member.id)).own
        assert (own.points if own else 0) == max(expected, 0)
    async with database.begin() as work:
        assert await work.ledger.differences() == []


async def counted(database: Database, board: Board) -> None:
    """Look at a board, as people do, until it keeps counts."""
    await page(database, board)
    async with database.engine.begin() as connection:
        await connection.execute(AGE)
    async with database.begin() as work:
        assert await work.ledger.tend(date(2000, 1, 1))
    async with database.engine.connect() as connection:
        assert (await connection.scalars(COUNTED)).one() >= 1


async def test_a_large_board_looks_up_what_a_small_one_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Payments, corrections, folds and people who leave: the ranks are the domain's all the time."""
    monkeypatch.setattr(boards, "COUNT_FROM", 1)
    chance = random.Random(4)
    places = [await enter(database, f"m{number:02}") for number in range(12)]
    board = Board(Scope.COMMUNITY, places[0].community.id)
    points = dict.fromkeys(range(12), 0)
    reached = dict.fromkeys(range(12), NOON)

    async def pay(turn: int) -> None:
        who, amount = chance.choice(list(points)), chance.choice((5, 10, 15, -5))
        at = NOON + timedelta(minutes=turn)
        await append(database, paid(places[who], f"s{turn}", amount, at=at))
        points[who] += amount
        if amount > 0:
            reached[who] = at

    for turn in range(20):
        await pay(turn)
    await counted(database, board)
    for turn in range(20, 60):
        await pay(turn)
        if turn % 10 == 0:
            async with database.begin() as work:
                await work.ledger.tend(date(2000, 1, 1))
        if turn == 45:
            async with database.begin() as work:
                await work.privacy.forget(places[11].member.id)
            del points[11]
        expected = list(
            ranked(
                Score(places[who].member.id, places[who].member.name, sum_, 1, reached[who])
                for who, sum_ in points.items()
            )
        )
        for offset in (0, 3):
            found = await page(database, board, places[3].member.id, offset=offset, limit=4)
            assert [(row.rank, row.name) for row in found.rows] == [
                (rank, score.name) for rank, score in expected[offset : offset + 4]
            ]
            assert found.members == len(expected)
            ranks = {score.name: rank for rank, score in expected}
            assert (found.own.rank if found.own else None) == ranks.get("M03")
    assert await recount(database.engine) == []
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE board_counts SET members = members + 1"))
    assert {one.what.split()[0] for one in await recount(database.engine)} == {"count"}


async def test_who_hides_is_counted_and_sees_their_own_line(database: Database) -> None:
    ada, grace, alan = [await enter(database, name) for name in ("ada", "grace", "alan")]
    await append(database, paid(ada, "a", 10), paid(grace, "b", 20), paid(alan, "c", 30))
    async with database.begin() as work:
        await work.people.hide(grace.member.id, True)
    board = Board(Scope.COMMUNITY, ada.community.id)
    found = await page(database, board, ada.member.id)
    assert [(row.rank, row.name) for row in found.rows] == [(1, "Alan"), (3, "Ada")]
    found = await page(database, board, grace.member.id)
    assert [row.name for row in found.rows] == ["Alan", "Grace", "Ada"]
    assert found.own is not None
    assert found.own.rank == 2


async def test_boards_that_are_over_are_dropped_and_stay_away(database: Database) -> None:
    """A correction for a day long past changes the boards that are kept, and makes no other anew."""
    ada = await enter(database)
    await append(database, paid(ada, "a", 10), paid(ada, "b", 5, day=DAY - timedelta(days=60)))

    async def periods() -> dict[str, int]:
        async with database.engine.connect() as connection:
            rows = await connection.execute(text("SELECT period, count(*) FROM boards GROUP BY 1"))
            return {row.period: row.count for row in rows}

    assert await periods() == {"today": 2, "week": 2, "month": 2, "season": 2, "all": 1}
    async with database.begin() as work:
        assert await work.ledger.tend(DAY + timedelta(days=1))
    kept = {"today": 1, "week": 1, "month": 1, "season": 2, "all": 1}
    assert await periods() == kept
    await append(database, paid(ada, "c", -5, day=DAY - timedelta(days=60), solved=0))
    assert await periods() == kept
    assert await shown(database, Board(Scope.COMMUNITY, ada.community.id)) == [("Ada", 10)]
    assert await recount(database.engine) == []
