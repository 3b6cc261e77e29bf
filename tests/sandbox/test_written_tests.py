"""Members' own tests: judged by what they catch, and blind to everything but behaviour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.domain.content import Challenge, Difficulty, Kind, Meta, SourceFile, Variant
from bot.domain.grading import Ending, GradingJob, TestOutcome
from bot.grading.judge import Judge
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

RIGHT = "def clamp(x, low, high):\n    return max(low, min(x, high))\n"
BROKEN = {
    "ignores low": "def clamp(x, low, high):\n    return min(x, high)\n",
    "ignores high": 'def clamp(x, low, high):\n    """Broken."""\n    return max(low, x)\n',
}
CHALLENGE = Challenge(
    meta=Meta(key="clamp", title="clamp", topic="t", difficulty=Difficulty.EASY),
    kind=Kind.WRITE_A_TEST,
    prompt="p",
    entry="test_solution.py",
    right=(SourceFile("solution.py", RIGHT),),
    broken=tuple(Variant(title, (SourceFile("solution.py", text),)) for title, text in BROKEN.items()),
)
GOOD = """\
from solution import clamp

def test_low():
    assert clamp(-1, 0, 3) == 0

def test_high():
    assert clamp(9, 0, 3) == 3
"""
REFUSED = {
    "weak": "from solution import clamp\ndef test_high():\n    assert clamp(9, 0, 3) == 3\n",
    "nothing": "from solution import clamp\n",
    "always passes": "def test_x():\n    assert True\n",
    "always fails": "def test_x():\n    assert False\n",
    "reads the source": (
        "import inspect, solution\n"
        "def test_x():\n    assert 'max(low, min' in inspect.getsource(solution.clamp)\n"
    ),
    "reads the code": (
        "import solution\ndef test_x():\n    assert len(solution.clamp.__code__.co_code) > 20\n"
    ),
    "reads the docstring": "import solution\ndef test_x():\n    assert solution.clamp.__doc__ is None\n",
    "leaves": "import os\ndef test_x():\n    os._exit(0)\n",
    "does not parse": "def test_x(:\n",
    "skips": "import pytest\ndef test_x():\n    pytest.skip('no')\n",
    "reaches through the bridge": """\
import sys
def test_x():
    peer = next(m for n, m in sys.modules.items() if n.endswith("examiner.examine"))._current[0]
    module = peer.ask("import", "solution")
    clamp = peer.ask("get", module, "clamp")
    found = []
    for op, args in (("import", ("os",)), ("get", (clamp, "__code__")), ("get", (module, "__dict__"))):
        try:
            found.append(peer.ask(op, *args))
        except Exception:
            pass
    assert found
