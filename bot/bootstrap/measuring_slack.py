"""``warmup bench slack``: this bot beside the leanest that does the same work, each in its own process."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config import CHECKOUT, Settings
from bot.domain.content import Difficulty, Kind, Meta, Option, Question
from bot.platforms.slack import actions
from bot.platforms.slack.bench_server import CHANNEL, TEAM, BenchServer, Timed
from bot.storage.bench import fill
from bot.storage.documents import item_document
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.engine import connect
from bot.storage.migrate import migrate
from bot.storage.tables.base import to_json

PER_S = 200.0
AT_ONCE = 200
WARM_UP = 60
"""Presses before it counts: connections are opened, statements prepared."""
SETTLE_S = 2.0
"""After the start, before memory is read."""
DAYS = 3
QUESTION = Question(
    meta=Meta(key="bench", title="Bench", topic="bench", difficulty=Difficulty.EASY),
    kind=Kind.MULTIPLE_CHOICE,
    prompt="Which of these can be a key of a dict?",
    options=tuple(
        Option(text, text == "tuple", f"Whether a {text} is one.")
        for text in ("list", "set", "tuple", "dict")
    ),
)
PLACES = (
    ("UPDATE communities SET platform = 'slack', external_id = $1, name = 'Bench'", TEAM),
    ("UPDATE channels SET external_id = $1", CHANNEL),
    ("UPDATE members SET external_id = $1 || id, name = $1 || id", "U"),
)
"""Gives what the leaderboards' bench has filled the names that Slack would give."""
OPEN_POSTING = "SELECT postings.id FROM postings JOIN rounds ON rounds.id = round_id AND state = 'open'"


@dataclass(slots=True)
class Run:
    """What one bot did with one load. Times are in seconds, sorted."""

    cpu_s: float
    memory_mb: float
    answers: list[float]
    acknowledgements: list[float]
    lost: int
    burst: list[float]
    """Acknowledgements of the commands that came at once."""
    burst_lost: int


async def measure_slack(settings: Settings, *, interactions: int, rounds: int) -> dict[str, Any]:
    """Let both bots answer ``interactions`` presses at 200 a second, in turns, as ``--json`` prints it."""
    each = interactions + WARM_UP
    members = [f"U{number}" for number in range(1, 2 * rounds * each + 1)]
    runs: dict[str, list[Run]] = {"ours": [], "plain": []}
    with tempfile.TemporaryDirectory(prefix="warmup-bench-") as folder:
        async with EmbeddedPostgres(Path(folder) / "database", durable=False) as url:
            await migrate(url)
            posting = await _fill(url, len(members))
            free = iter(range(0, len(members), each))
            for _ in range(rounds):
                for name, made in runs.items():
                    start = next(free)
                    made.append(await _run(name, url, Path(folder), posting, members[start : start + each]))
    return _told(runs, interactions)


async def _fill(url: str, members: int) -> int:
    """One workspace with its members and an open round; the posting of its question."""
    plain = await connect(url)
    try:
        content = to_json(item_document(QUESTION))
        await fill(plain, communities=1, members=members, days=DAYS, questions=DAYS + 1, content=content)
        for statement, name in PLACES:
            await plain.execute(statement, name)
        return int(await plain.fetchval(OPEN_POSTING))
    finally:
        await plain.close()


async def _run(name: str, url: str, folder: Path, posting: int, members: Sequence[str]) -> Run:
    new = [f"UNEW{members[0]}N{number}" for number in range(AT_ONCE)]
    async with BenchServer([*members, *new]) as server:
        command, environment = _command(name, url, folder, server.base, posting)
        async with _process(command, environment) as process:
            await asyncio.wait_for(server.ready.wait(), 60)
            await asyncio.sleep(SETTLE_S)
            memory_mb = _memory_mb(process.pid)
            action = actions.answer(posting, "A")
            await server.press(members[:WARM_UP], action, PER_S / 2)
            before = _cpu_s(process.pid)
            timed = await server.press(members[WARM_UP:], action, PER_S)
            cpu_s = _cpu_s(process.pid) - before
            burst = await server.command(new, "quiz") if name == "ours" else []
    answers = sorted(one.answered - one.sent for one in timed if one.answered is not None)
    return Run(
        cpu_s=cpu_s,
        memory_mb=memory_mb,
        answers=answers,
        acknowledgements=_acknowledged(timed),
        lost=len(timed) - len(answers),
        burst=_acknowledged(burst),
        burst_lost=sum(one.answered is None for one in burst),
    )


def _acknowledged(timed: Sequence[Timed]) -> list[float]:
    return sorted(one.acknowledged - one.sent for one in timed if one.acknowledged is not None)


def _command(
    name: str, url: str, folder: Path, base: str, posting: int
) -> tuple[Sequence[str], Mapping[str, str]]:
    python = (sys.executable, "-m")
    if name == "plain":
        return (*python, "bot.bootstrap.plain_slack_bot", url, base, str(posting)), {}
    return (*python, "bot", "bot"), {
        "DATABASE_URL": url,
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_APP_TOKEN": "xapp-bench",
        "SLACK_API_BASE": f"{base}/api/",
        "WARMUP_DATA_DIR": str(folder),
        "WARMUP_LOG_LEVEL": "warning",
    }


@asynccontextmanager
async def _process(
    command: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(environment), cwd=CHECKOUT, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


def _cpu_s(pid: int) -> float:
    """Seconds of processor time that a process has used (proc(5): fields 14 and 15 of ``stat``)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    """Memory of a process that is in RAM, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _told(runs: Mapping[str, Sequence[Run]], interactions: int) -> dict[str, Any]:
    def of(one: Sequence[Run]) -> dict[str, float]:
        told = {
            "cpu_s_per_1000": [run.cpu_s * 1_000 / interactions for run in one],
            "answered_p50_ms": [1_000 * percentile(run.answers, 0.5) for run in one],
            "answered_p95_ms": [1_000 * percentile(run.answers, 0.95) for run in one],
            "acknowledged_p95_ms": [1_000 * percentile(run.acknowledgements, 0.95) for run in one],
            "memory_mb": [run.memory_mb for run in one],
        }
        return {name: round(statistics.median(values), 2) for name, values in told.items()}

    ours, plain = of(runs["ours"]), of(runs["plain"])
    burst = sorted(one for run in runs["ours"] for one in run.burst)
    return {
        "interactions": interactions,
        "per_s": PER_S,
        "rounds": len(runs["ours"]),
        "ours": ours,
        "plain": plain,
        "ratio": {name: round(ours[name] / max(0.001, plain[name]), 2) for name in ours},
        "unanswered": {name: sum(run.lost for run in made) for name, made in runs.items()},
        "at_once": {
            "commands": AT_ONCE,
            "acknowledged_p50_ms": round(1_000 * percentile(burst, 0.5), 1),
            "acknowledged_p99_ms": round(1_000 * percentile(burst, 0.99), 1),
            "unanswered": sum(run.burst_lost for run in runs["ours"]),
        },
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of sorted values do not exceed; 0 for none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0
