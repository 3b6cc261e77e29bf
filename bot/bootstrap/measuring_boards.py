"""``warmup bench leaderboard``: leaderboards, answers, ticks and picks against statements written by hand."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap.clock import SystemClock
from bot.config import Settings
from bot.domain.boards import Board, Scope
from bot.domain.content import Difficulty, Kind, Meta, Option, Question
from bot.domain.periods import Period, period_start
from bot.domain.picking import DAILY_QUESTIONS, Pool
from bot.services.app import build_services
from bot.services.commands import Actor, AnswerQuestion, Platform, ShowLeaderboard
from bot.services.streaks import streaks_of
from bot.storage.bench import BOARD, CLAIM, LONG_S, OWN_RANK, OWN_RANK_KEPT, PAGE, RECORD, UNCOUNTED, fill
from bot.storage.database import Database
from bot.storage.documents import item_document
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.engine import connect
from bot.storage.migrate import migrate
from bot.storage.tables.base import to_json

QUESTIONS = 400
QUESTION = Question(
    meta=Meta(key="bench", title="Bench", topic="bench", difficulty=Difficulty.EASY),
    kind=Kind.MULTIPLE_CHOICE,
    prompt="Which?",
    options=(Option("this", True), Option("that", False)),
)
AT_ONCE = 8
"""Answers that are on their way together where a rate is measured."""
MARKED_AT_ONCE = 200
CLAIMED = 500
"""Deliveries that are claimed together."""
PATIENCE_S = 60
"""How long large boards may take until they are counted."""
Work = Callable[[int], Awaitable[object]]


async def measure_boards(
    settings: Settings, *, communities: int, members: int, answers: int, rounds: int
) -> dict[str, Any]:
    """Fill a throw-away PostgreSQL and measure, ours and by hand in turns, as ``--json`` prints it.

    Latencies are lower quartiles in milliseconds over ``rounds`` turns, one at a time: what else the machine
    does meanwhile then weighs less on the comparison. The server keeps what it commits as it does for real,
    on the disk of the folder for temporary files; only the filling does not wait.
    """
    days = min(QUESTIONS, max(1, answers // members))
    with tempfile.TemporaryDirectory(prefix="warmup-bench-") as folder:
        async with EmbeddedPostgres(Path(folder)) as url:
            await migrate(url)
            started = time.perf_counter()
            plain = await connect(url)
            try:
                await fill(
                    plain,
                    communities=communities,
                    members=members,
                    days=days,
                    questions=QUESTIONS,
                    content=to_json(item_document(QUESTION)),
                )
                filled_s = time.perf_counter() - started
                async with Database(url, pool_size=AT_ONCE) as opened:
                    measured = await _measure(opened, plain, url, rounds)
            finally:
                await plain.close()
    sizes = {"communities": communities, "members": members, "answers": days * members, "days": days}
    return {"sizes": sizes | {"filled_s": round(filled_s, 1)}, **measured}


async def _measure(opened: Database, plain: Any, url: str, rounds: int) -> dict[str, Any]:
    communities = await plain.fetch(
        "SELECT community_id AS id, count(*) AS members FROM members GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    largest, middle = communities[0], communities[len(communities) // 2]
    reader = await plain.fetchval("SELECT max(id) FROM members WHERE community_id = $1", largest["id"])
    return {
        "members_of": {"largest": largest["members"], "middle": middle["members"]},
        "pages": await _pages(opened, plain, largest["id"], middle["id"], rounds),
        "answers": await _answers(opened, url, plain, rounds),
        "due": await _due(opened, plain),
        "pick": await _pick(opened, plain, largest["id"], reader, rounds),
    }


async def _pages(opened: Database, plain: Any, largest: int, middle: int, rounds: int) -> dict[str, Any]:
    """A page with one's own rank, for every scope and period, and the whole command."""
    services = build_services(opened, SystemClock())
    channel = await plain.fetchval("SELECT id FROM channels WHERE community_id = $1", largest)
    boards = {
        "community": (Board(Scope.COMMUNITY, largest), largest),
        "community of middle size": (Board(Scope.COMMUNITY, middle), middle),
        "channel": (Board(Scope.CHANNEL, channel), largest),
        "topic": (Board(Scope.TOPIC, largest, "bench"), largest),
        "league": (Board(Scope.LEAGUE, 1), largest),
    }
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()  # today's boards are empty yet
    starts = {period: period_start(period, yesterday) for period in Period}
    people = {
        community: await plain.fetch(
            "SELECT id, external_id, name FROM members WHERE community_id = $1 ORDER BY id", community
        )
        for community in (largest, middle)
    }
    chance = random.Random(1)  # noqa: S311 - the same readers in every run
    await _count_boards(opened, plain, [board for board, _ in boards.values()], starts)
    measured: dict[str, dict[str, float]] = {}
    for name, (board, community) in boards.items():
        for period, start in starts.items():
            readers = [chance.choice(people[community])["id"] for _ in range(rounds)]
            looks = Looks(opened, plain, board, period, start, readers)
            measured[f"{name}, {period}"] = await _in_turns(looks.ours, await looks.by_hand(), rounds)
    actors = [_actor(largest, chance.choice(people[largest])) for _ in range(rounds)]
    readers = [person["id"] for person in people[largest]][:rounds] * rounds
    same = Looks(opened, plain, Board(Scope.COMMUNITY, largest), Period.ALL, starts[Period.ALL], readers)

    async def command(turn: int) -> None:
        await services.leaderboards.show(ShowLeaderboard(actor=actors[turn], period=Period.ALL))

    return {
        "worst_ratio": max(one["ratio"] for one in measured.values()),
        "each": measured,
        "whole_command_with_streaks": await _in_turns(command, await same.by_hand(), rounds),
    }


