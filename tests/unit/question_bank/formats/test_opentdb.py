"""Dumps of Open Trivia DB."""

import json

import pytest

from bot.domain.content import Difficulty


def dump(**changes):
    question = {
        "category": "Science: Computers",
        "type": "multiple",
        "difficulty": "hard",
        "question": "What is &quot;&amp;lt;&quot;? ",
        "correct_answer": " &lt;b&gt;",
        "incorrect_answers": ["&eacute;", "a", "c"],
    }
    return json.dumps({"response_code": 0, "results": [question | changes]}, indent=1)


def test_entities_are_undone_once_and_stray_spaces_removed(read_text):
    (found,) = read_text(dump(), name="q.json").items
    assert found.item.prompt == 'What is "&lt;"?'
    assert [(option.text, option.correct) for option in found.item.options] == [
        ("<b>", True), ("a", False), ("c", False), ("é", False),
    ]  # fmt: skip
    assert (found.item.meta.topic, found.item.meta.difficulty) == ("Science: Computers", Difficulty.HARD)
    assert found.item.shuffle


def test_true_or_false_keeps_its_order(read_text):
    text = dump(type="boolean", correct_answer="False", incorrect_answers=["True"])
    (found,) = read_text(text, name="q.json").items
    assert [(option.text, option.correct) for option in found.item.options] == [
        ("True", False),
        ("False", True),
    ]
    assert not found.item.shuffle


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"incorrect_answers": None}, "bank.missing_field"),
        ({"incorrect_answers": "a"}, "bank.wrong_value"),
        ({"difficulty": "insane"}, "bank.wrong_value"),
        ({"incorrect_answers": ["a", "a "]}, "bank.duplicate_option"),
    ],
)
def test_what_is_refused(read_text, changes, code):
    reading = read_text(dump(**changes), name="q.json")
    assert [(each.code, each.line) for each in reading.problems] == [(code, 8)]


def test_a_question_that_is_there_twice_is_told(read_text):
    one = json.loads(dump())
    one["results"] *= 2
    reading = read_text(json.dumps(one), name="q.json")
    assert len(reading.items) == 1
    assert [each.code for each in reading.problems] == ["bank.duplicate_question"]


@pytest.mark.parametrize(
    "text", ['{"correct_answer" "incorrect_answers"', '"correct_answer""incorrect_answers"' + "[" * 100_000]
)
def test_broken_json_is_a_problem_with_its_line(read_text, text):
    (problem,) = read_text(text, name="q.json").problems
    assert problem.code == "bank.json_syntax"
