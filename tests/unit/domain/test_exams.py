"""Exams: shares of the questions, what is right, what passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import Blueprint, ExamDomain, Kind, Option, Question
from bot.domain.exams import ad_hoc, is_right, score, shares
from tests.unit.services.fakes.world import meta


@given(st.integers(1, 100), st.lists(st.integers(1, 1_000), min_size=1, max_size=20))
def test_shares_add_up_and_none_is_a_whole_question_off(count: int, weights: list[int]) -> None:
    parts = shares(count, weights)
    assert sum(parts) == count
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - count * weight / sum(weights)) < 1


def test_what_does_not_divide_goes_to_the_largest_remainders() -> None:
    assert shares(20, [3, 1]) == (15, 5)
    assert shares(10, [1, 1, 1]) == (4, 3, 3)
    assert shares(7, [5, 3, 2]) == (4, 2, 1)


def several() -> Question:
    options = (Option("a", True), Option("b", False), Option("c", True))
    return Question(meta=meta("several"), kind=Kind.MULTIPLE_CHOICE, prompt="Which?", options=options)


@pytest.mark.parametrize(
    ("chosen", "right"), [({0, 2}, True), ({0}, False), ({0, 1, 2}, False), (set(), False)]
)
def test_all_the_right_options_and_no_other(chosen: set[int], right: bool) -> None:
    assert is_right(several(), frozenset(chosen), "") is right


@pytest.mark.parametrize(("typed", "right"), [("42", True), ("42 \n", True), ("43", False), ("", False)])
def test_a_typed_output_line_by_line(typed: str, right: bool) -> None:
    predict = Question(
        meta=meta("six"), kind=Kind.PREDICT_OUTPUT, prompt="?", program="print(42)", expected_output="42\n"
    )
    assert is_right(predict, frozenset(), typed) is right


def plan(pass_mark: int) -> Blueprint:
    domains = (ExamDomain(name="a", weight=1, topics=("a",)), ExamDomain(name="b", weight=1, topics=("b",)))
    return Blueprint(key="x", title="X", count=10, minutes=5, pass_mark=pass_mark, domains=domains)


def test_the_score_by_domain_and_whether_it_passes() -> None:
    marks = [(0, True)] * 4 + [(0, False)] + [(1, True)] * 3 + [(1, False)] * 2
    found = score(plan(70), marks)
    assert (found.right, found.asked, found.percent, found.passed) == (7, 10, 70, True)
    assert [(one.name, one.right, one.asked) for one in found.domains] == [("a", 4, 5), ("b", 3, 5)]
    assert not score(plan(71), marks).passed


def test_a_percentage_is_never_rounded_up_to_a_pass() -> None:
    marks = [(0, True)] * 2 + [(0, False)]
    assert (score(plan(67), marks).percent, score(plan(67), marks).passed) == (66, False)


def test_an_exam_of_ones_own_gives_each_topic_the_same_weight() -> None:
    own = ad_hoc(["sql", "python"], 11, 20)
    assert shares(own.count, [domain.weight for domain in own.domains]) == (6, 5)
    assert [domain.topics for domain in own.domains] == [("sql",), ("python",)]