@dataclass(frozen=True)
class Looks:
    """Looks at one board by several readers, ours and by hand."""

    opened: Database
    plain: Any
    board: Board
    period: Period
    start: date
    readers: Sequence[int]

    async def ours(self, turn: int) -> None:
        """As the service asks for it."""
        await self.opened.quick.page(
            self.board, self.period, self.start, offset=0, limit=10, reader=self.readers[turn]
        )

    async def by_hand(self) -> Work:
        """Two statements on the kept table, given the board's number; counts are used where there are."""
        key = (str(self.board.scope), self.board.owner, self.board.topic, str(self.period), self.start)
        number = await self.plain.fetchval(BOARD, *key)
        counted = await self.plain.fetchval("SELECT counted FROM boards WHERE id = $1", number)
        own_rank = OWN_RANK_KEPT if counted else OWN_RANK

        async def look(turn: int) -> None:
            await self.plain.fetch(PAGE, number)
            await self.plain.fetch(own_rank, number, self.readers[turn])

        return look


async def _count_boards(
    opened: Database, plain: Any, boards: Sequence[Board], starts: Mapping[Period, date]
) -> None:
    """Look at every board once, as people would, and let the large ones be counted."""
    services = build_services(opened, SystemClock())
    for board in boards:
        for period, start in starts.items():
            await opened.quick.page(board, period, start, offset=0, limit=10, reader=0)
    waiting = time.monotonic() + PATIENCE_S
    while await plain.fetchval(UNCOUNTED) and time.monotonic() < waiting:
        await asyncio.sleep(1)
        await services.leaderboards.tend()


def _actor(community: int, person: Any) -> Actor:
    return Actor(
        platform=Platform.DISCORD,
        community=f"c{community}",
        channel="daily",
        member=person["external_id"],
        name=person["name"],
    )


