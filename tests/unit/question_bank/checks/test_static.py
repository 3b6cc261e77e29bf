"""The half of the publish gate that runs nothing."""

import random
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
from bot.question_bank.checks.gate import is_ok
from bot.question_bank.checks.static import check_static, has_tests
from bot.question_bank.problems import Found, Place, Severity

META = Meta(key="q", title="Which?", topic="python", difficulty=Difficulty.EASY, licence="MIT")
CODE = (SourceFile("solution.py", "def add(a, b):\n    return a + b\n"),)
CHALLENGE = Challenge(
    meta=META,
    kind=Kind.CODE_TESTS,
    prompt="Write add.",
    starter=(SourceFile("solution.py", "def add(a, b): ...\n"),),
    tests=(TestFile(SourceFile("test_add.py", "def test_add():\n    assert True\n")),),
    references=(Variant("solution", CODE),),
)


def found(*items):
    return [Found(item, Place(file="q.yaml", line=line)) for line, item in enumerate(items, start=1)]


def choice(number, prompt="", right=0, options=("one", "two", "six", "ten"), **fields):
    made = tuple(Option(f"{text} {number}", index == right) for index, text in enumerate(options))
    return Question(
        meta=replace(META, key=f"q{number}"),
        kind=Kind.MULTIPLE_CHOICE,
        prompt=prompt or f"Question number {number}",
        options=made,
        **fields,
    )


def codes(*items):
    return [(each.code, each.severity) for each in check_static(found(*items))]


def test_a_sound_challenge_has_no_problem():
    assert codes(CHALLENGE) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"meta": replace(META, licence=" ")}, "bank.missing_licence"),
        ({"meta": replace(META, hints=("a", " "))}, "bank.blank_hint"),
        ({"references": ()}, "bank.missing_reference"),
        ({"kind": Kind.FIX_THE_BUG, "starter": ()}, "bank.missing_starter"),
        ({"references": (Variant("a", (SourceFile("a.py", "def add(:"),)),)}, "bank.reference_syntax"),
        ({"tests": (TestFile(SourceFile("test_add.py", "def test_(:")),)}, "bank.test_syntax"),
        ({"tests": (TestFile(SourceFile("test_add.py", "def check(): pass\n")),)}, "bank.no_tests_in_tests"),
        ({"tests": (TestFile(SourceFile("add.py", "def test_add(): pass\n")),)}, "bank.no_tests_in_tests"),
    ],
)  # fmt: skip
def test_what_a_question_needs_before_it_may_be_posted(change, code):
    assert (code, Severity.ERROR) in codes(replace(CHALLENGE, **change))


def test_a_missing_starter_alone_is_no_error():
    assert codes(replace(CHALLENGE, starter=())) == [("bank.missing_starter", Severity.WARNING)]


def test_tests_may_be_methods_or_async():
    assert has_tests(SourceFile("test_a.py", "class TestA:\n    async def test_a(self): ...\n"))
    assert not has_tests(SourceFile("conftest.py", "def test_a(): ...\n"))


def test_a_repeated_key_is_an_error():
    assert codes(choice(1), replace(choice(2), meta=replace(META, key="q1"))) == [
        ("bank.duplicate_key", Severity.ERROR)
    ]


def test_the_same_question_twice_is_an_error_spaces_and_case_aside():
    again = replace(choice(1), meta=replace(META, key="other"), prompt="question  NUMBER 1")
    (problem,) = check_static(found(choice(1), again))
    assert (problem.code, problem.question, problem.line) == ("bank.duplicate_question", "other", 2)
    assert "`q1` (q.yaml:1)" in problem.message


def test_programs_that_differ_in_spaces_only_are_two_questions():
    one = Question(
        meta=META,
        kind=Kind.PREDICT_OUTPUT,
        prompt="x",
        program="if 1:\n  print(1)\nprint(2)",
        expected_output="1\n2",
    )
    other = replace(one, meta=replace(META, key="p"), program="if 1:\n  print(1)\n  print(2)")
    assert ("bank.duplicate_question", Severity.ERROR) not in codes(one, other)


def test_nearly_the_same_question_is_a_warning():
    prompt = (
        "Which keyword makes a name of the enclosing function assignable in the function nested in it, "
        "so that an assignment there changes the outer name instead of making a new local one, please?"
    )
    one = choice(1, prompt, options=("nonlocal", "global", "enclosing"))
    other = replace(one, meta=replace(META, key="other"), prompt=prompt.replace("please", "then"))
    problems = check_static(found(one, other))
    assert [(each.code, each.severity) for each in problems] == [("bank.near_duplicate", Severity.WARNING)]
    assert is_ok(problems)


def test_questions_that_share_only_an_opening_are_not_alike():
    opening = "Which of these statements is true of "
    assert codes(choice(1, opening + "a list of lists?"), choice(2, opening + "the tuples in a set?")) == []


def test_a_right_option_that_is_mostly_the_longest_is_told_once():
    questions = [
        choice(number, options=("a much longer text", "b", "c", "d"), right=0, shuffle=True)
        for number in range(12)
    ]
    assert codes(*questions) == [("bank.longest_option_bias", Severity.WARNING)]


def test_a_right_option_that_is_mostly_in_one_place_is_told_once():
    assert codes(*(choice(number, right=2) for number in range(12))) == [
        ("bank.position_bias", Severity.WARNING)
    ]


def test_shuffled_options_have_no_position():
    assert codes(*(choice(number, right=2, shuffle=True) for number in range(12))) == []


def test_chance_is_not_reported():
    assert codes(*(choice(number, right=number % 4) for number in range(40))) == []
    assert codes(*(choice(number, right=2) for number in range(11))) == []


def test_near_duplicates_are_found_among_thousands_that_share_their_phrases():
    """The pair differs in one word of twenty; everybody shares the opening."""
    words = [f"word{number}" for number in range(400)]
    chance = random.Random(3)
    prompts = ["In this program which of " + " ".join(chance.sample(words, 40)) for _ in range(2_000)]
    prompts.append(prompts[700].rsplit(" ", 1)[0] + " changed")
    items = [
        replace(choice(0, prompt, shuffle=True, right=number % 4), meta=replace(META, key=f"q{number}"))
        for number, prompt in enumerate(prompts)
    ]
    (only,) = check_static(found(*items))
    assert (only.question, only.code) == ("q2000", "bank.near_duplicate")
    assert "`q700` (q.yaml:701)" in only.message
