"""Duels: who wins, and which of them count.

With a question, whoever is right beats whoever is not; of two who are right the quicker one wins, counted for
each from the moment they opened the question. With a challenge, the first accepted submission wins, by the
time it was handed in. What is equal is a draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ACCEPT_WITHIN = timedelta(hours=24)
QUESTION_TIME = timedelta(hours=1)
CHALLENGE_TIME = timedelta(hours=24)
COUNTED_A_DAY = 1
COUNTED_A_WEEK = 3
"""Of the duels between the same two, so many count for ratings and badges: two friends cannot farm."""
MOST_OPEN = 5
"""Duels of one member that wait or run at a time."""


class DuelState(StrEnum):
    """Where a duel is."""

    INVITED = "invited"
    OPEN = "open"
    OVER = "over"
    DECLINED = "declined"
    EXPIRED = "expired"
    """Nobody accepted in time."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two did. ``seconds`` from opening the question to answering it."""

    answered: bool = False
    correct: bool = False
    seconds: float = 0.0


class Outcome(StrEnum):
    """Who won."""

    FIRST = "first"
    SECOND = "second"
    DRAW = "draw"


def decide(first: Side, second: Side) -> Outcome:
    """Who wins a duel with a question; an answer that never came is not right."""
    if first.correct != second.correct:
        return Outcome.FIRST if first.correct else Outcome.SECOND
    if not first.correct or first.seconds == second.seconds:
        return Outcome.DRAW
    return Outcome.FIRST if first.seconds < second.seconds else Outcome.SECOND


def counts(before: Sequence[datetime], at: datetime) -> bool:
    """Whether a duel that begins at ``at`` counts, after counted ones of the same two at ``before``."""
    day = sum(at - one < timedelta(days=1) for one in before)
    week = sum(at - one < timedelta(days=7) for one in before)
    return day < COUNTED_A_DAY and week < COUNTED_A_WEEK


@dataclass(frozen=True, slots=True)
class Race:
    """One side of a duel with a challenge: when the first accepted submission was handed in, and the
    earliest that still waits for its verdict.
    """

    solved_at: datetime | None = None
    waiting_since: datetime | None = None


def decide_race(first: Race, second: Race, *, over: bool) -> Outcome | None:
    """Who wins a duel with a challenge; None while it is not decided.

    A submission that waits and was handed in before the other's accepted one may still win, so it is waited
    for, also when the time is up.
    """
    for mine, other, outcome in ((first, second, Outcome.FIRST), (second, first, Outcome.SECOND)):
        if mine.solved_at is None:
            continue
        if other.solved_at is not None and other.solved_at <= mine.solved_at:
            continue
        if other.waiting_since is not None and other.waiting_since <= mine.solved_at:
            return None
        return outcome
    if first.solved_at is not None and first.solved_at == second.solved_at:
        return Outcome.DRAW
    if over and first.waiting_since is None and second.waiting_since is None:
        return Outcome.DRAW
    return None