async def _answers(opened: Database, url: str, plain: Any, rounds: int) -> dict[str, Any]:
    """Answers of members all over: one after the other in turns, and then several at once."""
    services = build_services(opened, SystemClock())
    turns, burst = rounds, 10 * rounds
    people = await plain.fetch(
        """SELECT members.id, members.external_id, members.name, members.community_id, postings.id AS posting
           FROM members JOIN channels ON channels.community_id = members.community_id
           JOIN rounds ON rounds.channel_id = channels.id AND rounds.state = 'open'
           JOIN postings ON postings.round_id = rounds.id
           ORDER BY md5(members.id::text) LIMIT $1""",
        2 * turns + 2 * burst,
    )
    hands = [await connect(url) for _ in range(AT_ONCE)]
    async with opened.begin() as work:  # marks are there, as for anybody who answered last week
        for start in range(0, len(people), MARKED_AT_ONCE):
            some = [person["id"] for person in people[start : start + MARKED_AT_ONCE]]
            await streaks_of(work, some, datetime.now(UTC))

    async def ours(number: int) -> None:
        person = people[number]
        command = AnswerQuestion(
            actor=_actor(person["community_id"], person),
            event_id=f"ours-{number}",
            posting=person["posting"],
            letters=frozenset("A"),
            at=datetime.now(UTC),
        )
        await services.quiz.answer(command)

    async def by_hand(number: int, connection: Any = hands[0]) -> None:
        person = people[number]
        given = (f"c{person['community_id']}", person["external_id"], person["posting"], f"hand-{number}")
        await connection.execute(RECORD, *given)

    try:
        one = await _in_turns(
            lambda turn: ours(2 * turn), lambda turn: by_hand(2 * turn + 1), min(turns, len(people) // 4)
        )
        rest = list(range(2 * turns, len(people)))
        ours_s = await _burst(rest[0::2], lambda number, _: ours(number))
        hand_s = await _burst(rest[1::2], lambda number, lane: by_hand(number, hands[lane]))
    finally:
        for connection in hands:
            await connection.close()
    each = len(rest[0::2])
    return {
        "one_at_a_time": one | {"rate_ratio": round(1 / one["ratio"], 3)},
        "at_once": {
            "lanes": AT_ONCE,
            "ours_per_s": round(each / ours_s),
            "by_hand_per_s": round(len(rest[1::2]) / hand_s),
            "rate_ratio": round((each / ours_s) / (len(rest[1::2]) / hand_s), 3),
        },
    }


async def _burst(numbers: Sequence[int], work: Callable[[int, int], Awaitable[object]]) -> float:
    """Seconds for all of them, ``AT_ONCE`` lanes side by side."""
    started = time.perf_counter()

    async def lane(which: int) -> None:
        for number in numbers[which::AT_ONCE]:
            await work(number, which)

    await asyncio.gather(*(lane(which) for which in range(AT_ONCE)))
    return time.perf_counter() - started


async def _in_turns(ours: Work, by_hand: Work, rounds: int) -> dict[str, float]:
    """Both, one after the other, in turns; the first tenth warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for work, taken in zip((ours, by_hand), times, strict=True):
            started = time.perf_counter()
            await work(number)
            taken.append((time.perf_counter() - started) * 1_000)
    warm = rounds // 10
    ours_ms, hand_ms = (statistics.quantiles(taken[warm:], n=4)[0] for taken in times)
    return {
        "ours_ms": round(ours_ms, 3),
        "by_hand_ms": round(hand_ms, 3),
        "ratio": round(ours_ms / hand_ms, 3),
    }


async def _due(opened: Database, plain: Any) -> dict[str, float]:
    """Rounds due everywhere in the same minute: looking, opening them all, and claiming their deliveries."""
    clock = SystemClock()
    now = clock.now() + timedelta(days=1)

    async def look() -> float:
        started = time.perf_counter()
        async with opened.begin() as work:
            await work.directory.due_channels(now, CLAIMED)
        return round((time.perf_counter() - started) * 1_000, 3)

    await look()
    none = await look()
    channels = await plain.fetchval("SELECT count(*) FROM channels")
    at = (clock.now() - timedelta(minutes=1)).time().replace(second=0, microsecond=0)
    await plain.execute("DELETE FROM rounds WHERE state = 'open'", timeout=LONG_S)
    await plain.execute("UPDATE channels SET post_at = $1, next_due_at = now() - interval '1 minute'", at)
    await plain.execute("VACUUM ANALYZE channels")
    every = await look()
    started = time.perf_counter()
    report = await build_services(opened, clock).rounds.tick()
    opening_s = time.perf_counter() - started
    ours_s, claimed = 0.0, 0
    while True:
        started = time.perf_counter()
        async with opened.begin() as work:
            some = await work.deliveries.claim([Platform.DISCORD], clock.now(), 3_600.0, CLAIMED)
        ours_s += time.perf_counter() - started
        if not some:
            break
        claimed += len(some)
    await plain.execute("UPDATE deliveries SET next_at = due_at")
    await plain.execute("VACUUM ANALYZE deliveries")
    started = time.perf_counter()
    while await plain.fetch(CLAIM, CLAIMED):
        pass
    hand_s = time.perf_counter() - started
    return {
        "channels": channels,
        "look_none_due_ms": none,
        "look_all_due_ms": every,
        "opened": report.opened,
        "open_s": round(opening_s, 2),
        "opened_per_s": round(report.opened / opening_s) if report.opened else 0,
        "claimed": claimed,
        "claim_s": round(ours_s, 3),
        "claim_by_hand_s": round(hand_s, 3),
        "claim_ratio": round(ours_s / hand_s, 2),
    }


async def _pick(opened: Database, plain: Any, community: int, member: int, rounds: int) -> dict[str, float]:
    """Picking for a member who has seen little, and for one who has seen 95 %, in turns."""
    pool = Pool(kinds=DAILY_QUESTIONS)
    fresh = await plain.fetchval(
        "INSERT INTO members (community_id, external_id, name) VALUES ($1, 'fresh', 'Fresh') RETURNING id",
        community,
    )
    await plain.execute(
        "INSERT INTO postings (channel_id, question_id, version_id, challenge, member_id, shown_at)"
        " SELECT channels.id, version.question_id, version.id, false, $2::bigint, now()"
        " FROM question_versions AS version, channels WHERE channels.community_id = $1"
        " AND version.question_id NOT IN (SELECT question_id FROM answers WHERE member_id = $2)"
        " ORDER BY version.id LIMIT $3",
        community,
        member,
        QUESTIONS * 95 // 100,
    )
    await plain.execute(
        "INSERT INTO answers"
        " (posting_id, question_id, member_id, event_id, chosen, typed, correct, answered_at)"
        " SELECT id, question_id, member_id, 'p' || id, ARRAY[0]::smallint[], '', true, now() FROM postings"
        " WHERE member_id = $1 AND question_id NOT IN (SELECT question_id FROM answers WHERE member_id = $1)"
        " LIMIT greatest(0, $2 - (SELECT count(DISTINCT question_id) FROM answers WHERE member_id = $1))",
        member,
        QUESTIONS * 95 // 100,
    )
    await plain.execute("VACUUM ANALYZE")

    def asks(who: int) -> Work:
        async def ask(number: int) -> None:
            async with opened.begin() as work:
                start = number * 7_919_993 % 2**31
                await work.bank.pick_for_member(community, who, pool, start)

        return ask

    compared = await _in_turns(asks(member), asks(fresh), rounds)
    return {
        "seen_95_ms": compared["ours_ms"],
        "seen_none_ms": compared["by_hand_ms"],
        "ratio": compared["ratio"],
    }
