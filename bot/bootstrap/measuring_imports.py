"""``warmup bench import``: a large bank from its file into the database, against COPY and upsert by hand."""

from __future__ import annotations

import asyncio
import csv
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.bootstrap.banks import load
from bot.bootstrap.clock import SystemClock
from bot.question_bank.checks.static import check_static
from bot.question_bank.formats.base import ReadOptions
from bot.question_bank.reading import read_bank
from bot.services.app import Services, build_services
from bot.storage.bench_import import rows, upsert
from bot.storage.database import Database
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.engine import connect
from bot.storage.migrate import migrate

_OPTIONS = 4
_HEADINGS = [
    "id",
    "question",
    *(f"option {number + 1}" for number in range(_OPTIONS)),
    "correct",
    "explanation",
]


async def measure_imports(*, questions: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Import a made-up CSV file twice into a throw-away PostgreSQL, as ``--json`` prints it.

    Seconds on the clock, each time once: reading and checking the file, and loading what was read, which is
    compared with COPY into a staging table and an upsert of the same rows. ``say`` is told each step. Memory
    is this process's highest, before anything was made ready for the statements by hand.
    """
    with tempfile.TemporaryDirectory(prefix="warmup-bench-") as folder:
        path = Path(folder) / "bench.csv"
        say("making the file")
        write_questions(path, questions)
        async with EmbeddedPostgres(Path(folder) / "data", durable=False) as url:
            await migrate(url)
            async with Database(url, pool_size=2) as opened:
                first = await _import(build_services(opened, SystemClock()), path, say)
                again = await _import(build_services(opened, SystemClock()), path, say)
            memory = _memory_mb()
            by_hand = await _by_hand(url, path, say)
        size = path.stat().st_size
    return {
        "questions": questions,
        "file_mb": round(size / 1024**2, 1),
        "first": _compared(first, by_hand["first"]),
        "again": _compared(again, by_hand["again"]),
        "memory_mb": memory,
    }


def write_questions(path: Path, questions: int) -> None:
    """A CSV file of ``questions`` different multiple-choice questions, the same each time."""
    chance = random.Random(1)  # noqa: S311 - no secret: the same file in every run
    words = [f"w{number:x}" for number in range(5_000)]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(_HEADINGS)
        for number in range(questions):
            options = [f"{text(4)} {option}" for option in range(_OPTIONS)]
            right = chance.randint(1, _OPTIONS)
            table.writerow([f"q{number}", f"Question {number}: {text(12)}?", *options, right, text(15)])


async def _import(services: Services, path: Path, say: Callable[[str], None]) -> dict[str, float]:
    """What ``warmup bank import`` does, step by step; how long each took."""
    say("reading")
    started = time.perf_counter()
    reading = await asyncio.to_thread(read_bank, path, "auto", ReadOptions(licence="CC0-1.0"))
    read_s = time.perf_counter() - started
    say("checking")
    problems = await asyncio.to_thread(check_static, reading.items)
    checked_s = time.perf_counter() - started
    say("loading")
    report = await load(services, reading, problems)
    if not report.loaded:
        raise RuntimeError(f"the made-up bank was refused: {report.rejected[:1]}")
    whole_s = time.perf_counter() - started
    return {
        "read_s": read_s,
        "check_s": checked_s - read_s,
        "load_s": whole_s - checked_s,
        "whole_s": whole_s,
    }


async def _by_hand(url: str, path: Path, say: Callable[[str], None]) -> dict[str, float]:
    ready = rows("by-hand", [found.item for found in read_bank(path).items])
    connection = await connect(url)
    try:
        say("the same rows by COPY and upsert")
        first = await _timed(lambda: upsert(connection, "by-hand", ready))
        again = await _timed(lambda: upsert(connection, "by-hand", ready))
    finally:
        await connection.close()
    return {"first": first, "again": again}


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def _compared(ours: dict[str, float], by_hand_s: float) -> dict[str, float]:
    return {
        **{name: round(value, 2) for name, value in ours.items()},
        "by_hand_s": round(by_hand_s, 2),
        "load_ratio": round(ours["load_s"] / by_hand_s, 2),
        "whole_ratio": round(ours["whole_s"] / by_hand_s, 2),
    }


def _memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
