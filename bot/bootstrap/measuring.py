"""``warmup bench grading``: the judge against plain subprocesses."""

from __future__ import annotations

from typing import Any

from bot.bootstrap.sandbox import open_sandbox
from bot.config import Settings
from bot.grading.bench import bench_w1


async def measure(settings: Settings, rounds: int) -> dict[str, Any]:
    """Every kind of work, as ``warmup bench grading --json`` prints it."""
    async with open_sandbox(settings) as sandbox:
        measured = {"w1": await bench_w1(sandbox, rounds=rounds)}
    return {
        "latency_ratio": {work: each.latency_ratio for work, each in measured.items()},
        "throughput_ratio": {work: each.throughput_ratio for work, each in measured.items()},
        "latency_ms": {work: each.latency_ms for work, each in measured.items()},
        "baseline_ms": {work: each.baseline_ms for work, each in measured.items()},
    }
