"""How fast the judge is, as ratios to a plain, un-isolated subprocess measured in the same minute.

Rounds of both are interleaved, so that a busy machine slows both, and medians are compared.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.content import Limits
from bot.grading.languages.python import Python
from bot.grading.programs import execute
from bot.grading.sandbox import Sandbox

_FEWEST_ROUNDS = 5
Say = Callable[[str], None]
"""Takes progress for people."""
Round = Callable[[], Awaitable[None]]
"""One grading from the submission's text to what happened; raises if the answer is not the right one."""

_HELLO = "print('hello')\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """``latency_ratio`` below 1 and ``throughput_ratio`` above 1 mean better than plain."""

    latency_ratio: float
    throughput_ratio: float
    latency_ms: float
    baseline_ms: float


class WrongAnswer(Exception):
    """A round under measurement did not give the right answer, so its time means nothing."""


async def compare(
    graded: Round, plain: Round, *, rounds: int, seconds: float, say: Say, clients: int = 2
) -> Measured:
    """Time both in turn, then count how many of each ``clients`` get through at the same time.

    Each of the two parts ends after about ``seconds``; at least five rounds are made, whatever they take.
    """
    for warm in (graded, graded, plain):
        await warm()
    began = time.perf_counter()
    ours: list[float] = []
    theirs: list[float] = []
    for made in range(rounds):
        if made >= _FEWEST_ROUNDS and time.perf_counter() - began > seconds:
            break
        ours.append(await _timed(graded))
        theirs.append(await _timed(plain))
    say(f"{len(ours)} rounds in {time.perf_counter() - began:.0f} s; now {clients} at once")
    window = min(seconds / 2, max(1.0, 20 * statistics.median(theirs)))
    rates = [
        (await _rate(graded, clients, window / 4), await _rate(plain, clients, window / 4)) for _ in range(4)
    ]
    latency, baseline = statistics.median(ours), statistics.median(theirs)
    return Measured(
        latency_ratio=latency / baseline,
        throughput_ratio=statistics.median(a for a, _ in rates) / statistics.median(b for _, b in rates),
        latency_ms=latency * 1000,
        baseline_ms=baseline * 1000,
    )


async def _timed(round_: Round) -> float:
    started = time.perf_counter()
    await round_()
    return time.perf_counter() - started


async def _rate(round_: Round, clients: int, seconds: float) -> float:
    """Rounds per second that ``clients`` finish together."""
    started = time.perf_counter()
    done = 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            await round_()
            done += 1

    await asyncio.gather(*(client() for _ in range(clients)))
    return done / (time.perf_counter() - started)


async def bench_w1(sandbox: Sandbox, *, rounds: int, seconds: float, say: Say) -> Measured:
    """W1: a program that prints one word, its output matched."""

    async def graded() -> None:
        execution = await execute(sandbox, Python().program(_HELLO, Limits()))
        if execution.stdout != "hello\n":
            raise WrongAnswer(f"{execution.ending}: {execution.note or execution.stderr}")

    async def plain() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _HELLO, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        if output != b"hello\n":
            raise WrongAnswer(f"plain Python printed {output!r}")

    return await compare(graded, plain, rounds=rounds, seconds=seconds, say=say)
