"""What an answer or a submission is worth: difficulty, first try and hints count; speed and zone never do.

The numbers are the project's own; docs/reference/rules.md states them for members.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.content import CODE_KINDS, Challenge, Difficulty, Item, Kind, Question
from bot.domain.grading import Judgement
from bot.domain.ledger import Earned

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


def submission_points(
    challenge: Challenge, judgement: Judgement, *, attempt: int, hints: int, given_up: bool = False
) -> int:
    """What one submission is worth by itself.

    A solution keeps at least half the full points however many hints were taken. With partial credit, a
    submission that is not accepted is worth its share of passed tests of that, rounded down. A member is paid
    the best of their submissions, so the difference to what was paid before. After giving up to see the
    solution there is nothing to earn.
    """
    if not judgement.ranked or given_up:
        return 0
    full = full_points(challenge)
    worth = max(full - hints * hint_cost(challenge), full - full // 2)
    if judgement.accepted:
        return worth + (first_try_bonus(challenge) if attempt == 1 and hints == 0 else 0)
    if challenge.partial_credit and judgement.total:
        return worth * judgement.passed // judgement.total
    return 0


@dataclass(frozen=True, slots=True)
class Try:
    """One judged submission: its attempt number, the hints taken before it was handed in, and whether the
    member had given up by then.
    """

    challenge: Challenge
    judgement: Judgement
    attempt: int
    hints: int
    given_up: bool = False


def due(tries: Iterable[Try]) -> Iterator[Earned]:
    """What each of a member's submissions for one challenge is owed, in the order they came.

    Each is owed what it is worth beyond the best before it; the first that is accepted makes it solved.
    """
    best, solved = 0, False
    for one in tries:
        worth = submission_points(
            one.challenge, one.judgement, attempt=one.attempt, hints=one.hints, given_up=one.given_up
        )
        newly_solved = one.judgement.accepted and one.judgement.ranked and not solved and not one.given_up
        yield Earned(max(0, worth - best), int(newly_solved))
        best, solved = max(best, worth), solved or newly_solved
