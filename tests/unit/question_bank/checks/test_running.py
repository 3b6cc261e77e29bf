"""The half of the publish gate that runs things, with a runner that executes trusted code in this process."""

import contextlib
import io
import sys
import types
from dataclasses import replace

import pytest

from bot.domain.content import (
    Challenge,
    Difficulty,
    Kind,
    Meta,
    Option,
    Question,
    SourceFile,
    TestFile,
    Variant,
)
from bot.domain.grading import CodeError, Ending, Execution, Judgement, SuiteCheck, SuiteProblem, Verdict
from bot.question_bank.checks.gate import check_bank, is_ok
from bot.question_bank.checks.mutants import mutants
from bot.question_bank.problems import Found, Place, Severity

META = Meta(key="q", title="Which?", topic="python", difficulty=Difficulty.EASY, licence="MIT")


class InProcess:
    """Judges by running the tests' functions here."""

    def __init__(self):
        self.jobs = []
        self.running = self.most_running = 0

    async def grade(self, job):
        self.jobs.append(job)
        solution = types.ModuleType("solution")
        try:
            exec(job.files[0].text, solution.__dict__)
            sys.modules["solution"] = solution
            for test in job.challenge.tests:
                space = {}
                exec(test.file.text, space)
                for name, function in space.items():
                    if name.startswith("test_"):
                        function()
        except Exception as error:
            return Judgement(verdict=Verdict.WRONG_ANSWER, ranked=True, headline=f"{error!r} was raised.")
        finally:
            sys.modules.pop("solution", None)
        return Judgement(
            verdict=Verdict.ACCEPTED, ranked="practice" not in job.challenge.prompt, headline="All passed."
        )

    async def check_suite(self, key, challenge):
        found = SuiteProblem(
            "test_clip.py::test_clip", 4, "cannot pickle 'Clip'", "compare what the code returns"
        )
        return SuiteCheck(False, (found,))

    async def run_program(self, program, packages=()):
        output = io.StringIO()
        error = None
        with contextlib.redirect_stdout(output):
            try:
                exec(program, {"__name__": "__main__", "runner": self})
            except Exception as caught:
                error = CodeError(type=type(caught).__name__, message=str(caught))
        return Execution(ending=Ending.FINISHED, exit_code=bool(error), stdout=output.getvalue(), error=error)


class Broken(InProcess):
    async def grade(self, job):
        return Judgement(
            verdict=Verdict.INTERNAL_ERROR, ranked=False, headline="Our fault.", note="no sandbox here"
        )

    async def run_program(self, program, packages=()):
        return Execution(ending=Ending.BROKEN, note="no sandbox here")


def code(text):
    return (SourceFile("solution.py", text),)


CHALLENGE = Challenge(
    meta=META,
    kind=Kind.CODE_TESTS,
    prompt="Write `clip(x)`: x, but at least 0 and at most 9.",
    starter=code("def clip(x): ...\n"),
    references=(
        Variant("solution", code("def clip(x):\n    if x < 0:\n        return 0\n    return min(x, 9)\n")),
    ),
    wrong=(Variant("no upper bound", code("def clip(x):\n    return max(x, 0)\n")),),
    tests=(
        TestFile(
            SourceFile(
                "test_clip.py",
                "from solution import clip\n"
                "def test_clip():\n"
                "    assert [clip(x) for x in (-2, -1, 0, 1, 8, 9, 10)] == [0, 0, 0, 1, 8, 9, 9]\n",
            )
        ),
    ),
)
SOLUTION = CHALLENGE.references[0].files
WEAK = replace(
    CHALLENGE,
    tests=(
        TestFile(
            SourceFile(
                "test_clip.py", "from solution import clip\ndef test_clip():\n    assert clip(20) == 9\n"
            )
        ),
    ),
)


def program(text, output, *options):
    return Question(
        meta=META,
        kind=Kind.PREDICT_OUTPUT,
        prompt="What?",
        program=text,
        expected_output=output,
        options=options,
    )


async def problems_of(item, runner=None):
    return await check_bank([Found(item, Place(file="q.yaml", line=3))], runner or InProcess())


async def codes_of(item, runner=None):
    return [each.code for each in await problems_of(item, runner)]


async def test_a_sound_challenge_passes_and_its_equivalent_mutant_is_only_a_warning():
    problems = await problems_of(CHALLENGE)
    assert is_ok(problems)
    assert {each.code for each in problems} == {"bank.weak_tests"}
    assert any("`x < 0` became `x <= 0`" in each.message for each in problems), "x <= 0 is the same function"


@pytest.mark.parametrize(
    ("change", "code_name", "said"),
    [
        ({"references": (Variant("me", code("def clip(x): return x")),)}, "bank.reference_refused", "`me`"),
        ({"starter": SOLUTION}, "bank.starter_accepted", "The starter"),
        ({"kind": Kind.FIX_THE_BUG, "starter": SOLUTION}, "bank.starter_accepted", "broken"),
        ({"wrong": (Variant("right", SOLUTION),)}, "bank.wrong_accepted", "`right`"),
    ],
)  # fmt: skip
async def test_what_claims_to_be_right_or_wrong_is_run(change, code_name, said):
    problems = [each for each in await problems_of(replace(CHALLENGE, **change)) if each.is_error]
    assert [(each.code, each.line, each.question) for each in problems] == [(code_name, 3, "q")]
    assert said in problems[0].message


async def test_every_reference_is_run_not_only_the_first():
    second = Variant("other", code("def clip(x):\n    return 0\n"))
    assert "bank.reference_refused" in await codes_of(
        replace(CHALLENGE, references=(*CHALLENGE.references, second))
    )


