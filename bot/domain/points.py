"""What an answer or a submission is worth: difficulty, first try and hints count; speed and zone never do.

The numbers are the project's own; docs/reference/rules.md states them for members.
"""

from __future__ import annotations

from bot.domain.content import CODE_KINDS, Challenge, Difficulty, Item, Kind, Question
from bot.domain.grading import Judgement

QUESTION_POINTS = {Difficulty.EASY: 5, Difficulty.MEDIUM: 10, Difficulty.HARD: 15}
CHALLENGE_POINTS = {Difficulty.EASY: 10, Difficulty.MEDIUM: 20, Difficulty.HARD: 30}
UNGRADED = frozenset({Kind.FLASHCARD, Kind.FREE_TEXT, Kind.CHECKLIST})
"""Kinds that no machine can judge: they earn nothing."""


def full_points(item: Item) -> int:
    """What the item is worth at best, without the first-try bonus."""
    if item.kind in UNGRADED:
        return 0
    table = CHALLENGE_POINTS if item.kind in CODE_KINDS else QUESTION_POINTS
    return table[item.meta.difficulty]


def hint_cost(challenge: Challenge) -> int:
    """What each hint takes off: a fifth of the full points."""
    return full_points(challenge) // 5


def first_try_bonus(challenge: Challenge) -> int:
    """What solving it with the first submission and no hint adds: a fifth of the full points."""
    return full_points(challenge) // 5


def answer_points(question: Question, *, correct: bool, known: bool) -> int:
    """Points for an answer; ``known`` is whether the member has answered this question before."""
    return full_points(question) if correct and not known else 0


def submission_points(challenge: Challenge, judgement: Judgement, *, attempt: int, hints: int) -> int:
    """What one submission is worth by itself.

    A solution keeps at least half the full points however many hints were taken. With partial credit, a
    submission that is not accepted is worth its share of passed tests of that, rounded down. A member is paid
    the best of their submissions, so the difference to what was paid before.
    """
    if not judgement.ranked:
        return 0
    full = full_points(challenge)
    worth = max(full - hints * hint_cost(challenge), full - full // 2)
    if judgement.accepted:
        return worth + (first_try_bonus(challenge) if attempt == 1 and hints == 0 else 0)
    if challenge.partial_credit and judgement.total:
        return worth * judgement.passed // judgement.total
    return 0
