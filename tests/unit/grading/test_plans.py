"""A challenge's plan is made from a run of its reference, which must not be lost by chance."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bot.domain.content import Challenge, Difficulty, Kind, Meta, SourceFile, TestFile, Variant
from bot.domain.grading import Ending, Execution
from bot.grading import suites
from bot.grading.split import Outcome
from bot.grading.suites import Suites

REFERENCE = (SourceFile("solution.py", "x = 1\n"),)
CHALLENGE = Challenge(
    meta=Meta(key="k", title="k", topic="t", difficulty=Difficulty.EASY),
    kind=Kind.CODE_TESTS,
    prompt="p",
    tests=(TestFile(SourceFile("test_x.py", "def test_x(): pass\n")),),
    references=(Variant("reference", REFERENCE),),
)
REPORT: dict[str, Any] = {
    "tests": [{"id": "test_x.py::test_x", "outcome": "passed"}],
    "collected": ["test_x.py::test_x"],
    "matrix": {},
    "rows": {},
    "shapes": {},
}
GOOD = Outcome(Execution(ending=Ending.FINISHED), REPORT)
LOST = Outcome(Execution(ending=Ending.SIGNALLED), {**REPORT, "tests": [], "fault": "Closed"})
FAILING = Outcome(
    Execution(ending=Ending.FINISHED), {**REPORT, "tests": [{"id": "test_x.py::test_x", "outcome": "failed"}]}
)


def runs(monkeypatch: pytest.MonkeyPatch, split: list[Outcome]) -> list[Outcome]:
    """Have split runs end as ``split`` says, one after the other, and runs in one process well."""
    left = list(split)

    async def run_split(*_: Any) -> Outcome:
        return left.pop(0)

    async def run_together(*_: Any) -> Outcome:
        return GOOD

    monkeypatch.setattr(suites, "run_split", run_split)
    monkeypatch.setattr(suites, "run_together", run_together)
    return left


async def test_a_lost_run_of_the_reference_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    left = runs(monkeypatch, [LOST, GOOD])

    assert (await Suites(cast("Any", None)).check("k", CHALLENGE)).judged_outside
    assert left == []


async def test_practice_for_a_reason_of_chance_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    runs(monkeypatch, [LOST, LOST, LOST, GOOD])
    plans = Suites(cast("Any", None))

    assert not (await plans.check("k", CHALLENGE)).judged_outside
    assert (await plans.check("k", CHALLENGE)).judged_outside


async def test_a_reference_that_fails_split_is_practice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    left = runs(monkeypatch, [FAILING, FAILING, GOOD])
    plans = Suites(cast("Any", None))

    assert not (await plans.check("k", CHALLENGE)).judged_outside
    assert not (await plans.check("k", CHALLENGE)).judged_outside
    assert left == [GOOD]


async def test_a_reference_that_does_not_bear_more_objects_is_judged_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compares = Outcome(GOOD.execution, {**REPORT, "matrix": {"test_x:3:make#1": {"0": True}}})
    left = runs(monkeypatch, [compares, FAILING, GOOD])

    assert (await Suites(cast("Any", None)).check("k", CHALLENGE)).judged_outside
    assert left == []
