"""The half of the publish gate that runs what claims to be right, and what claims to be wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from bot.domain.content import Challenge, Kind, Question, SourceFile
from bot.domain.digests import item_digest
from bot.domain.grading import Ending, Execution, GradingJob, Judgement, SuiteCheck, TestOutcome, Verdict
from bot.question_bank.checks.mutants import mutants
from bot.question_bank.formats.native.convert import printed_by_option
from bot.question_bank.problems import Found, Problem, Severity, problem

PARALLEL = max(4, 2 * (os.cpu_count() or 1))
"""Questions checked at the same time: enough that no process of the warm pool waits for work."""
_MOST_SURVIVORS = 5
"""Surviving mutants named for one challenge."""
_MOST_PRACTICE = 5
"""Tests named that keep a challenge from earning points."""
_MUTANT_CPU_MS = 1_000
"""CPU time a mutant gets at least: one that loops for ever should not take the author's whole limit."""

Finding = tuple[Severity, str, str]


class Runner(Protocol):
    """What the gate needs of the judge."""

    async def grade(self, job: GradingJob) -> Judgement:
        """The verdict on a submission, exactly as a member would get it."""

    async def check_suite(self, key: str, challenge: Challenge) -> SuiteCheck:
        """Whether the challenge's tests can be judged from outside, and what to write where they cannot."""

    async def run_program(self, program: str, packages: tuple[str, ...] = ()) -> Execution:
        """One run of a Python program with nothing on standard input."""


async def check_running(
    items: Sequence[Found],
    runner: Runner,
    *,
    parallel: int = PARALLEL,
    progress: Callable[[], None] = lambda: None,
) -> list[Problem]:
    """Run every challenge and every program of ``items``; ``progress`` is called once for each item."""
    gate = asyncio.Semaphore(parallel)

    async def check(found: Found) -> list[Problem]:
        async with gate:
            findings = [finding async for finding in _findings(found, runner)]
        progress()
        key = found.item.meta.key
        return [
            problem(found.place, code, message, question=key, severity=severity)
            for severity, code, message in findings
        ]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(check(found)) for found in items]
    return [each for task in tasks for each in task.result()]


async def _findings(found: Found, runner: Runner) -> AsyncIterator[Finding]:
    item = found.item
    if isinstance(item, Challenge):
        async for finding in _challenge(item, runner):
            yield finding
    elif item.kind is Kind.PREDICT_OUTPUT:
        async for finding in _program(item, runner):
            yield finding


def _same_output(one: str, other: str) -> bool:
    """Whether two outputs are equal but for space at line ends and empty lines at the end."""

    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in text.rstrip().splitlines()]

    return lines(one) == lines(other)


def _brief(text: str) -> str:
    shown = text.rstrip("\n").replace("\n", "⏎")
    return shown if len(shown) <= 200 else f"{shown[:99]}…{shown[-100:]}"


def printed(execution: Execution) -> str:
    """What the program shows: its output and, when an exception ended it, that exception's last line."""
    if execution.error is None:
        return execution.stdout
    said = f"{execution.error.type}: {execution.error.message}".removesuffix(": ")
    between = "" if not execution.stdout or execution.stdout.endswith("\n") else "\n"
    return f"{execution.stdout}{between}{said}\n"


async def _program(item: Question, runner: Runner) -> AsyncIterator[Finding]:
    """The key of predict-the-output against the program's real output."""
    first = await runner.run_program(item.program, item.packages)
    if first.ending is Ending.BROKEN:
        yield Severity.ERROR, "cannot_run", f"The sandbox failed, so nothing is proved: {first.note}."
        return
    if first.ending is not Ending.FINISHED:
        message = f"The program did not come to its end ({first.ending.value}). Make it shorter."
        yield Severity.ERROR, "program_did_not_finish", message
        return
    second = await runner.run_program(item.program, item.packages)
    if not _same_output(first.stdout, second.stdout):
        message = "Two runs printed different things, so nobody can predict it. Remove the chance."
        yield Severity.ERROR, "output_varies", message
        return
    real = (first.stdout, printed(first))
    if item.expected_output is not None and not any(
        _same_output(item.expected_output, text) for text in real
    ):
        message = (
            f"The program prints `{_brief(printed(first))}`, but the key says "
            f"`{_brief(item.expected_output)}`. "
            "Correct `output`."
        )
        yield Severity.ERROR, "wrong_output", message
    for number, option in enumerate(item.options, start=1):
        is_real = any(_same_output(printed_by_option(option.text), text) for text in real)
        if option.correct != is_real:
            what = "marked right, but the program prints" if option.correct else "marked wrong, but it is"
            message = f"Option {number} is {what} `{_brief(printed(first))}`. Correct the mark or the text."
            yield Severity.ERROR, "wrong_key", message


