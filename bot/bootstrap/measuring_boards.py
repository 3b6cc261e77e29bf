"""``warmup bench leaderboard``: leaderboards, answers, ticks and picks against statements written by hand."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap.clock import SystemClock
from bot.config import Settings
from bot.domain.content import Difficulty, Kind, Meta, Option, Question
from bot.domain.periods import Period
from bot.domain.picking import DAILY_QUESTIONS, Pool
from bot.services.app import build_services
from bot.services.commands import Actor, AnswerQuestion, Platform, ShowLeaderboard
from bot.storage.bench import OWN_RANK, PAGE, RECORD, fill
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
Work = Callable[[int], Awaitable[object]]


async def measure_boards(
    settings: Settings, *, communities: int, members: int, answers: int, rounds: int
) -> dict[str, Any]:
    """Fill a throw-away PostgreSQL and measure, ours and by hand in turns, as ``--json`` prints it.

    Latencies are medians in milliseconds over ``rounds`` turns on one connection each.
    """
    days = min(QUESTIONS, max(1, answers // members))
    with tempfile.TemporaryDirectory(prefix="warmup-bench-") as folder:
        async with EmbeddedPostgres(Path(folder), durable=False) as url:
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
                async with Database(url, pool_size=2) as opened:
                    measured = await _measure(opened, plain, rounds)
            finally:
                await plain.close()
    sizes = {"communities": communities, "members": members, "answers": days * members, "days": days}
    return {"sizes": sizes | {"filled_s": round(filled_s, 1)}, **measured}


async def _measure(opened: Database, plain: Any, rounds: int) -> dict[str, Any]:
    services = build_services(opened.begin, SystemClock())
    largest = await plain.fetchval(
        "SELECT community_id FROM members GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    people = await plain.fetch(
        "SELECT id, external_id, name FROM members WHERE community_id = $1 ORDER BY id", largest
    )
    posting = await plain.fetchval(
        "SELECT postings.id FROM postings JOIN rounds ON rounds.id = round_id JOIN channels"
        " ON channels.id = rounds.channel_id WHERE community_id = $1 AND rounds.state = 'open'",
        largest,
    )

    def person(number: int) -> Any:
        return people[number % len(people)]

    def actor(number: int) -> Actor:
        return Actor(
            platform=Platform.DISCORD,
            community=f"c{largest}",
            channel="daily",
            member=person(number)["external_id"],
            name=person(number)["name"],
        )

    async def page(number: int) -> None:
        async with opened.begin() as work:
            await work.ledger.scores(
                largest,
                Period.ALL,
                datetime(1970, 1, 1, tzinfo=UTC).date(),
                offset=0,
                limit=10,
                reader=person(number)["id"],
            )

    async def whole_page(number: int) -> None:
        await services.leaderboards.show(ShowLeaderboard(actor=actor(number), period=Period.ALL))

    async def page_by_hand(number: int) -> None:
        await plain.fetch(PAGE, largest)
        await plain.fetch(OWN_RANK, largest, person(number)["id"])

    async def answer(number: int) -> None:
        command = AnswerQuestion(
            actor=actor(2 * number),
            event_id=f"ours-{number}",
            posting=posting,
            letters=frozenset("A"),
            at=datetime.now(UTC),
        )
        await services.quiz.answer(command)

    async def answer_by_hand(number: int) -> None:
        await plain.execute(RECORD, posting, person(2 * number + 1)["id"], f"hand-{number}", largest)

    turns = min(rounds, len(people) // 2 - 1)
    board = await _in_turns(page, page_by_hand, rounds)
    whole = await _in_turns(whole_page, page_by_hand, rounds)
    recorded = await _in_turns(answer, answer_by_hand, turns)
    return {
        "community_members": len(people),
        "leaderboard_ratio": {"page": board["ratio"], "whole_command": whole["ratio"]},
        "record_rate_ratio": round(1 / recorded["ratio"], 3),
        "latency_ms": {
            "page": board["ours_ms"],
            "page_by_hand": board["by_hand_ms"],
            "leaderboard_command": whole["ours_ms"],
            "answer_command": recorded["ours_ms"],
            "answer_by_hand": recorded["by_hand_ms"],
        },
        "due": await _due(opened, plain),
        "pick": await _pick(opened, plain, largest, person(0)["id"], rounds),
    }


async def _in_turns(ours: Work, by_hand: Work, rounds: int) -> dict[str, float]:
    """Both, one after the other, in turns; a tenth more turns before that warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for work, taken in zip((ours, by_hand), times, strict=True):
            started = time.perf_counter()
            await work(number)
            taken.append((time.perf_counter() - started) * 1_000)
    warm = rounds // 10
    ours_ms, hand_ms = (statistics.median(taken[warm:]) for taken in times)
    return {
        "ours_ms": round(ours_ms, 3),
        "by_hand_ms": round(hand_ms, 3),
        "ratio": round(ours_ms / hand_ms, 3),
    }


async def _due(opened: Database, plain: Any) -> dict[str, float]:
    """Looking for due channels when none is and when all are, and opening one batch of their rounds."""
    clock = SystemClock()
    now = clock.now() + timedelta(days=1)

    async def look() -> float:
        started = time.perf_counter()
        async with opened.begin() as work:
            await work.directory.due_channels(now, 200)
        return round((time.perf_counter() - started) * 1_000, 3)

    await look()
    none = await look()
    channels = await plain.fetchval("SELECT count(*) FROM channels")
    at = (clock.now() - timedelta(minutes=1)).time().replace(second=0, microsecond=0)
    await plain.execute("DELETE FROM rounds WHERE state = 'open'")
    await plain.execute("UPDATE channels SET post_at = $1, next_due_at = now() - interval '1 minute'", at)
    await plain.execute("ANALYZE channels")
    every = await look()
    started = time.perf_counter()
    report = await build_services(opened.begin, clock).rounds.tick()
    taken = time.perf_counter() - started
    per_round = round(taken * 1_000 / report.opened, 3) if report.opened else 0.0
    return {
        "channels": channels,
        "look_none_due_ms": none,
        "look_all_due_ms": every,
        "opened": report.opened,
        "open_ms_each": per_round,
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
