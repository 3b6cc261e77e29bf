"""``warmup bench grading``: the judge against plain subprocesses."""

from __future__ import annotations

from typing import Any

from bot.bootstrap.judge import open_judge
from bot.bootstrap.sandbox import sandbox_environment
from bot.config import Settings
from bot.grading.bench import Say, bench_w1
from bot.grading.bench_suites import bench_w2, bench_w3


async def measure(settings: Settings, rounds: int, seconds: float, say: Say) -> dict[str, Any]:
    """Every kind of work, as ``warmup bench grading --json`` prints it.

    ``seconds`` bounds the two parts of each kind (see ``compare``); ``say`` is told what is being done.
    """

    def saying(work: str) -> Say:
        say(f"{work}: beginning")
        return lambda text: say(f"{work}: {text}")

    packages = (await sandbox_environment(settings)).folder
    async with open_judge(settings) as judge:
        measured = {
            "w1": await bench_w1(judge.sandbox, rounds=rounds, seconds=seconds, say=saying("w1")),
            "w2": await bench_w2(judge, packages, rounds=rounds, seconds=seconds, say=saying("w2")),
            "w3": await bench_w3(judge, packages, rounds=rounds, seconds=seconds, say=saying("w3")),
        }
    return {
        "latency_ratio": {work: each.latency_ratio for work, each in measured.items()},
        "throughput_ratio": {work: each.throughput_ratio for work, each in measured.items()},
        "latency_ms": {work: each.latency_ms for work, each in measured.items()},
        "baseline_ms": {work: each.baseline_ms for work, each in measured.items()},
    }
