"""Each test or run of a submission, judged for itself: what was expected against what happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from bot.domain.comparing import difference, same_output, where_different
from bot.domain.content import Challenge, Match, Show, StdoutCase
from bot.domain.grading import (
    CaseRun,
    CodeError,
    Ending,
    Execution,
    RunReport,
    TestOutcome,
    TestRun,
    Verdict,
)
from bot.domain.wording import cut_middle, error_sentence, limit_sentence

LIMITS = {
    Ending.CPU_LIMIT: Verdict.TIME_LIMIT,
    Ending.WALL_LIMIT: Verdict.TIME_LIMIT,
    Ending.MEMORY_LIMIT: Verdict.MEMORY_LIMIT,
    Ending.OUTPUT_LIMIT: Verdict.OUTPUT_LIMIT,
    Ending.DISK_LIMIT: Verdict.OUTPUT_LIMIT,
    Ending.PROCESS_LIMIT: Verdict.RUNTIME_ERROR,
    Ending.SIGNALLED: Verdict.RUNTIME_ERROR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One test or run, judged, with everything that may have to be hidden still in it."""

    name: str
    show: Show
    stage: int
    outcome: TestOutcome
    verdict: Verdict
    sentence: str
    call: str = ""
    expected: str = ""
    got: str = ""
    diff: str = ""
    error: CodeError | None = None
    stdout: str = ""

    @property
    def passed(self) -> bool:
        """Whether it counts towards an acceptance."""
        return self.outcome is TestOutcome.PASSED

    @property
    def revealed(self) -> bool:
        """Whether everything about it may be shown."""
        return self.show is Show.ALL or (self.show is Show.UNTIL_FAILED and not self.passed)

    @property
    def named(self) -> bool:
        """Whether its name may be shown."""
        return self.revealed or self.show is Show.NAME_ONLY


class ReportMismatch(Exception):
    """The worker's report does not fit the challenge: our fault, whatever the submission did."""


def case_checks(challenge: Challenge, report: RunReport) -> list[Check]:
    """The runs of a program, each judged by its output. Raises ``ReportMismatch``."""
    if not challenge.cases:
        raise ReportMismatch("the challenge has no runs to judge")
    if [run.name for run in report.cases] != [case.name for case in challenge.cases]:
        raise ReportMismatch("the report's runs are not the challenge's")
    return [
        _check_case(challenge, case, run) for case, run in zip(challenge.cases, report.cases, strict=True)
    ]


def _check_case(challenge: Challenge, case: StdoutCase, run: CaseRun) -> Check:
    execution = run.execution
    got = execution.stdout
    base = Check(
        name=case.name,
        show=case.show,
        stage=1,
        outcome=TestOutcome.ERROR,
        verdict=Verdict.RUNTIME_ERROR,
        sentence="",
        call=cut_middle(case.stdin),
        expected="" if challenge.match is Match.CHECKER else cut_middle(case.expected),
        got=cut_middle(got),
        error=execution.error,
        stdout=cut_middle(got),
    )
    failure = failed_run(challenge, execution)
    if failure is not None:
        return replace(base, verdict=failure[0], sentence=failure[1])
    if challenge.match is Match.CHECKER:
        if run.checker is None:
            raise ReportMismatch(f"the checker did not answer about {case.name!r}")
        right, why = run.checker, cut_middle(run.checker_message, 500)
    else:
        right, why = same_output(case.expected, got, challenge.match, challenge.tolerance), ""
    if right:
        return replace(base, outcome=TestOutcome.PASSED, verdict=Verdict.ACCEPTED, error=None)
    if not got.strip() and case.expected.strip():
        why = "Your program printed nothing. Does it call print?"
    elif challenge.match is not Match.CHECKER:
        why = where_different(case.expected, got, challenge.match, challenge.tolerance)
    diff = ""
    if challenge.match is not Match.CHECKER:
        diff = cut_middle(difference(case.expected, got, challenge.match, challenge.tolerance))
    return replace(
        base,
        outcome=TestOutcome.FAILED,
        verdict=Verdict.WRONG_ANSWER,
        sentence=why or "The output is not what was asked for.",
        diff=diff,
        error=None,
    )


def failed_run(challenge: Challenge, run: Execution) -> tuple[Verdict, str] | None:
    """Verdict and sentence of a run that did not come to a good end; None when it did."""
    if run.ending in LIMITS:
        return LIMITS[run.ending], limit_sentence(run, challenge.limits) or _signal_sentence(run)
    if run.exit_code or (run.error is not None and run.exit_code is None):
        if run.error is None:
            return Verdict.RUNTIME_ERROR, f"Your program ended with exit status {run.exit_code}."
        verdict = Verdict.COMPILE_ERROR if run.while_loading else Verdict.RUNTIME_ERROR
        return verdict, error_sentence(run.error)
    if run.truncated:
        return Verdict.OUTPUT_LIMIT, limit_sentence(
            replace(run, ending=Ending.OUTPUT_LIMIT), challenge.limits
        )
    return None


def _signal_sentence(run: Execution) -> str:
    number = -run.exit_code if run.exit_code is not None and run.exit_code < 0 else None
    return f"Your program crashed{f' (signal {number})' if number else ''}."


def test_checks(challenge: Challenge, report: RunReport) -> list[Check]:
    """The tests of a suite, those that never reported included. Raises ``ReportMismatch``.

    Empty when the run failed before there was anything to collect.
    """
    expected = report.expected_tests
    if not expected:
        if failed_run(challenge, report.execution) is not None:
            return []
        raise ReportMismatch("the report names no expected tests")
    if len(set(expected)) != len(expected):
        raise ReportMismatch("an expected test is named twice")
    seen = Counter(run.id for run in report.tests)
    known = frozenset(expected)
    checks = [_check_test(run, seen[run.id] > 1, run.id not in known) for run in report.tests]
    missing = [name for name in expected if name not in seen]
    absent = [TestRun(id=name, outcome=TestOutcome.MISSING, show=Show.HIDDEN) for name in missing]
    return checks + [_check_test(run) for run in absent]


def _check_test(run: TestRun, doubled: bool = False, unknown: bool = False) -> Check:
    outcome, sentence = run.outcome, ""
    if run.outcome is TestOutcome.PASSED and (doubled or unknown):
        outcome = TestOutcome.FAILED
        sentence = "It reported more than once." if doubled else "It is not one of the challenge's tests."
    elif run.outcome is TestOutcome.MISSING:
        sentence = "It never finished: the run ended before it."
    elif run.error is not None:
        sentence = error_sentence(run.error)
    elif run.call and run.expected:
        call, got, expected = (cut_middle(text, 200) for text in (run.call, run.got, run.expected))
        sentence = f"{call} gave {got}, expected {expected}."
    elif run.message:
        sentence = cut_middle(run.message, 500)
    raised = outcome is TestOutcome.ERROR or run.error is not None
    multiline = "\n" in run.expected or "\n" in run.got
    return Check(
        name=run.id,
        show=run.show,
        stage=run.stage,
        outcome=outcome,
        verdict=Verdict.RUNTIME_ERROR if raised else Verdict.WRONG_ANSWER,
        sentence=sentence or "It fails.",
        call=cut_middle(run.call),
        expected=cut_middle(run.expected),
        got=cut_middle(run.got),
        diff=cut_middle(difference(run.expected, run.got)) if multiline else "",
        error=run.error,
        stdout=cut_middle(run.stdout),
    )
