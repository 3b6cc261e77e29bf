"""The bench against the leanest bot: both answer everything, and the figures are of what they are called."""

from __future__ import annotations

from bot.bootstrap.measuring_discord import AT_ONCE, measure_discord, percentile
from bot.config import Settings


async def test_both_bots_answer_every_press_and_the_burst_is_acknowledged() -> None:
    told = await measure_discord(Settings(_env_file=None), interactions=50, rounds=1)  # type: ignore[call-arg]
    assert told["unanswered"] == {"ours": 0, "plain": 0}
    assert told["at_once"]["unanswered"] == 0
    assert told["at_once"]["commands"] == AT_ONCE
    assert set(told["ratio"]) == {"cpu_s_per_1000", "p50_ms", "p95_ms", "memory_mb"}
    for name, ratio in told["ratio"].items():
        assert told["ours"][name] > 0
        assert abs(ratio - told["ours"][name] / told["plain"][name]) < 0.02


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.99) == 4.0
    assert percentile([], 0.5) == 0.0
