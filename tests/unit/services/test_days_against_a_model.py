"""The services in memory against a model on paper, over days of whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.domain import streaks as domain_streaks
from bot.domain.ledger import LedgerEntry, taken_back
from bot.services import corrections
from tests.unit.services.streak_machine import StreakMachine

TestDaysInMemory = StreakMachine.TestCase
TestDaysInMemory.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)


class Longer(StreakMachine):
    """The same, for much longer."""


TestManyDaysInMemory = pytest.mark.long(Longer.TestCase)
TestManyDaysInMemory.settings = settings(max_examples=1_000, stateful_step_count=60, deadline=None)


def _an_open_day_counts_as_missed(patch: pytest.MonkeyPatch) -> None:
    step = domain_streaks._step

    def strict(tally: Any, day: Any, kept: Any, repairs: Any, now: Any) -> Any:
        return step(tally, day, kept, repairs, max(now, day.closes_at + timedelta(seconds=1)))

    patch.setattr(domain_streaks, "_step", strict)


def _a_missed_day_ends_nothing(patch: pytest.MonkeyPatch) -> None:
    step = domain_streaks._step

    def forgiving(tally: Any, *given: Any) -> Any:
        after, result = step(tally, *given)
        return (tally if result.state is domain_streaks.DayState.MISSED else after), result

    patch.setattr(domain_streaks, "_step", forgiving)


def _a_withdrawal_leaves_the_points(patch: pytest.MonkeyPatch) -> None:
    def nothing(number: int, entry: LedgerEntry, why: str) -> LedgerEntry:
        return replace(taken_back(number, entry, why), points=0)

    patch.setattr(corrections, "taken_back", nothing)


@pytest.mark.parametrize(
    "broken",
    [
        _an_open_day_counts_as_missed,
        _a_missed_day_ends_nothing,
        _a_withdrawal_leaves_the_points,
    ],
)
def test_the_model_finds_a_broken_rule(
    monkeypatch: pytest.MonkeyPatch, broken: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """What the machine is worth: each of these rules broken on purpose does not get past it."""
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            StreakMachine,
            settings=settings(
                max_examples=60,
                stateful_step_count=15,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                print_blob=False,
                report_multiple_bugs=False,
            ),
        )
