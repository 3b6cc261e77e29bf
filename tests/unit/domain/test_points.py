"""What answers and submissions are worth."""

from __future__ import annotations

import pytest

from bot.domain.content import Challenge, Difficulty, Kind, Meta, Question
from bot.domain.grading import Judgement, Verdict
from bot.domain.points import answer_points, first_try_bonus, full_points, hint_cost, submission_points

EASY, MEDIUM, HARD = Difficulty


def question(difficulty: Difficulty, kind: Kind = Kind.MULTIPLE_CHOICE) -> Question:
    return Question(meta=Meta(key="k", title="t", topic="t", difficulty=difficulty), kind=kind, prompt="")


def challenge(difficulty: Difficulty = MEDIUM, partial: bool = False) -> Challenge:
    meta = Meta(key="k", title="t", topic="t", difficulty=difficulty)
    return Challenge(meta=meta, kind=Kind.CODE_TESTS, prompt="", partial_credit=partial)


def verdict(accepted: bool = True, ranked: bool = True, passed: int = 0, total: int = 0) -> Judgement:
    word = Verdict.ACCEPTED if accepted else Verdict.WRONG_ANSWER
    return Judgement(verdict=word, ranked=ranked, headline="", passed=passed, total=total)


def test_difficulty_sets_the_points() -> None:
    assert [full_points(question(level)) for level in Difficulty] == [5, 10, 15]
    assert [full_points(challenge(level)) for level in Difficulty] == [10, 20, 30]
    assert [hint_cost(challenge(level)) for level in Difficulty] == [2, 4, 6]
    assert [first_try_bonus(challenge(level)) for level in Difficulty] == [2, 4, 6]


@pytest.mark.parametrize("kind", [Kind.FLASHCARD, Kind.FREE_TEXT, Kind.CHECKLIST])
def test_what_no_machine_can_judge_earns_nothing(kind: Kind) -> None:
    assert full_points(question(HARD, kind)) == 0


@pytest.mark.parametrize(
    ("correct", "known", "points"), [(True, False, 10), (False, False, 0), (True, True, 0), (False, True, 0)]
)
def test_only_the_first_answer_earns(correct: bool, known: bool, points: int) -> None:
    assert answer_points(question(MEDIUM), correct=correct, known=known) == points


@pytest.mark.parametrize(
    ("attempt", "hints", "points"),
    [(1, 0, 24), (2, 0, 20), (99, 0, 20), (1, 1, 16), (3, 2, 12), (1, 3, 10), (1, 50, 10)],
)
def test_first_try_and_hints(attempt: int, hints: int, points: int) -> None:
    assert submission_points(challenge(), verdict(), attempt=attempt, hints=hints) == points


@pytest.mark.parametrize("level", list(Difficulty))
def test_a_solution_keeps_at_least_half(level: Difficulty) -> None:
    worth = submission_points(challenge(level), verdict(), attempt=9, hints=9)
    assert worth * 2 >= full_points(challenge(level))


def test_practice_earns_nothing() -> None:
    assert submission_points(challenge(), verdict(ranked=False), attempt=1, hints=0) == 0


def test_partial_credit_is_the_share_of_passed_tests() -> None:
    partly = verdict(accepted=False, passed=3, total=7)
    assert submission_points(challenge(partial=True), partly, attempt=1, hints=0) == 8
    assert submission_points(challenge(partial=True), partly, attempt=1, hints=1) == 6
    assert submission_points(challenge(), partly, attempt=1, hints=0) == 0
    assert submission_points(challenge(partial=True), verdict(accepted=False), attempt=1, hints=0) == 0
