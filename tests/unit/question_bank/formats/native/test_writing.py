"""What is written in the native format reads back as the same values."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.content import (
    Bank,
    Blueprint,
    Challenge,
    Difficulty,
    ExamDomain,
    Kind,
    Meta,
    Option,
    Question,
    SourceFile,
    Variant,
)
from bot.question_bank.formats.native.writing import write_native
from bot.question_bank.reading import read_bank
from tests.unit.question_bank.values import items

META = Meta(key="q", title="Which?", topic="python", difficulty=Difficulty.EASY)


def read_back(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.native.yaml"
        path.write_text(text, encoding="utf-8")
        return read_bank(path)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(items, min_size=1, max_size=3, unique_by=lambda item: item.meta.key))
def test_all_values_survive(values):
    reading = read_back(write_native(values))
    assert reading.problems == ()
    assert [found.item for found in reading.items] == values


def test_the_banks_page_survives():
    exam = Blueprint(
        key="junior",
        title="Junior",
        description="For the first year",
        count=7,
        minutes=12,
        pass_mark=65,
        domains=(ExamDomain(name="All: of it", weight=2, topics=("python", "sql")),),
    )
    bank = Bank(
        name="tiny",
        description="A: b",
        licence="MIT",
        author="Ann",
        packages=("sqlalchemy",),
        exams=(exam,),
    )
    item = Question(meta=META, kind=Kind.FLASHCARD, prompt="a", answer="b")
    assert read_back(write_native([item], bank)).bank == bank


def test_the_common_case_is_short():
    options = (Option("yes", False), Option("no", True, "Since."))
    item = Question(meta=META, kind=Kind.MULTIPLE_CHOICE, prompt="Which?\nThis one.\n", options=options)
    assert write_native([item]).split("\n", 1)[1] == (
        "questions:\n"
        "  - key: q\n"
        "    kind: multiple_choice\n"
        "    title: Which?\n"
        "    topic: python\n"
        "    difficulty: easy\n"
        "    prompt: |\n"
        "      Which?\n"
        "      This one.\n"
        "    options:\n"
        "      - 'yes'\n"
        "      - text: 'no'\n"
        "        right: true\n"
        "        why: Since.\n"
    )


def test_what_the_format_cannot_hold_is_refused_instead_of_lost():
    same = Variant("a", (SourceFile("solution.py", "x"),))
    item = Challenge(meta=META, kind=Kind.CODE_TESTS, prompt="x", wrong=(same, same))
    with pytest.raises(ValueError, match="two variants are called 'a'"):
        write_native([item])


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("count: 0", "greater than or equal to 1"),
        ("pass_mark: 101", "less than or equal to 100"),
        ("domain: []", "`exams.1.domain` is not a field"),
        ("domains: [{name: a, topics: []}]", "at least 1 item"),
    ],
)
def test_an_exam_that_makes_no_sense_is_named_with_its_line(field, said):
    domains = "" if "domain" in field else "\n      domains: [{name: a, topics: [python]}]"
    reading = read_back(
        f"bank:\n  name: tiny\n  exams:\n    - key: x\n      title: X\n      {field}{domains}\n"
        "questions:\n  - {key: q, kind: flashcard, topic: python, front: a, back: b}\n"
    )
    assert any(said in problem.message for problem in reading.problems), reading.problems
    assert all(problem.line >= 4 for problem in reading.problems)
