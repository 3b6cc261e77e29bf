"""Thousands of calls in a test: sent ahead, and judged as if they were not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.content import SourceFile
from bot.domain.grading import GradingJob, TestOutcome
from bot.grading.judge import Judge
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings
from tests.sandbox.suite_files import challenge

pytestmark = pytest.mark.asyncio(loop_scope="module")
TESTS = """\
import solution
from solution import add, turn

def test_add():
    for i in range(20_000):
        assert add(i, 2) == i + 2

def test_through_the_module():
    assert [solution.add(i, i) for i in range(300)] == [2 * i for i in range(300)]

def test_lists():
    kept = []
    for i in range(300):
        given = [i, 1]
        kept.append(turn(given))
        assert given == [i, 1]
    assert kept == [[1, i] for i in range(300)]
"""
REFERENCE = "def add(a, b):\n    return a + b\n\ndef turn(x):\n    return x[::-1]\n"
P, F = TestOutcome.PASSED, TestOutcome.FAILED
SUBMISSIONS = {
    "right": (REFERENCE, (P, P, P)),
    "wrong late": (REFERENCE.replace("a + b", "a + b if a != 15_000 else 0"), (F, P, P)),
    "wrong by count": (
        "n = 0\ndef add(a, b):\n    global n\n    n += 1\n    return a + b if n <= 20_100 else -1\n"
        "def turn(x):\n    return x[::-1]\n",
        (P, F, P),
    ),
    "prints": (REFERENCE.replace("return a", "print(a) if a % 500 == 0 else None\n    return a"), (P, P, P)),
    "changes what it is given": (REFERENCE.replace("return x[::-1]", "x.reverse()\n    return x"), (P, P, F)),
    "gives the same list each time": (
        REFERENCE.replace(
            "def turn(x):\n    return x[::-1]", "L = []\ndef turn(x):\n    L[:] = x[::-1]\n    return L"
        ),
        (P, P, F),
    ),
    "raises late": (REFERENCE.replace("return a", "assert a != 19_000\n    return a"), (F, P, P)),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge(environment: Environment) -> AsyncIterator[Judge]:
    """A judge over the strongest sandbox that this machine can have."""
    async with await Sandbox.open(SandboxSettings(environment=environment)) as sandbox:
        yield Judge(sandbox)


@pytest.mark.parametrize("name", SUBMISSIONS)
async def test_same_outcome_as_one_by_one(judge: Judge, name: str) -> None:
    text, wanted = SUBMISSIONS[name]
    item = challenge(
        "many", (SourceFile("test_solution.py", TESTS),), (SourceFile("solution.py", REFERENCE),)
    )

    report = await judge.grade(
        GradingJob(key="many", challenge=item, files=(SourceFile("solution.py", text),))
    )

    assert tuple(test.outcome for test in report.tests) == wanted, report
