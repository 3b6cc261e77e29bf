"""Runs whole programs: challenges judged by what is printed, and programs whose output is to be predicted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

from bot.domain.content import Challenge, Limits, Match, StdoutCase
from bot.domain.grading import CaseRun, Ending, Execution, GradingJob, RunReport, Usage
from bot.grading.languages import language
from bot.grading.languages.language import BadFileName, UnknownLanguage, with_report
from bot.grading.sandbox import Sandbox, Task

_AT_ONCE = 2
"""Runs of one submission at the same time."""
_CHECKER_LIMITS = Limits(cpu_ms=10_000, wall_ms=30_000)


async def run_cases(sandbox: Sandbox, job: GradingJob) -> RunReport:
    """Run the submission once for each case; the author's checker, if any, in a process of its own.

    Whether an output is right is decided elsewhere, except by the checker, which never sees the
    submission, only what it printed.
    """
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(case: StdoutCase) -> CaseRun:
        async with turn:
            return await _run_case(sandbox, job, case)

    cases = tuple(await asyncio.gather(*(one(case) for case in job.challenge.cases)))
    return RunReport(execution=_whole([case.execution for case in cases]), cases=cases)


async def run_program(sandbox: Sandbox, program: str, packages: tuple[str, ...] = ()) -> Execution:
    """Run one Python text, and say what it printed: the key of a predict-the-output question."""
    return await execute(sandbox, language("python").program(program, Limits(), packages))


async def execute(sandbox: Sandbox, task: Task) -> Execution:
    """Run ``task`` to its end, with what its report says of an exception."""
    execution, report = await sandbox.execute(task)
    return with_report(execution, report)


async def _run_case(sandbox: Sandbox, job: GradingJob, case: StdoutCase) -> CaseRun:
    challenge = job.challenge
    try:
        task = language(challenge.language).task(challenge, job.files, case.stdin)
    except (BadFileName, UnknownLanguage) as error:
        return CaseRun(name=case.name, execution=Execution(ending=Ending.BROKEN, note=str(error)))
    execution = await execute(sandbox, task)
    if challenge.match is not Match.CHECKER or execution.ending is not Ending.FINISHED or execution.exit_code:
        return CaseRun(name=case.name, execution=execution)
    return await _check(sandbox, challenge, case, execution)


async def _check(sandbox: Sandbox, challenge: Challenge, case: StdoutCase, execution: Execution) -> CaseRun:
    order = {
        "checker": challenge.checker,
        "output": execution.stdout,
        "stdin": case.stdin,
        "expected": case.expected,
    }
    task = Task(entry="guest.checker:run", payload=json.dumps(order).encode(), limits=_CHECKER_LIMITS)
    checking, report = await sandbox.execute(task)
    if checking.ending is not Ending.FINISHED or checking.exit_code:
        why = checking.note or checking.stderr.strip()[-2_000:] or checking.ending.value
        broken = Execution(ending=Ending.BROKEN, note=f"the checker of {challenge.meta.key} failed: {why}")
        return CaseRun(name=case.name, execution=broken)
    answer = json.loads(report)
    return CaseRun(
        name=case.name,
        execution=execution,
        checker=answer["right"],
        checker_message=answer["message"],
    )


def _whole(executions: list[Execution]) -> Execution:
    """The first run that went wrong, or else the first, with the most that any of them used."""
    if not executions:
        return Execution(ending=Ending.BROKEN, note="the challenge has no cases")
    bad = (e for e in executions if e.ending is not Ending.FINISHED or e.exit_code)
    chosen = next(bad, executions[0])
    usage = Usage(
        wall_ms=max(e.usage.wall_ms for e in executions),
        cpu_ms=max(e.usage.cpu_ms for e in executions),
        memory_mb=max(e.usage.memory_mb for e in executions),
    )
    return replace(chosen, usage=usage)
