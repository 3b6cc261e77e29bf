"""``warmup bench discord``: this bot beside the leanest one that does the same work, each its own process."""

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
from bot.platforms.discord.bench_server import CHANNEL, GUILD, BenchServer, Timed, message
from bot.platforms.discord.buttons import Action, Press
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
"""After the login, before memory is read."""
DAYS = 3
TOKEN = "bench"  # noqa: S105
QUESTION = Question(
    meta=Meta(key="bench", title="Bench", topic="bench", difficulty=Difficulty.EASY),
    kind=Kind.MULTIPLE_CHOICE,
    prompt="Which of these is a mutable sequence?",
    options=tuple(
        Option(text, text == "list", f"Whether a {text} is one.") for text in ("list", "tuple", "str", "dict")
    ),
)
NAMES = (
    ("UPDATE communities SET external_id = $1, name = 'Bench'", (GUILD,)),
    ("UPDATE channels SET external_id = $1", (CHANNEL,)),
    ("UPDATE members SET external_id = substr(external_id, 2)", ()),
)
"""Ids as Discord has them, and the names that the bench's Discord gives."""
OPEN_POSTING = "SELECT postings.id FROM postings JOIN rounds ON rounds.id = round_id AND state = 'open'"


@dataclass(slots=True)
class Run:
    """What one bot did with one load."""

    cpu_s: float
    memory_mb: float
    answers: list[float]
    """Seconds to the final answer, in order."""
    lost: int
    burst: list[float]
    """Seconds to the acknowledgement of each of the commands that came at once."""
    burst_lost: int


async def measure_discord(settings: Settings, *, interactions: int, rounds: int) -> dict[str, Any]:
    """Let both bots answer ``interactions`` presses at 200 a second, in turns, as ``--json`` prints it."""
    members = 2 * rounds * (interactions + WARM_UP)
    runs: dict[str, list[Run]] = {"ours": [], "plain": []}
    with tempfile.TemporaryDirectory(prefix="warmup-bench-") as folder:
        async with EmbeddedPostgres(Path(folder) / "database", durable=False) as url:
            await migrate(url)
            posting = await _fill(url, members)
            free = iter(range(1, members + 1))
            for _ in range(rounds):
                for name, made in runs.items():
                    who = [str(next(free)) for _ in range(interactions + WARM_UP)]
                    made.append(await _run(name, url, Path(folder), posting, who))
    return _told(runs, interactions)


async def _fill(url: str, members: int) -> int:
    """One guild with its members and an open round; the posting of its question."""
    plain = await connect(url)
    try:
        content = to_json(item_document(QUESTION))
        await fill(plain, communities=1, members=members, days=DAYS, questions=DAYS + 1, content=content)
        for statement, values in NAMES:
            await plain.execute(statement, *values)
        return int(await plain.fetchval(OPEN_POSTING))
    finally:
        await plain.close()


async def _run(name: str, url: str, folder: Path, posting: int, members: Sequence[str]) -> Run:
    async with BenchServer() as server:
        command, environment = _command(name, url, folder, server.base, posting)
        async with _process(command, environment) as process:
            await asyncio.wait_for(server.ready.wait(), 60)
            await asyncio.sleep(SETTLE_S)
            memory_mb = _memory_mb(process.pid)
            custom_id = str(Press(Action.ANSWER, (str(posting), "A"), "bench"))
            row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "A", "custom_id": custom_id}]}
            pressed = message([row])
            await server.press(members[:WARM_UP], custom_id, PER_S / 2, pressed)
            before = _cpu_s(process.pid)
            timed = await server.press(members[WARM_UP:], custom_id, PER_S, pressed)
            cpu_s = _cpu_s(process.pid) - before
            new = [str(10**9 + int(members[0]) + number) for number in range(AT_ONCE)]
            burst = await server.slash(new, "quiz", None) if name == "ours" else []
    answers = sorted(each.answered - each.sent for each in timed if each.answered is not None)
    return Run(cpu_s, memory_mb, answers, len(timed) - len(answers), _acknowledged(burst), _unanswered(burst))


def _acknowledged(timed: Sequence[Timed]) -> list[float]:
    return sorted(each.acknowledged - each.sent for each in timed if each.acknowledged is not None)


def _unanswered(timed: Sequence[Timed]) -> int:
    return sum(each.answered is None for each in timed)


def _command(
    name: str, url: str, folder: Path, base: str, posting: int
) -> tuple[Sequence[str], Mapping[str, str]]:
    python = (sys.executable, "-m")
    if name == "plain":
        return (*python, "bot.bootstrap.plain_discord_bot", url, base, TOKEN, str(posting)), {}
    return (*python, "bot", "bot"), {
        "DATABASE_URL": url,
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE": base,
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
    ours, plain = runs["ours"], runs["plain"]

    def of(one: Sequence[Run], what: str) -> float:
        values = {
            "cpu_s_per_1000": [run.cpu_s * 1_000 / interactions for run in one],
            "p50_ms": [1_000 * percentile(run.answers, 0.5) for run in one],
            "p95_ms": [1_000 * percentile(run.answers, 0.95) for run in one],
            "memory_mb": [run.memory_mb for run in one],
        }
        return round(statistics.median(values[what]), 2)

    names = ("cpu_s_per_1000", "p50_ms", "p95_ms", "memory_mb")
    burst = sorted(each for run in ours for each in run.burst)
    return {
        "interactions": interactions,
        "per_s": PER_S,
        "rounds": len(ours),
        "ours": {name: of(ours, name) for name in names},
        "plain": {name: of(plain, name) for name in names},
        "ratio": {name: round(of(ours, name) / max(0.001, of(plain, name)), 2) for name in names},
        "unanswered": {"ours": sum(run.lost for run in ours), "plain": sum(run.lost for run in plain)},
        "at_once": {
            "commands": AT_ONCE,
            "acknowledged_p50_ms": round(1_000 * percentile(burst, 0.5), 1),
            "acknowledged_p99_ms": round(1_000 * percentile(burst, 0.99), 1),
            "acknowledged_worst_ms": round(1_000 * max(burst, default=0.0), 1),
            "unanswered": sum(run.burst_lost for run in ours),
        },
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of sorted values do not exceed; 0 for none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0