class _Challenge:
    """The runs of one challenge."""

    def __init__(self, item: Challenge, runner: Runner) -> None:
        self.item = item
        self.runner = runner
        self.refused = 0
        """How many submissions were refused, so that the tests are known to be able to fail."""

    async def grade(self, files: tuple[SourceFile, ...], item: Challenge | None = None) -> Judgement:
        """The verdict on ``files``."""
        challenge = item or self.item
        job = GradingJob(key=item_digest(challenge), challenge=challenge, files=files)
        judgement = await self.runner.grade(job)
        self.refused += not judgement.accepted and judgement.verdict is not Verdict.INTERNAL_ERROR
        return judgement


async def _challenge(item: Challenge, runner: Runner) -> AsyncIterator[Finding]:
    runs = _Challenge(item, runner)
    sound: Judgement | None = None
    for number, reference in enumerate(item.references):
        judgement = await runs.grade(reference.files)
        if judgement.verdict is Verdict.INTERNAL_ERROR:
            message = f"The judge failed, so nothing is proved: {judgement.note or judgement.headline}"
            yield Severity.ERROR, "cannot_run", message
            return
        if not judgement.accepted:
            message = f"The solution `{reference.title}` is refused: {_why(judgement)} Mend it or the tests."
            yield Severity.ERROR, "reference_refused", message
        elif number == 0:
            sound = judgement
    if sound and not sound.ranked:
        check = await runner.check_suite(item_digest(item), item)
        for message in _practice(check):
            yield Severity.WARNING, "practice_only", message
    if item.starter and (await runs.grade(item.starter)).accepted:
        what = "The broken program" if item.kind is Kind.FIX_THE_BUG else "The starter"
        message = f"{what} is accepted as it stands, so there is nothing to do. Add a test that it fails."
        yield Severity.ERROR, "starter_accepted", message
    for variant in item.wrong:
        if (await runs.grade(variant.files)).accepted:
            message = f"The wrong solution `{variant.title}` is accepted. Add a test that it fails."
            yield Severity.ERROR, "wrong_accepted", message
    if sound and item.language == "python":
        async for finding in _mutants(runs, sound):
            yield finding


async def _mutants(runs: _Challenge, sound: Judgement) -> AsyncIterator[Finding]:
    """Whether the tests notice small changes to the first solution."""
    item = runs.item
    if item.kind is Kind.WRITE_A_TEST:
        return
    cpu_ms = min(item.limits.cpu_ms, max(_MUTANT_CPU_MS, int(10 * sound.usage.cpu_ms)))
    quick = replace(item, limits=replace(item.limits, cpu_ms=cpu_ms))
    changed = mutants(item.references[0].files)
    survivors = [mutant for mutant in changed if (await runs.grade(mutant.files, quick)).accepted]
    if changed and not runs.refused:
        message = (
            "Nothing was ever refused: the tests accept whatever they are given. Make them assert something."
        )
        yield Severity.ERROR, "tests_never_fail", message
        return
    for mutant in survivors[:_MOST_SURVIVORS]:
        message = (
            f"{mutant.file} line {mutant.line}: {mutant.change}, and the tests still pass "
            f"({len(survivors)} of {len(changed)} such changes do). Add a test that notices it."
        )
        yield Severity.WARNING, "weak_tests", message


def _practice(check: SuiteCheck) -> list[str]:
    """Which tests can only run beside the member's code, where, and what to write instead."""
    named = []
    for found in check.problems[:_MOST_PRACTICE]:
        file, _, test = found.test.partition("::")
        at = f" line {found.line}" if found.line else ""
        message = _brief(" ".join(found.message.split()))
        named.append(
            f"{file}{at}: {test} can only run beside the member's code ({message}), so the challenge counts "
            f"as practice, without points. Instead: {found.suggestion}."
        )
    return named or ["The tests can only run beside the member's code: it is practice, without points."]


def _why(judgement: Judgement) -> str:
    """The first thing that went wrong, for the author (who may see everything)."""
    failed = next((test for test in judgement.tests if test.outcome is not TestOutcome.PASSED), None)
    details = f" {failed.name}: {_brief(failed.message)}" if failed else ""
    compared = ""
    if judgement.expected or judgement.got:
        compared = f" Expected `{_brief(judgement.expected)}`, got `{_brief(judgement.got)}`."
    return f"{judgement.verdict.value}. {judgement.headline}{details}{compared}"