""",
    "skips where something is wrong": (
        "import pytest\nfrom solution import clamp\n"
        "def test_x():\n    if clamp(-1, 0, 3) != 0 or clamp(9, 0, 3) != 3:\n        pytest.skip('no')\n"
    ),
    "has the version run a text": (
        "import gc\nimport solution\n"
        "def test_x():\n"
        "    peer = next(o for o in gc.get_objects() if type(o).__name__ == 'Examiner')\n"
        "    peer.sealed = False\n"
        "    code = \"open('solution.py').read()\"\n"
        "    assert 'max(low, min' in peer.ask('call', eval, code)\n"
    ),
    "has the version run a text as a class": (
        "import gc\nimport solution\n"
        "def test_x():\n"
        "    peer = next(o for o in gc.get_objects() if type(o).__name__ == 'Examiner')\n"
        "    peer.sealed = False\n"
        "    code = \"open('solution.py').read()\"\n"
        "    assert 'max(low, min' in peer.ask('make', eval, code, {}, [])\n"
    ),
    "shares the version's folder": (
        "import gc, os\nfrom solution import clamp\n"
        "def test_x():\n"
        "    peer = next(o for o in gc.get_objects() if type(o).__name__ == 'Examiner')\n"
        "    seen = []\n"
        "    peer.files.apply = seen.append\n"
        "    peer.patches.queued.append(['roots', [os.getcwd(), '/tmp']])\n"
        "    clamp(1, 2, 3), clamp(1, 2, 3)\n"
        "    assert 'max(low, min' in str(seen)\n"
    ),
    "watches what the version uses": (
        "import builtins\nfrom solution import clamp\n"
        "def test_x(monkeypatch):\n"
        "    seen, real = [], max\n"
        "    monkeypatch.setattr(builtins, 'max', lambda *a: (seen.append(1), real(*a))[1])\n"
        "    clamp(1, 0, 3)\n"
        "    monkeypatch.undo()\n"
        "    assert seen and clamp(9, 0, 3) is not None\n"
    ),
    "counts on the time of a call": (
        "import time\nfrom solution import clamp\n"
        "def test_x():\n"
        "    began = time.perf_counter_ns()\n"
        "    clamp(1, 0, 3)\n"
        "    assert (time.perf_counter_ns() - began) % 3\n"
    ),
    "throws a coin": (
        "import os\nfrom solution import clamp\n"
        "def test_x():\n    clamp(1, 0, 3)\n    assert os.urandom(1)[0] < 110\n"
    ),
    "leaves a file behind": (
        "import os, pathlib, tempfile\n"
        "def test_x():\n"
        "    marks = [pathlib.Path(d, 'mark') for d in (tempfile.gettempdir(), '/tmp', '.', '..')]\n"
        "    seen = any(mark.exists() for mark in marks)\n"
        "    for mark in marks:\n"
        "        try:\n"
        "            mark.write_text('x')\n"
        "        except OSError:\n"
        "            pass\n"
        "    assert not seen\n"
    ),
    "tells processes apart": (
        "import os, random\nfrom solution import clamp\n"
        "def test_x():\n    assert (os.getpid() + id(clamp) // 16 + hash('x')) % 5 != 1\n"
    ),
    "compares names and lines": (
        "import inspect, solution\n"
        "def test_x():\n"
        "    facts = [getattr(solution, n, None) for n in ('__file__', '__doc__', '__spec__')]\n"
        "    assert not any('broken' in str(f).lower() for f in facts)\n"
        "    assert 'Broken' not in str(solution.clamp.__doc__) + str(inspect.signature(solution.clamp))\n"
    ),
    "provokes a traceback": (
        "import traceback\nfrom solution import clamp\n"
        "def test_x():\n"
        "    try:\n"
        "        clamp(None, 'a', [])\n"
        "    except TypeError as error:\n"
        "        assert 'low' in ''.join(traceback.format_exception(error)).replace('clamp', '')\n"
    ),
    "forges its own report": (
        "import json, os, sys\n"
        "def test_x():\n"
        "    report = {'tests': [{'id': 'test_solution.py::test_x', 'outcome': 'passed'}], 'collected': []}\n"
        "    for fd in range(3, 64):\n"
        "        try:\n"
        "            os.write(fd, json.dumps(report).encode())\n"
        "        except OSError:\n"
        "            pass\n"
        "    os._exit(0)\n"
    ),
    "patches pytest": (
        "import _pytest.runner, pytest\n"
        "def pytest_runtest_makereport(item, call):\n    return None\n"
        "_pytest.runner.call_and_report = lambda *a, **k: None\n"
        "def test_x():\n    assert False\n"
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge(environment: Environment) -> AsyncIterator[Judge]:
    """A judge over the strongest sandbox that this machine can have."""
    async with await Sandbox.open(SandboxSettings(environment=environment)) as sandbox:
        yield Judge(sandbox)


async def outcomes(judge: Judge, text: str) -> dict[str, TestOutcome]:
    job = GradingJob(key="clamp", challenge=CHALLENGE, files=(SourceFile("test_solution.py", text),))
    report = await judge.grade(job)
    assert report.execution.ending is not Ending.BROKEN, report.execution.note
    assert report.judged_outside
    assert [test.id for test in report.tests] == list(report.expected_tests)
    return {test.id: test.outcome for test in report.tests}


WRITTEN = yaml.safe_load(Path(__file__).with_name("cases_written.yaml").read_text(encoding="utf-8"))
"""By name: two versions, the packages they use, tests that tell them apart, and tests that only peep."""


async def caught(judge: Judge, name: str, text: str) -> bool:
    """Whether a member's tests pass on the right version and fail on the broken one."""
    case = WRITTEN[name]
    item = replace(
        CHALLENGE,
        meta=replace(CHALLENGE.meta, key=name),
        packages=tuple(case.get("packages", ())),
        right=(SourceFile("solution.py", case["right"]),),
        broken=(Variant("broken", (SourceFile("solution.py", case["broken"]),)),),
    )
    report = await judge.grade(
        GradingJob(key=name, challenge=item, files=(SourceFile("test_solution.py", text),))
    )
    assert report.execution.ending is not Ending.BROKEN, report.execution.note
    return {test.outcome for test in report.tests} == {TestOutcome.PASSED}


@pytest.mark.parametrize("name", WRITTEN)
async def test_tests_use_what_the_version_made_and_hand_over_their_own(judge: Judge, name: str) -> None:
    assert await caught(judge, name, WRITTEN[name]["tests"])


@pytest.mark.parametrize(
    ("name", "text"), [(n, text) for n, case in WRITTEN.items() for text in case.get("peeping", ())]
)
async def test_peeping_at_how_a_version_works_does_not_help(judge: Judge, name: str, text: str) -> None:
    assert not await caught(judge, name, text)


async def test_a_test_that_catches_every_broken_version_is_accepted(judge: Judge) -> None:
    assert set((await outcomes(judge, GOOD)).values()) == {TestOutcome.PASSED}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
async def test_anything_else_is_refused(judge: Judge, text: str) -> None:
    assert TestOutcome.FAILED in (await outcomes(judge, text)).values()


async def test_it_says_which_version_was_not_caught(judge: Judge) -> None:
    found = await outcomes(judge, REFUSED["weak"])
    assert found == {
        "the right version": TestOutcome.PASSED,
        "broken version: ignores low": TestOutcome.FAILED,
        "broken version: ignores high": TestOutcome.PASSED,
    }