async def test_weak_tests_are_told_with_the_line_that_may_be_changed():
    problems = await problems_of(replace(WEAK, wrong=()))
    assert {each.code for each in problems} == {"bank.weak_tests"}
    assert {each.severity for each in problems} == {Severity.WARNING}
    assert any("solution.py line 3: `return 0` became `return None`" in each.message for each in problems)


async def test_tests_that_accept_whatever_they_get_are_an_error():
    tests = (
        TestFile(SourceFile("test_clip.py", "import solution\ndef test_clip():\n    assert solution\n")),
    )
    problems = await codes_of(replace(CHALLENGE, tests=tests, wrong=(), starter=()))
    assert "bank.tests_never_fail" in problems


async def test_a_suite_that_runs_beside_the_code_is_practice():
    problems = await problems_of(replace(CHALLENGE, prompt="practice"))
    (practice,) = [each for each in problems if each.code == "bank.practice_only"]
    assert practice.severity is Severity.WARNING
    assert practice.message.startswith("test_clip.py line 4: test_clip can only run beside the member's code")
    assert "(cannot pickle 'Clip')" in practice.message
    assert practice.message.endswith("Instead: compare what the code returns.")


async def test_a_failing_judge_proves_nothing():
    (problem,) = await problems_of(CHALLENGE, Broken())
    assert (problem.code, problem.is_error) == ("bank.cannot_run", True)
    assert "no sandbox here" in problem.message
    assert await codes_of(program("print(1)", "1"), Broken()) == ["bank.cannot_run"]


async def test_mutants_get_little_time_so_that_one_that_loops_costs_little():
    runner = InProcess()
    await problems_of(CHALLENGE, runner)
    assert {job.challenge.limits.cpu_ms for job in runner.jobs} == {5_000, 1_000}


async def test_questions_with_an_error_are_not_run():
    runner = InProcess()
    await problems_of(replace(CHALLENGE, meta=replace(META, licence="")), runner)
    assert runner.jobs == []


async def test_progress_is_told_for_each_question():
    steps = []
    items = [
        Found(
            replace(CHALLENGE, meta=replace(META, key=f"q{n}"), prompt=str(n)), Place(file="q.yaml", line=n)
        )
        for n in (1, 2)
    ]
    await check_bank(items, InProcess(), progress=lambda: steps.append(1))
    assert steps == [1, 1]


@pytest.mark.parametrize("output", ["1\n2", "1\n2\n\n", "1 \n2"])
async def test_predicted_output_is_produced(output):
    assert await codes_of(program("print(1)\nprint(2)", output)) == []


async def test_a_program_runs_with_the_packages_it_declares():
    class Recording(InProcess):
        offered = ()

        async def run_program(self, program, packages=()):
            self.offered = packages
            return await super().run_program(program, packages)

    runner = Recording()
    question = replace(program("print(1)", "1"), packages=("sqlalchemy",))
    await check_bank([Found(question, Place(file="q.yaml", line=1))], runner)
    assert runner.offered == ("sqlalchemy",)


async def test_a_key_that_the_program_does_not_print_is_refused():
    (problem,) = await problems_of(program("print(1)\nprint(2)", "1\n3"))
    assert problem.code == "bank.wrong_output"
    assert "`1⏎2`" in problem.message
    assert "`1⏎3`" in problem.message


@pytest.mark.parametrize("output", ["1\nZeroDivisionError: division by zero", "1"])
async def test_an_exception_may_be_part_of_the_output(output):
    assert await codes_of(program("print(1)\n1 / 0", output)) == []


async def test_an_output_that_varies_cannot_be_predicted():
    counting = "runner.count = getattr(runner, 'count', 0) + 1\nprint(runner.count)"
    assert await codes_of(program(counting, "1")) == ["bank.output_varies"]


async def test_the_right_option_is_the_output_and_no_other_is():
    options = (Option("```\n1\n```", True), Option("`2`", False), Option("3", False))
    assert await codes_of(program("print(1)", "1", *options)) == []
    assert await codes_of(program("print(2)", "2", *options)) == ["bank.wrong_key", "bank.wrong_key"]


def test_mutants_change_what_slips_change():
    text = (
        "def find(session, name):\n"
        "    '''Docstrings stay.'''\n"
        "    query = select(User).where(User.name.ilike(name)).order_by(User.id)\n"
        "    session.commit()\n"
        "    return session.scalars(query).all()\n"
    )
    made = mutants((SourceFile("solution.py", text),))
    changes = {(mutant.line, mutant.change) for mutant in made}
    assert (3, "`ilike` became `like`") in changes
    assert (3, "`.order_by(...)` was left out") in changes
    assert (3, "`.where(...)` was left out") in changes
    assert (4, "`commit` became `flush`") in changes
    assert (4, "`session.commit()` was left out") in changes
    assert all("Docstrings stay" in mutant.files[0].text for mutant in made)
    assert len({mutant.files[0].text for mutant in made}) == len(made)


def test_mutants_are_bounded_mixed_and_the_same_each_time():
    text = "x = [" + ", ".join(str(n) for n in range(500)) + "]\ndef f():\n    return x\n"
    made = mutants((SourceFile("solution.py", text),), most=5)
    assert len(made) == 5
    assert any("return" in mutant.change for mutant in made)
    assert made == mutants((SourceFile("solution.py", text),), most=5)


def test_every_mutant_is_valid_and_changes_one_file():
    files = (
        SourceFile("a.py", "def f(x):\n    return x + 1 if x > 2 and x else -x\n"),
        SourceFile("data.txt", "1 < 2"),
    )
    for mutant in mutants(files):
        compile(mutant.files[0].text, "a.py", "exec")
        assert mutant.files[1] == files[1]
