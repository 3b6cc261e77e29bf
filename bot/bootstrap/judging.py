"""The judge without a database: one submission graded, a bank checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from bot.bootstrap.judge import open_judge
from bot.config import Settings
from bot.domain.code_blocks import CodeRefused, read_files, wanted
from bot.domain.content import Challenge, SourceFile
from bot.domain.digests import item_digest
from bot.domain.grading import Execution, GradingJob, Judgement, SuiteCheck, Verdict
from bot.domain.judging import judge
from bot.grading.judge import Judge
from bot.question_bank.checks.gate import check_bank
from bot.question_bank.formats.base import Reading
from bot.question_bank.problems import Problem
from bot.question_bank.reading import read_bank


class NoChallenge(Exception):
    """The file does not give one challenge to grade against; the text says why."""


class Runner:
    """What the publish gate needs of the judge: verdicts as a member would get them."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def grade(self, job: GradingJob) -> Judgement:
        """The verdict on a submission."""
        return judge(job.challenge, await self._judge.grade(job))

    async def check_suite(self, key: str, challenge: Challenge) -> SuiteCheck:
        """Whether the challenge's tests can be judged from outside, and what to write where they cannot."""
        return await self._judge.check_suite(key, challenge)

    async def run_program(self, program: str, packages: tuple[str, ...] = ()) -> Execution:
        """One run of a Python program with nothing on standard input."""
        return await self._judge.run_program(program, packages)


@asynccontextmanager
async def open_runner(settings: Settings) -> AsyncIterator[Runner]:
    """A judge for the time of one command."""
    async with open_judge(settings) as judge:
        yield Runner(judge)


def read_challenge(path: Path, key: str = "") -> Challenge:
    """The challenge at ``path``; ``key`` says which when there are several. Raises ``NoChallenge``."""
    reading = read_bank(path)
    challenges = {
        found.item.meta.key: found.item for found in reading.items if isinstance(found.item, Challenge)
    }
    keys = ", ".join(list(challenges)[:10])
    if key in challenges:
        return challenges[key]
    if len(challenges) == 1 and not key:
        return next(iter(challenges.values()))
    if challenges and key:
        raise NoChallenge(f"{path} holds no challenge {key}; it holds {keys}")
    if challenges:
        raise NoChallenge(f"{path} holds {len(challenges)} challenges; add --question with one of {keys}")
    reasons = [
        each.message if not each.line else f"{each.file}:{each.line}: {each.message}"
        for each in reading.problems
        if each.is_error
    ]
    reasons += [
        f"{found.item.meta.key} is answered without code ({found.item.kind.value})."
        for found in reading.items
    ]
    raise NoChallenge("\n".join([f"{path} holds no challenge to grade against", *reasons[:20]]))


def names_in_project(challenge: Challenge, paths: Sequence[Path], folder: Path | None = None) -> list[str]:
    """What each file is called inside the project, where ``paths`` may lie anywhere.

    The challenge knows names such as ``shop/prices.py``: the folder below which most of them are found is the
    project's. ``folder`` is one that was handed in as a whole: the project's folder is it or lies above it.
    A file outside of the project's folder has its last name.
    """
    files = [*challenge.starter, *(file for known in challenge.references for file in known.files)]
    known = {PurePosixPath(file.name).parts for file in files} | {PurePosixPath(challenge.entry).parts}
    whole = [path.absolute().parts for path in paths]
    found = Counter(parts[: -len(name)] for parts in whole for name in known if parts[-len(name) :] == name)
    if folder is not None:
        own = folder.absolute().parts
        above = {root: count for root, count in found.items() if own[: len(root)] == root}
        found = Counter({own: 1}) if own in above or not above else Counter(above)
    root = max(found, key=lambda each: (found[each], -len(each)), default=None)
    return [
        "/".join(parts[len(root) :]) if root is not None and parts[: len(root)] == root else parts[-1]
        for parts in whole
    ]


async def grade_once(settings: Settings, challenge: Challenge, sources: Sequence[SourceFile]) -> Judgement:
    """Judge one submission as the worker would. Raises ``CodeRefused`` and the sandbox's errors."""
    files = read_files(sources, wanted(challenge)).files
    async with open_runner(settings) as runner:
        return await runner.grade(GradingJob(key=item_digest(challenge), challenge=challenge, files=files))


def refused(error: CodeRefused) -> Judgement:
    """What was handed in is no code to grade: said as a compile error, which it would have been."""
    return Judgement(verdict=Verdict.COMPILE_ERROR, ranked=False, headline=error.text)


def as_json(judgement: Judgement) -> dict[str, Any]:
    """A judgement as ``warmup grade --json`` prints it."""
    usage = judgement.usage
    return {
        "verdict": judgement.verdict.value,
        "ranked": judgement.ranked,
        "headline": judgement.headline,
        "tests": [
            {"name": test.name, "outcome": test.outcome.value, "message": test.message}
            for test in judgement.tests
        ],
        "passed": judgement.passed,
        "total": judgement.total,
        "call": judgement.call,
        "expected": judgement.expected,
        "got": judgement.got,
        "diff": judgement.diff,
        "error": None
        if judgement.error is None
        else {
            "type": judgement.error.type,
            "message": judgement.error.message,
            "file": judgement.error.file,
            "line": judgement.error.line,
            "caret": judgement.error.caret,
            "trace": judgement.error.trace,
        },
        "stdout": judgement.stdout,
        "wall_ms": round(usage.wall_ms, 3),
        "cpu_ms": round(usage.cpu_ms, 3),
        "memory_mb": round(usage.memory_mb, 3),
        "note": judgement.note,
    }


async def gate(
    settings: Settings, reading: Reading, *, run: bool, progress: Callable[[], None]
) -> list[Problem]:
    """What the publish gate finds in what was read; without ``run`` only what can be told by reading."""
    if not run or not reading.items:
        return await check_bank(reading.items)
    async with open_runner(settings) as runner:
        return await check_bank(reading.items, runner, progress=progress)
