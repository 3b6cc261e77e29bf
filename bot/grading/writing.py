"""Challenges whose answer is a test: it has to pass on the right version and fail on each broken one.

Each version runs behind a bridge, so the member's tests see what it does and nothing else. Every run is a
fresh
pair of processes and the order is drawn at random. The report of a run comes from a process that the
member's code
shares and may be forged; but a forger that cannot tell the versions apart gains nothing, and one that tells
them apart by what they do has solved the exercise. Each version is run several times, so that guessing fails.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import socket
from pathlib import PurePosixPath
from typing import Any

from bot.domain.content import Challenge, SourceFile
from bot.domain.grading import (
    CodeError,
    Ending,
    Execution,
    GradingJob,
    RunReport,
    TestOutcome,
    TestRun,
    Usage,
)
from bot.grading.sandbox import EXAMINER, Flavour, Sandbox, Task
from bot.grading.split import Outcome, examiner_limits, follow, start_both

_RUNS_RIGHT, _RUNS_BROKEN = 3, 2
_ROUNDS = 3
"""What looks like a pass is run again: who guesses has to guess right in every round."""
_AT_ONCE = 2
_FINE = frozenset({"passed", "skipped", "xfailed"})
RIGHT = "the right version"


async def grade_written_tests(sandbox: Sandbox, job: GradingJob) -> RunReport:
    """Run the member's tests against all versions. Raises ``SandboxError``."""
    challenge = job.challenge
    versions = [(RIGHT, challenge.right, True)]
    versions += [(variant.title, variant.files, False) for variant in challenge.broken]
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(files: tuple[SourceFile, ...]) -> Outcome:
        async with turn:
            return await _run(sandbox, challenge, job.files, files)

    by_title: dict[str, list[Outcome]] = {}
    tests: tuple[TestRun, ...] = ()
    for _ in range(_ROUNDS):
        runs = [v for v in versions for _ in range(_RUNS_RIGHT if v[2] else _RUNS_BROKEN)]
        random.SystemRandom().shuffle(runs)
        outcomes = await asyncio.gather(*(one(files) for _, files, _ in runs))
        for (title, _, _), outcome in zip(runs, outcomes, strict=True):
            by_title.setdefault(title, []).append(outcome)
        tests = tuple(_judge(title, by_title[title], right) for title, _, right in versions)
        if not all(test.outcome is TestOutcome.PASSED for test in tests):
            break
    return RunReport(
        execution=_whole(by_title[RIGHT], [each for found in by_title.values() for each in found]),
        tests=tests,
        expected_tests=tuple(test.id for test in tests),
    )


async def _run(
    sandbox: Sandbox, challenge: Challenge, tests: tuple[SourceFile, ...], version: tuple[SourceFile, ...]
) -> Outcome:
    """One run of the member's tests against one version."""
    files = {f.name: f.text for f in (*challenge.given, *version)}
    modules = sorted(_module(name) for name in files if name.endswith(".py"))
    order = {
        "key": challenge.meta.key,
        "tests": [[_test_name(file.name), file.text] for file in tests],
        "given": [],
        "modules": modules,
        "packages": list(challenge.packages),
        "seed": secrets.token_hex(16),
        "matrix": None,
        "written": True,
    }
    ours, theirs = socket.socketpair()
    served = Task(
        entry="examiner.versions:run",
        flavour=Flavour(packages=tuple(challenge.packages), examiner=True),
        payload=json.dumps({"files": list(files.items()), "modules": modules}).encode(),
        limits=examiner_limits(challenge.limits),
        fds=(theirs.fileno(),),
    )
    testing = Task(
        entry="examiner.examine:run",
        flavour=EXAMINER,
        payload=json.dumps(order).encode(),
        limits=challenge.limits,
        fds=(ours.fileno(),),
        report_kb=4_096,
    )
    with ours, theirs:
        guest, examiner = await start_both(sandbox, served, testing)
    outcome = await follow(guest, examiner)
    return Outcome(await examiner.wait(), _tidy(outcome.report))


def _tidy(report: Any) -> dict[str, Any]:
    """A report that may have been forged, with nothing in it but the fields and types that are used."""
    if not isinstance(report, dict):
        return {}
    tests = [t for t in _rows(report.get("tests")) if isinstance(t.get("id"), str)]
    return {
        "collected": [name for name in report.get("collected") or [] if isinstance(name, str)],
        "tests": [{**t, "outcome": str(t.get("outcome"))} for t in tests],
        "collection": _rows(report.get("collection")),
        "loading": report.get("loading") if isinstance(report.get("loading"), dict) else None,
        "fault": str(report.get("fault") or ""),
    }


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _judge(title: str, outcomes: list[Outcome], right: bool) -> TestRun:
    good = [outcome.good(_FINE) for outcome in outcomes]
    name = title if right else f"broken version: {title}"
    first = next((o for o, fine in zip(outcomes, good, strict=True) if not fine), outcomes[0])
    facts: dict[str, Any] = next((t for t in first.report.get("tests", []) if t["outcome"] not in _FINE), {})
    if right:
        passed = all(good)
        message = "" if passed else _why(first, facts)
    else:
        passed = all(_caught(outcome) for outcome in outcomes)
        message = "" if passed else "your tests pass on it: they do not catch what is wrong with it"
    error = facts.get("error") if right and isinstance(facts.get("error"), dict) else None
    return TestRun(
        id=name,
        outcome=TestOutcome.PASSED if passed else TestOutcome.FAILED,
        message=message,
        call=str(facts.get("call", "")) if right and not passed else "",
        expected=str(facts.get("expected", "")) if right and not passed else "",
        got=str(facts.get("got", "")) if right and not passed else "",
        stdout=str(facts.get("stdout", "")) if right else "",
        error=CodeError(type=str(error.get("type", "")), message=str(error.get("message", "")))
        if error
        else None,
    )


def _caught(outcome: Outcome) -> bool:
    """Whether a test failed; a skipped one says nothing against a version."""
    words = outcome.outcomes().values()
    return not outcome.good(_FINE) and not (words and all(word in _FINE for word in words))


def _why(outcome: Outcome, facts: dict[str, Any]) -> str:
    if facts:
        return f"{facts['id']} fails on the right version: {facts.get('message', '')}"
    for failed in outcome.report.get("collection", []):
        return f"your test file could not be imported: {failed.get('message', '')}"
    if not outcome.report.get("collected"):
        return "there is no test in what you handed in: write functions whose names begin with test_"
    return "not every test came to its end"


def _whole(right: list[Outcome], outcomes: list[Outcome]) -> Execution:
    """The run on the right version as a whole, or one in which the sandbox broke."""
    broken = next((o.execution for o in outcomes if o.execution.ending is Ending.BROKEN), None)
    bad = next((o.execution for o in right if o.execution.ending is not Ending.FINISHED), None)
    chosen = broken or bad or right[0].execution
    return Execution(
        ending=chosen.ending,
        exit_code=chosen.exit_code,
        note=chosen.note,
        usage=Usage(
            wall_ms=max(o.execution.usage.wall_ms for o in outcomes),
            cpu_ms=max(o.execution.usage.cpu_ms for o in outcomes),
            memory_mb=max(o.execution.usage.memory_mb for o in outcomes),
        ),
    )


def _module(name: str) -> str:
    parts = PurePosixPath(name).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _test_name(name: str) -> str:
    """The member's file under a name that pytest collects."""
    path = PurePosixPath(name)
    return (
        name
        if path.name.startswith("test") or path.name == "conftest.py"
        else str(path.with_name(f"test_{path.name}"))
    )
