"""Submissions that forge a pass are refused, and the honest one after each of them is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.domain.content import Challenge, Limits, SourceFile
from bot.domain.grading import Ending, GradingJob, RunReport, TestOutcome
from bot.grading.judge import Judge
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings
from tests.sandbox.suite_files import challenge

pytestmark = pytest.mark.asyncio(loop_scope="module")
DATA = yaml.safe_load(Path(__file__).with_name("cases_forged.yaml").read_text(encoding="utf-8"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge(environment: Environment) -> AsyncIterator[Judge]:
    """A judge over the strongest sandbox that this machine can have."""
    async with await Sandbox.open(SandboxSettings(environment=environment)) as sandbox:
        yield Judge(sandbox)


def item(name: str) -> Challenge:
    tests = (SourceFile("test_solution.py", DATA["suites"][name]),)
    reference = (SourceFile("solution.py", DATA["references"][name]),)
    return challenge(name, tests, reference, limits=Limits(cpu_ms=1_500, wall_ms=8_000))


async def grade(judge: Judge, suite: str, code: str) -> RunReport:
    return await judge.grade(
        GradingJob(key=suite, challenge=item(suite), files=(SourceFile("solution.py", code),))
    )


def accepted(report: RunReport) -> bool:
    passed = sorted(test.id for test in report.tests if test.outcome is TestOutcome.PASSED)
    return (
        report.execution.ending is Ending.FINISHED
        and bool(passed)
        and passed == sorted(report.expected_tests)
    )


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["id"])
async def test_forged(judge: Judge, case: dict[str, Any]) -> None:
    report = await grade(judge, case["suite"], case["code"])

    assert accepted(report) == (case["must"] == "accepted"), report
    assert report.judged_outside
    assert report.execution.ending is not Ending.BROKEN, report.execution.note
    assert len(report.expected_tests) == len(report.tests)

    sentinel = await grade(judge, "add", DATA["references"]["add"])
    assert accepted(sentinel), sentinel
