"""Honest work is judged from outside exactly as plain pytest judges it, test by test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.content import SourceFile
from bot.domain.grading import Ending, GradingJob, RunReport, TestOutcome
from bot.grading.judge import Judge
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings
from tests.sandbox.suite_files import challenge, names, read_suite

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge(environment: Environment) -> AsyncIterator[Judge]:
    """A judge over the strongest sandbox that this machine can have."""
    async with await Sandbox.open(SandboxSettings(environment=environment)) as sandbox:
        yield Judge(sandbox)


def accepted(report: RunReport) -> bool:
    """Whether every expected test passed, once."""
    passed = [test.id for test in report.tests if test.outcome is TestOutcome.PASSED]
    ended = report.execution.ending is Ending.FINISHED
    return ended and bool(passed) and sorted(passed) == sorted(report.expected_tests)


def passed_by_plain_pytest(folder: Path, site: Path, *groups: tuple[SourceFile, ...]) -> set[str]:
    """The tests that pass under plain pytest, beside the code and without any judge."""
    for file in (f for group in groups for f in group):
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    options = ["-q", "-rA", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"]
    options += ["-o", "asyncio_mode=auto", "-c", os.devnull, "--rootdir", str(folder), str(folder)]
    environ = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{site}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    passed = {match[1] for match in re.finditer(r"^(?:PASSED|XFAIL) (\S+)", done.stdout, re.M)}
    return passed - {match[1] for match in re.finditer(r"^SUBFAIL.*? (\S+::\S+)", done.stdout, re.M)}


@pytest.mark.parametrize("name", list(names()))
@pytest.mark.parametrize("who", ["reference", "honest", "wrong"])
async def test_same_as_plain_pytest(
    judge: Judge, environment: Environment, tmp_path: Path, name: str, who: str
) -> None:
    suite = read_suite(name)
    given = suite.get("given", ())
    packages = tuple(suite["packages"][0].text.split()) if "packages" in suite else ()
    item = challenge(name, suite["tests"], suite["reference"], packages=packages, given=given)

    report = await judge.grade(GradingJob(key=name, challenge=item, files=suite[who]))

    told = [(t.id, t.outcome, t.message) for t in report.tests if t.outcome is not TestOutcome.PASSED]
    assert report.judged_outside
    assert accepted(report) == (who != "wrong"), (told, report.execution)
    passed = {t.id.partition(" ")[0] for t in report.tests if t.outcome is TestOutcome.PASSED}
    files = (suite["tests"], given, suite[who])
    plainly = passed_by_plain_pytest(tmp_path, environment.folder, *files)
    # Of what is wrong, less may pass here: an object that calls too much equal is not believed.
    assert passed <= plainly if who == "wrong" else passed == plainly, told
