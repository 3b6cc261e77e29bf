"""What the worker calls: runs one submission in the way its kind asks for, and says what happened."""

from __future__ import annotations

from bot.domain.content import Challenge, Kind
from bot.domain.grading import Ending, Execution, GradingJob, RunReport, SuiteCheck
from bot.grading.programs import run_cases, run_program
from bot.grading.sandbox import Sandbox, SandboxError
from bot.grading.suites import Suites
from bot.grading.writing import grade_written_tests

_SUITES = frozenset({Kind.CODE_TESTS, Kind.CODE_PROJECT, Kind.FIX_THE_BUG, Kind.EXTEND})


class Judge:
    """One worker's judge over one sandbox; what it prepares for a challenge it keeps for the next
    submission.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._suites = Suites(sandbox)

    async def grade(self, job: GradingJob) -> RunReport:
        """Run a submission. A failure of the sandbox is ``Ending.BROKEN``, never an exception."""
        kind = job.challenge.kind
        try:
            if kind in _SUITES:
                return await self._suites.grade(job)
            if kind is Kind.WRITE_A_TEST:
                return await grade_written_tests(self.sandbox, job)
            if kind is Kind.CODE_STDOUT:
                return await run_cases(self.sandbox, job)
        except (SandboxError, OSError) as error:
            return broken(f"{type(error).__name__}: {error}")
        return broken(f"{kind} is not answered with code")

    async def run_program(self, program: str, packages: tuple[str, ...] = ()) -> Execution:
        """One run of a Python program with nothing on standard input."""
        return await run_program(self.sandbox, program, packages)

    async def check_suite(self, key: str, challenge: Challenge) -> SuiteCheck:
        """Whether the challenge's tests can be judged from outside; which tests cannot, and what to write
        instead.
        """
        return await self._suites.check(key, challenge)


def broken(note: str) -> RunReport:
    """The report of a run that failed on our side."""
    return RunReport(execution=Execution(ending=Ending.BROKEN, note=note))
