"""From what happened to a verdict, and what a member may see of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import Challenge, Difficulty, Kind, Limits, Match, Meta, Show, StdoutCase
from bot.domain.grading import (
    CaseRun,
    CodeError,
    Ending,
    Execution,
    Judgement,
    RunReport,
    TestLine,
    TestOutcome,
    TestRun,
    Usage,
    Verdict,
)
from bot.domain.judging import judge

SECRET = "s3cret-input"
FINE = Execution(ending=Ending.FINISHED, exit_code=0)


def make(kind: Kind = Kind.CODE_TESTS, **fields: object) -> Challenge:
    meta = Meta(key="add", title="Add", topic="python", difficulty=Difficulty.EASY)
    return Challenge(meta=meta, kind=kind, prompt="Add.", **fields)


def program(*cases: StdoutCase, **fields: object) -> Challenge:
    return make(Kind.CODE_STDOUT, cases=cases or (StdoutCase(expected="42\n"),), **fields)


def ran(stdout: str = "", **fields: object) -> Execution:
    return replace(FINE, stdout=stdout, **fields)


def on_cases(challenge: Challenge, *runs: Execution, **fields: object) -> Judgement:
    cases = tuple(
        CaseRun(name=case.name, execution=run, **fields)
        for case, run in zip(challenge.cases, runs, strict=True)
    )
    return judge(challenge, RunReport(execution=runs[0], cases=cases))


def passed(name: str, **fields: object) -> TestRun:
    return TestRun(id=name, outcome=TestOutcome.PASSED, **fields)


def failed(name: str, outcome: TestOutcome = TestOutcome.FAILED, **fields: object) -> TestRun:
    return TestRun(id=name, outcome=outcome, **fields)


def on_tests(
    *runs: TestRun, expected: tuple[str, ...] | None = None, execution: Execution = FINE, **fields: object
) -> Judgement:
    names = expected if expected is not None else tuple(run.id for run in runs)
    return judge(make(), RunReport(execution=execution, tests=runs, expected_tests=names, **fields))


class TestPrograms:
    def test_the_right_output_is_accepted(self) -> None:
        judgement = on_cases(program(), ran("42\n"))
        assert (judgement.verdict, judgement.ranked, judgement.headline) == (
            Verdict.ACCEPTED,
            True,
            "The output is right.",
        )

    def test_the_wrong_output_shows_expected_and_got_and_a_diff_for_several_lines(self) -> None:
        judgement = on_cases(program(StdoutCase(expected="1\n2\n3\n")), ran("1\n2\n4\n"))
        assert judgement.verdict is Verdict.WRONG_ANSWER
        assert (judgement.expected, judgement.got) == ("1\n2\n3\n", "1\n2\n4\n")
        assert judgement.headline == "Line 3 is '4'; it should be '3'."
        assert "-3" in judgement.diff
        assert "+4" in judgement.diff

    def test_nothing_printed_is_said(self) -> None:
        assert "printed nothing" in on_cases(program(), ran("")).headline

    def test_the_first_failing_run_decides(self) -> None:
        two = program(StdoutCase(name="small", expected="1"), StdoutCase(name="big", expected="2"))
        judgement = on_cases(two, ran("1"), ran("3"))
        assert judgement.headline.startswith("big: ")
        assert (judgement.passed, judgement.total) == (1, 2)

    def test_a_checker_decides_where_there_is_one(self) -> None:
        free = program(match=Match.CHECKER, checker="def check(): ...")
        assert on_cases(free, ran("7"), checker=True).accepted
        refused = on_cases(free, ran("7"), checker=False, checker_message="must be odd")
        assert (refused.verdict, refused.headline) == (Verdict.WRONG_ANSWER, "must be odd")

    def test_a_checker_that_does_not_answer_is_our_fault(self) -> None:
        assert on_cases(program(match=Match.CHECKER), ran("7")).verdict is Verdict.INTERNAL_ERROR

    def test_a_right_output_before_a_crash_is_no_pass(self) -> None:
        error = CodeError(type="ValueError", message="bad", file="solution.py", line=3)
        judgement = on_cases(program(), ran("42\n", exit_code=1, error=error))
        assert judgement.verdict is Verdict.RUNTIME_ERROR
        assert judgement.headline == "ValueError: bad (solution.py, line 3)"
        assert judgement.error == error

    def test_a_syntax_error_is_a_compile_error(self) -> None:
        error = CodeError(type="SyntaxError", message="invalid syntax", line=1, caret="x ==\n   ^")
        judgement = on_cases(program(), ran(exit_code=1, error=error, while_loading=True))
        assert (judgement.verdict, judgement.error) == (Verdict.COMPILE_ERROR, error)

    def test_a_syntax_error_is_told_although_every_run_is_hidden(self) -> None:
        error = CodeError(type="SyntaxError", message="invalid syntax", file="solution.py", line=1)
        hidden = program(*(StdoutCase(name=name, show=Show.HIDDEN) for name in "ab"))
        bad = ran(exit_code=1, error=error, while_loading=True)
        judgement = on_cases(hidden, bad, bad)
        assert (judgement.verdict, judgement.error) == (Verdict.COMPILE_ERROR, error)
        other = ran(exit_code=1, error=replace(error, message=SECRET), while_loading=True)
        assert SECRET not in repr(on_cases(hidden, bad, other))

    def test_a_hidden_run_tells_only_that_it_fails(self) -> None:
        hidden = StdoutCase(name=SECRET, stdin=SECRET, expected=SECRET, show=Show.HIDDEN)
        both = program(StdoutCase(name="seen", expected="1"), hidden)
        judgement = on_cases(both, ran("1"), ran(SECRET + "!"))
        assert SECRET not in repr(judgement)
        assert judgement.headline == "All tests that you can see pass, but a hidden test fails."

    def test_runs_that_do_not_fit_the_challenge_are_our_fault(self) -> None:
        report = RunReport(execution=FINE, cases=(CaseRun(name="other", execution=ran("42")),))
        assert judge(program(), report).verdict is Verdict.INTERNAL_ERROR
        assert judge(program(), RunReport(execution=FINE)).verdict is Verdict.INTERNAL_ERROR


@pytest.mark.parametrize(
    ("ending", "verdict", "words"),
    [
        (Ending.CPU_LIMIT, Verdict.TIME_LIMIT, "used 5.01 s of CPU time; the limit is 5 s"),
        (
            Ending.WALL_LIMIT,
            Verdict.TIME_LIMIT,
            "ran for 15 s, 5.01 s of that on the CPU; the limit is 15 s in all",
        ),
        (Ending.MEMORY_LIMIT, Verdict.MEMORY_LIMIT, "used 255 MB and asked for more; the limit is 256 MB"),
        (Ending.OUTPUT_LIMIT, Verdict.OUTPUT_LIMIT, "limit of 64 KB"),
        (Ending.DISK_LIMIT, Verdict.OUTPUT_LIMIT, "the limit is 16 MB in 256 files"),
        (Ending.PROCESS_LIMIT, Verdict.RUNTIME_ERROR, "threads or processes"),
        (Ending.SIGNALLED, Verdict.RUNTIME_ERROR, "crashed (signal 11)"),
    ],
)
@pytest.mark.failure(34)
def test_every_limit_has_its_verdict_and_names_limit_and_usage(
    ending: Ending, verdict: Verdict, words: str
) -> None:
    usage = Usage(cpu_ms=5_012.0, wall_ms=15_000.0, memory_mb=255.0)
    run = Execution(ending=ending, exit_code=-11, usage=usage)
    for judgement in (on_cases(program(limits=Limits()), run), on_tests(failed("t"), execution=run)):
        assert judgement.verdict is verdict
        assert words in judgement.headline
        assert judgement.usage == usage


def test_a_program_that_only_waits_is_asked_what_for() -> None:
    usage = Usage(cpu_ms=20.0, wall_ms=15_000.0)
    assert "Does it sleep" in on_cases(program(), Execution(ending=Ending.WALL_LIMIT, usage=usage)).headline


def test_one_huge_request_for_memory_is_not_said_to_have_used_it() -> None:
    run = Execution(ending=Ending.MEMORY_LIMIT, usage=Usage(memory_mb=0.2))
    assert "asked for too much; the limit is 256 MB" in on_cases(program(), run).headline


class TestSuites:
    def test_all_expected_tests_passed_is_accepted(self) -> None:
        judgement = on_tests(passed("a"), passed("b"))
        assert (judgement.verdict, judgement.headline) == (Verdict.ACCEPTED, "All 2 tests pass.")

    def test_the_first_failing_test_is_told_with_call_expected_and_got(self) -> None:
        bad = failed("test_add.py::test_small", call="add(2, 3)", expected="5", got="6")
        judgement = on_tests(passed("a"), bad, failed("test_other"))
        assert judgement.headline == "test_small: add(2, 3) gave 6, expected 5."
        assert (judgement.call, judgement.expected, judgement.got) == ("add(2, 3)", "5", "6")
        assert (judgement.passed, judgement.total) == (1, 3)

    @pytest.mark.parametrize("outcome", [TestOutcome.FAILED, TestOutcome.ERROR])
    def test_a_test_that_raised_is_a_runtime_error_at_the_members_line(self, outcome: TestOutcome) -> None:
        error = CodeError(type="ZeroDivisionError", message="division by zero", file="solution.py", line=3)
        judgement = on_tests(failed("t", outcome, error=error))
        assert judgement.verdict is Verdict.RUNTIME_ERROR
        assert "line 3" in judgement.headline

    @pytest.mark.parametrize(
        "runs",
        [
            (passed("a"),),
            (passed("a"), passed("a")),
            (passed("a"), passed("b"), passed("c")),
            (passed("a"), passed("b"), passed("b")),
            (passed("a"), failed("b", TestOutcome.MISSING)),
            (),
        ],
    )
    def test_anything_but_exactly_the_expected_tests_is_no_pass(self, runs: tuple[TestRun, ...]) -> None:
        judgement = on_tests(*runs, expected=("a", "b"))
        assert judgement.verdict in (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)

    def test_an_early_exit_is_no_pass_and_says_why(self) -> None:
        judgement = on_tests(expected=("a", "b"))
        assert judgement.verdict is Verdict.RUNTIME_ERROR
        assert "Does it call exit?" in judgement.headline

    def test_no_expected_tests_is_our_fault(self) -> None:
        assert on_tests(passed("a"), expected=()).verdict is Verdict.INTERNAL_ERROR
        assert on_tests(expected=()).verdict is Verdict.INTERNAL_ERROR
        assert on_tests(passed("a"), expected=("a", "a")).verdict is Verdict.INTERNAL_ERROR

    def test_a_submission_that_does_not_load_is_told_without_a_collection(self) -> None:
        error = CodeError(type="SyntaxError", message="invalid syntax", line=2)
        run = Execution(ending=Ending.FINISHED, exit_code=1, error=error, while_loading=True)
        judgement = on_tests(expected=(), execution=run)
        assert (judgement.verdict, judgement.error) == (Verdict.COMPILE_ERROR, error)

    def test_practice_is_said_and_not_ranked(self) -> None:
        judgement = on_tests(passed("a"), judged_outside=False)
        assert (judgement.accepted, judgement.ranked) == (True, False)
        assert "practice" in judgement.headline

    def test_stages_count_from_the_first_that_pass_as_a_whole(self) -> None:
        runs = (passed("a", stage=1), passed("b", stage=2), failed("c", stage=3), passed("d", stage=4))
        assert on_tests(*runs).stages_passed == 2

    def test_a_broken_sandbox_comes_before_everything(self) -> None:
        judgement = on_tests(passed("a"), execution=Execution(ending=Ending.BROKEN, note="no namespaces"))
        assert (judgement.verdict, judgement.note) == (Verdict.INTERNAL_ERROR, "no namespaces")
        assert "no namespaces" not in judgement.headline

    def test_long_texts_are_cut_in_the_middle(self) -> None:
        judgement = on_tests(failed("t", call="f()", expected="a" * 50_000, got="b" * 50_000))
        assert len(judgement.expected) < 5_000
        assert "left out" in judgement.expected
        assert len(judgement.headline) < 1_000


class TestDisplay:
    def secret(self, show: Show, outcome: TestOutcome = TestOutcome.FAILED) -> TestRun:
        error = CodeError(type="ValueError", message=SECRET, trace=SECRET)
        texts = dict.fromkeys(("call", "expected", "got", "message", "stdout"), SECRET)
        return failed(f"test_{SECRET}", outcome, show=show, error=error, **texts)

    def test_a_hidden_test_leaks_nothing_but_that_it_fails(self) -> None:
        for outcome in (TestOutcome.FAILED, TestOutcome.ERROR):
            judgement = on_tests(passed("seen"), self.secret(Show.HIDDEN, outcome))
            assert SECRET not in repr(judgement)
            assert "a hidden test fails" in judgement.headline
            assert judgement.tests[1] == TestLine(name="hidden test 1", outcome=TestOutcome.FAILED)

    def test_a_visible_failure_is_told_before_a_hidden_one(self) -> None:
        judgement = on_tests(self.secret(Show.HIDDEN), failed("seen", message="no"))
        assert judgement.headline == "seen: no"
        assert SECRET not in repr(judgement)

    def test_prints_after_a_hidden_test_ran_are_not_shown(self) -> None:
        judgement = on_tests(passed("h", show=Show.HIDDEN), failed("seen", stdout=SECRET))
        assert SECRET not in repr(judgement)
        shown = on_tests(failed("seen", stdout="mine"), passed("h", show=Show.HIDDEN))
        assert shown.stdout == "mine"

    def test_a_crash_after_a_hidden_test_began_shows_no_message(self) -> None:
        run = Execution(
            ending=Ending.SIGNALLED, exit_code=-11, stdout=SECRET, error=CodeError(type="E", message=SECRET)
        )
        judgement = on_tests(passed("h", show=Show.HIDDEN), failed("x", TestOutcome.MISSING), execution=run)
        assert SECRET not in repr(judgement)
        assert judgement.verdict is Verdict.RUNTIME_ERROR

    def test_an_import_that_raised_is_shown_although_tests_are_hidden(self) -> None:
        error = CodeError(type="NameError", message="name 'foo' is not defined", line=4)
        run = Execution(ending=Ending.FINISHED, exit_code=1, error=error)
        judgement = on_tests(failed("h", TestOutcome.MISSING, show=Show.HIDDEN), execution=run)
        assert (judgement.verdict, judgement.error) == (Verdict.RUNTIME_ERROR, error)

    @pytest.mark.parametrize(
        ("syntax", "verdict"), [(True, Verdict.COMPILE_ERROR), (False, Verdict.RUNTIME_ERROR)]
    )
    def test_code_that_cannot_be_loaded_is_told_although_every_test_is_hidden(
        self, syntax: bool, verdict: Verdict
    ) -> None:
        error = CodeError(type="ImportError", message="no `add`; did you mean `Add`?", line=4)
        run = Execution(ending=Ending.FINISHED, exit_code=0, error=error, while_loading=syntax)
        tests = [failed(name, TestOutcome.ERROR, show=Show.HIDDEN, error=error) for name in "ab"]
        judgement = on_tests(*tests, execution=run)
        assert (judgement.verdict, judgement.error) == (verdict, error)
        assert "did you mean `Add`" in judgement.headline

    def test_name_only_gives_the_name(self) -> None:
        judgement = on_tests(self.secret(Show.NAME_ONLY))
        assert judgement.headline == f"test_{SECRET} fails."
        assert repr(judgement).count(SECRET) == 2  # headline and line
        assert judgement.tests[0].message == ""

    def test_show_if_failed_gives_nothing_until_it_fails_and_then_everything(self) -> None:
        assert SECRET not in repr(on_tests(replace(passed(f"test_{SECRET}"), show=Show.UNTIL_FAILED)))
        assert on_tests(self.secret(Show.UNTIL_FAILED)).got == SECRET


OUTCOMES = st.sampled_from(list(TestOutcome))
RUNS = st.lists(
    st.builds(TestRun, id=st.sampled_from("abcd"), outcome=OUTCOMES, show=st.sampled_from(list(Show))),
    max_size=6,
)
ENDINGS = st.sampled_from(list(Ending))


@given(RUNS, st.sets(st.sampled_from("abcd")), ENDINGS, st.sampled_from([None, 0, 1]))
def test_accepted_means_exactly_the_expected_tests_each_passed(
    runs: list[TestRun], expected: set[str], ending: Ending, code: int | None
) -> None:
    execution = Execution(ending=ending, exit_code=code)
    judgement = on_tests(*runs, expected=tuple(sorted(expected)), execution=execution)
    exact = sorted(run.id for run in runs) == sorted(expected) and bool(expected)
    all_passed = all(run.outcome is TestOutcome.PASSED for run in runs)
    assert judgement.accepted == (exact and all_passed and ending is Ending.FINISHED)


@given(RUNS, st.sets(st.sampled_from("abcd"), min_size=1), ENDINGS)
def test_an_internal_error_is_never_the_submissions_doing(
    runs: list[TestRun], expected: set[str], ending: Ending
) -> None:
    judgement = on_tests(*runs, expected=tuple(sorted(expected)), execution=Execution(ending=ending))
    assert (judgement.verdict is Verdict.INTERNAL_ERROR) == (ending is Ending.BROKEN)


@given(
    st.lists(st.tuples(OUTCOMES, st.sampled_from(list(Show))), min_size=1, max_size=6), ENDINGS, st.booleans()
)
def test_no_text_of_a_restricted_test_is_ever_in_a_judgement(
    kinds: list[tuple[TestOutcome, Show]], ending: Ending, loading: bool
) -> None:
    runs = []
    for number, (outcome, show) in enumerate(kinds):
        hides = show in (Show.HIDDEN, Show.NAME_ONLY) or (
            show is Show.UNTIL_FAILED and outcome is TestOutcome.PASSED
        )
        text = SECRET if hides else "fine"
        texts = dict.fromkeys(("call", "expected", "got", "message", "stdout"), text)
        error = CodeError(type=text, message=text, trace=text)
        runs.append(TestRun(id=f"t{number}", outcome=outcome, show=show, error=error, **texts))
    assert SECRET not in repr(on_tests(*runs, execution=Execution(ending=ending, while_loading=loading)))
