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
from solution import Total, add, turn

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

def test_methods():
    total = Total(10)
    for i in range(5_000):
        assert total.add(2) == 12 + 2 * i
    for i in range(100):
        total.reset(i)
    assert total.value == 99
"""
REFERENCE = """\
def add(a, b):
    return a + b

def turn(x):
    return x[::-1]

class Total:
    def __init__(self, value):
        self.value = value

    def add(self, more):
        self.value += more
        return self.value

    def reset(self, value):
        self.value = value
"""
P, F = TestOutcome.PASSED, TestOutcome.FAILED
SUBMISSIONS = {
    "right": (REFERENCE, (P, P, P, P)),
    "wrong late": (REFERENCE.replace("a + b", "a + b if a != 15_000 else 0"), (F, P, P, P)),
    "wrong by count": (
        REFERENCE.replace("return a + b", "global n\n    n += 1\n    return a + b if n <= 20_100 else -1")
        + "n = 0\n",
        (P, F, P, P),
    ),
    "prints": (
        REFERENCE.replace("return a", "print(a) if a % 500 == 0 else None\n    return a"),
        (P, P, P, P),
    ),
    "changes what it is given": (
        REFERENCE.replace("return x[::-1]", "x.reverse()\n    return x"),
        (P, P, F, P),
    ),
    "gives the same list each time": (
        REFERENCE.replace(
            "def turn(x):\n    return x[::-1]", "L = []\ndef turn(x):\n    L[:] = x[::-1]\n    return L"
        ),
        (P, P, F, P),
    ),
    "a method that is wrong late": (
        REFERENCE.replace("+= more", "+= more if self.value < 9_000 else 3"),
        (P, P, P, F),
    ),
    "a method that changes others": (
        REFERENCE
        + "\nfirst = Total.add\ndef once(self, more):\n    Total.add = first\n    return first(self, more)\n"
        "Total.add = once\n",
        (P, P, P, P),
    ),
    "raises late": (REFERENCE.replace("return a", "assert a != 19_000\n    return a"), (F, P, P, P)),
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


async def test_what_is_counted_out_is_sent_ahead(judge: Judge) -> None:
    item = challenge(
        "ahead", (SourceFile("test_solution.py", TESTS),), (SourceFile("solution.py", REFERENCE),)
    )

    plan = await judge._suites._plan("ahead", item)

    rows = {
        test.partition("::")[2]: [len(row[1]) for row in found] for test, found in plan.order["rows"].items()
    }
    assert rows == {
        "test_add": [20_000],
        "test_through_the_module": [300],
        "test_methods": [5_000, 100],
    }


TELLING = {
    "written pairs": "PAIRS = %r\ndef test_it():\n    for a, b in PAIRS:\n"
    "        assert encode(a) == b\n        assert decode(b) == a\n" % [(n, n * 7 % 101) for n in range(100)],
    "counted pairs": "def test_it():\n    for n in range(100):\n"
    "        assert encode(n) == n * 7\n        assert decode(n * 7) == n\n",
    "pairs of methods": "def test_it():\n    code = Code()\n    for n in range(100):\n"
    "        assert code.encode(n) == n * 7\n        assert code.decode(n * 7) == n\n",
    "a chain": "CHAIN = %r\ndef test_it():\n    for at in range(100):\n"
    "        assert encode(CHAIN[at]) == CHAIN[at + 1]\n" % [pow(7, n, 101) for n in range(101)],
    "a chain that is written": "def test_it():\n"
    + "".join(f"    assert encode({pow(7, n, 101)}) == {pow(7, n + 1, 101)}\n" for n in range(100)),
}
"""Tests in which the calls to come tell what is wanted now."""
HONEST = """\
def encode(n):
    return n * 7%s

def decode(n):
    return n * pow(7, -1, 101) %% 101 if %r else n // 7

class Code:
    def encode(self, n):
        return encode(n)

    def decode(self, n):
        return decode(n)
"""
FORGER = """\
import sys

before = []

def peek(n):
    frame = sys._getframe(1)
    while frame is not None:
        calls, answers = frame.f_locals.get("calls"), frame.f_locals.get("answers")
        if calls is not None and answers is not None and len(answers) + 1 < len(calls):
            return calls[len(answers) + 1][-1][0]
        frame = frame.f_back
    return 0

def encode(n):
    before.append(n)
    return peek(n)

def decode(n):
    return before[-1]

class Code:
    def encode(self, n):
        return encode(n)

    def decode(self, n):
        return decode(n)
"""


@pytest.mark.parametrize("name", TELLING)
async def test_calls_to_come_tell_nothing(judge: Judge, name: str) -> None:
    modular = "PAIRS" in TELLING[name] or "chain" in name
    tests = "from solution import Code, decode, encode\n" + TELLING[name]
    honest = HONEST % (" % 101" if modular else "", modular)
    item = challenge(name, (SourceFile("test_solution.py", tests),), (SourceFile("solution.py", honest),))

    outcomes = {}
    for who, text in (("honest", honest), ("forger", FORGER)):
        job = GradingJob(key=name, challenge=item, files=(SourceFile("solution.py", text),))
        outcomes[who] = [test.outcome for test in (await judge.grade(job)).tests]

    assert outcomes == {"honest": [P], "forger": [F]}


ORDERED = """\
from solution import Recorder

def test_order():
    recorder = Recorder()
    recorder.outer(recorder.inner(1), recorder.plain)
    recorder.last()
    assert recorder.seen() == ["outer", "inner", "plain", "last"]
    assert not hasattr(recorder, "missing")
"""
RECORDER = """\
class Recorder:
    def __init__(self):
        self._seen = []

    def __getattr__(self, name):
        if name == "missing":
            raise AttributeError(name)
        self._seen.append(name)
        return lambda *args: len(args)

    def seen(self):
        return self._seen
"""


async def test_attributes_are_read_in_the_order_of_the_tests(judge: Judge) -> None:
    files = (SourceFile("solution.py", RECORDER),)
    item = challenge("ordered", (SourceFile("test_solution.py", ORDERED),), files)

    report = await judge.grade(GradingJob(key="ordered", challenge=item, files=files))

    assert report.judged_outside
    assert [test.outcome for test in report.tests] == [P], report
