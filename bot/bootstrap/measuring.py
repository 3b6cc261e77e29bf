"""``warmup bench grading``: the judge against plain subprocesses."""

from __future__ import annotations

from typing import Any

from bot.bootstrap.judge import open_judge
from bot.bootstrap.sandbox import sandbox_environment
from bot.config import Settings
from bot.grading.bench import bench_w1
from bot.grading.bench_suites import bench_w2, bench_w3


async def measure(settings: Settings, rounds: int) -> dict[str, Any]:
    """Every kind of work, as ``warmup bench grading --json`` prints it."""
    packages = (await sandbox_environment(settings)).folder
    async with open_judge(settings) as judge:
        measured = {
            "w1": await bench_w1(judge.sandbox, rounds=rounds),
            "w2": await bench_w2(judge, packages, rounds=rounds),
            "w3": await bench_w3(judge, packages, rounds=rounds),
        }
    return {
        "latency_ratio": {work: each.latency_ratio for work, each in measured.items()},
        "throughput_ratio": {work: each.throughput_ratio for work, each in measured.items()},
        "latency_ms": {work: each.latency_ms for work, each in measured.items()},
        "baseline_ms": {work: each.baseline_ms for work, each in measured.items()},
    }
