"""Ranks: equal points share a rank, and the next rank leaves the gap (1, 1, 3).

Among equal points, whoever reached them first is shown first, then the name in alphabetical order decides;
neither changes the rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

TIE_BREAK = (
    "Equal points share a rank. Among them, whoever reached the points first is shown first, then by name."
)


@dataclass(frozen=True, slots=True)
class Score:
    """A member's points in one period. ``reached_at`` is when the last of them came in (event time)."""

    member: int
    name: str
    points: int
    solved: int
    reached_at: datetime


def shown_order(score: Score) -> tuple[int, datetime, str, int]:
    """The sort key of a leaderboard: points down, then ``reached_at``, name and member number up."""
    return (-score.points, score.reached_at, score.name, score.member)


def ranked(scores: Iterable[Score]) -> Iterator[tuple[int, Score]]:
    """Every score above 0 with its rank, in the order shown."""
    rank, previous = 0, None
    above_zero = (score for score in scores if score.points > 0)
    for place, score in enumerate(sorted(above_zero, key=shown_order), 1):
        if score.points != previous:
            rank, previous = place, score.points
        yield rank, score
