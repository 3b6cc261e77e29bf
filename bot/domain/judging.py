"""From what happened to a verdict: the only place that decides whether a submission is right.

A pass is exactly the expected tests, each once and each passed; nothing that the submission printed or
claimed is ever taken for it. What a member may see of a test is applied here too, so that a ``Judgement``
is safe to show as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.checks import Check, ReportMismatch, case_checks, failed_run, test_checks
from bot.domain.content import CODE_KINDS, Challenge, Kind, Show
from bot.domain.grading import (
    CodeError,
    Ending,
    Judgement,
    RunReport,
    TestLine,
    TestOutcome,
    Verdict,
)
from bot.domain.wording import cut_middle, error_sentence

INTERNAL = "Something went wrong on our side. This does not count against you: please submit again."
PRACTICE = " This challenge is practice: it earns no points."


def internal_error(note: str) -> Judgement:
    """A verdict that is our fault; ``note`` is for the operator alone."""
    return Judgement(verdict=Verdict.INTERNAL_ERROR, ranked=False, headline=INTERNAL, note=note)


def judge(challenge: Challenge, report: RunReport) -> Judgement:
    """The verdict on what happened.

    An internal error is reported when the sandbox broke or the report does not fit the challenge, and never
    otherwise. Then syntax errors, then limits that ended the whole run, then the first failing test decide.
    """
    runs = [report.execution, *(case.execution for case in report.cases)]
    broken = next((run for run in runs if run.ending is Ending.BROKEN), None)
    if broken is not None:
        return internal_error(broken.note or "the sandbox broke without saying why")
    program = challenge.kind is Kind.CODE_STDOUT
    try:
        checks = case_checks(challenge, report) if program else test_checks(challenge, report)
    except ReportMismatch as mismatch:
        return internal_error(str(mismatch))
    ranked = report.judged_outside and challenge.kind in CODE_KINDS
    whole = _not_compiled(checks) if program else _whole_run(challenge, report, checks)
    if whole is not None:
        return _refused(report, checks, whole, ranked)
    if all(check.passed for check in checks):
        return _accepted(challenge, report, checks, ranked)
    return _refused(report, checks, _most_telling(checks), ranked)


def _not_compiled(checks: Sequence[Check]) -> Check | None:
    """The one compile error of all runs of a program: it came up before any input was read."""
    first = checks[0]
    same = all(check.verdict is Verdict.COMPILE_ERROR and check.error == first.error for check in checks)
    return _whole(first.verdict, first.sentence, first.error) if same else None


def _whole_run(challenge: Challenge, report: RunReport, checks: Sequence[Check]) -> Check | None:
    """The failure of the run as a whole, for pytest kinds: a syntax error, a limit, an import that raised."""
    failure = failed_run(challenge, report.execution)
    error = report.execution.error
    if error is not None and report.execution.ending is Ending.FINISHED and _is_loading(error, checks):
        verdict = Verdict.COMPILE_ERROR if report.execution.while_loading else Verdict.RUNTIME_ERROR
        return _whole(verdict, error_sentence(error), error)
    if failure is None and _only_missing(checks):
        failure = (Verdict.RUNTIME_ERROR, "Your program ended before all tests had run. Does it call exit?")
    if failure is None:
        return None
    verdict, sentence = failure
    ran = any(check.outcome is not TestOutcome.MISSING for check in checks)
    ended_by_itself = report.execution.ending is Ending.FINISHED
    if ran and ended_by_itself and not _only_missing(checks):
        return None  # tests that ran say it better than an exit status, and they decide
    # What came up after a hidden test began may carry its inputs.
    safe = not ran or all(check.show is Show.ALL for check in checks)
    if ran and not ended_by_itself:
        stopped = next((check for check in checks if not check.passed), None)
        if stopped is not None and stopped.named:
            sentence = f"{_short(stopped.name)}: {sentence}"
    return _whole(verdict, sentence, error if safe else None, report.execution.stdout if safe else "")


def _whole(verdict: Verdict, sentence: str, error: CodeError | None, stdout: str = "") -> Check:
    return Check(
        name="",
        show=Show.ALL,
        stage=1,
        outcome=TestOutcome.ERROR,
        verdict=verdict,
        sentence=sentence,
        error=error,
        stdout=cut_middle(stdout),
    )


def _is_loading(error: CodeError, checks: Sequence[Check]) -> bool:
    """Whether the code could not be loaded: its tests then all have the very error of the run.

    That came up before any test began, so it carries nothing of a hidden one.
    """
    return any(not check.passed and check.error == error for check in checks)


def _only_missing(checks: Sequence[Check]) -> bool:
    """Whether tests never reported, and nothing else failed."""
    failing = {check.outcome for check in checks if not check.passed}
    return failing == {TestOutcome.MISSING}


def _most_telling(checks: Sequence[Check]) -> Check:
    """The first failing check that may be shown, else the first that has a name, else the first."""
    failing = [check for check in checks if not check.passed]
    revealed = (check for check in failing if check.revealed)
    named = (check for check in failing if check.named)
    return next(revealed, None) or next(named, None) or failing[0]


def _accepted(challenge: Challenge, report: RunReport, checks: Sequence[Check], ranked: bool) -> Judgement:
    if challenge.kind is Kind.CODE_STDOUT:
        headline = "The output is right." if len(checks) == 1 else f"All {len(checks)} runs are right."
    else:
        headline = f"All {len(checks)} tests pass." if len(checks) > 1 else "The test passes."
    open_ = all(check.show is Show.ALL for check in checks)
    return Judgement(
        verdict=Verdict.ACCEPTED,
        ranked=ranked,
        headline=headline if ranked else headline + PRACTICE,
        tests=_lines(checks),
        stdout=cut_middle(report.execution.stdout) if open_ else "",
        usage=report.execution.usage,
        passed=len(checks),
        total=len(checks),
        stages_passed=_stages(checks),
    )


def _refused(report: RunReport, checks: Sequence[Check], decisive: Check, ranked: bool) -> Judgement:
    shown = decisive if decisive.revealed else None
    prints = bool(report.cases) or (shown is not None and not _after_a_hidden_one(checks, shown))
    return Judgement(
        verdict=decisive.verdict,
        ranked=ranked,
        headline=_headline(checks, decisive),
        tests=_lines(checks),
        call=shown.call if shown else "",
        expected=shown.expected if shown else "",
        got=shown.got if shown else "",
        diff=shown.diff if shown else "",
        error=shown.error if shown else None,
        stdout=shown.stdout if shown and prints else "",
        usage=report.execution.usage,
        passed=sum(check.passed for check in checks),
        total=len(checks) or len(report.expected_tests),
        stages_passed=_stages(checks),
    )


def _after_a_hidden_one(checks: Sequence[Check], shown: Check) -> bool:
    """Whether a test that is not shown ran before in the same process: prints may carry its inputs."""
    for check in checks:
        if check is shown:
            return False
        if not check.revealed and check.outcome is not TestOutcome.MISSING:
            return True
    return False


def _headline(checks: Sequence[Check], decisive: Check) -> str:
    if not decisive.name or (len(checks) == 1 and decisive.revealed):
        return decisive.sentence
    if decisive.revealed:
        return f"{_short(decisive.name)}: {decisive.sentence}"
    if decisive.named:
        return f"{_short(decisive.name)} fails."
    if all(check.passed for check in checks if check.named):
        seen = "All tests that you can see pass, but a" if any(check.named for check in checks) else "A"
        return f"{seen} hidden test fails{_limit_reason(decisive)}."
    return f"A hidden test fails{_limit_reason(decisive)}."


def _short(name: str) -> str:
    """A test's own name and parameters, without its file."""
    path, bracket, parameters = name.partition("[")
    return path.rpartition("::")[2] + bracket + parameters


def _limit_reason(check: Check) -> str:
    """Which limit a hidden run met: that tells nothing about its inputs."""
    return {
        Verdict.TIME_LIMIT: " at the time limit",
        Verdict.MEMORY_LIMIT: " at the memory limit",
        Verdict.OUTPUT_LIMIT: " at the output limit",
    }.get(check.verdict, "")


def _lines(checks: Sequence[Check]) -> tuple[TestLine, ...]:
    """The checks as the member may see them: hidden ones by number, and failed or passed only."""
    lines: list[TestLine] = []
    hidden = 0
    for check in checks:
        outcome = check.outcome if check.revealed or check.passed else TestOutcome.FAILED
        if check.named:
            message = check.sentence if check.revealed and not check.passed else ""
            lines.append(TestLine(name=check.name, outcome=outcome, message=message))
        else:
            hidden += 1
            lines.append(TestLine(name=f"hidden test {hidden}", outcome=outcome))
    return tuple(lines)


def _stages(checks: Sequence[Check]) -> int:
    """How many stages, counted from the first, pass as a whole."""
    passed = 0
    for stage in sorted({check.stage for check in checks}):
        if not all(check.passed for check in checks if check.stage == stage):
            break
        passed += 1
    return passed
