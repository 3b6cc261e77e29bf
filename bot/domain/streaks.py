"""values first"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ChallengeDay:
    """One local date on which a community had a round, over all its channels.

    ``opens_at`` is the first round's post, ``closes_at`` the last one's close. ``void`` is the reason when
    every round of the date was withdrawn; empty when at least one counts.
    """

    day: date
    opens_at: datetime
    closes_at: datetime
    void: str = ""


class KeptBy(StrEnum):
    """What kept a day."""

    ANSWER = "answer"
    """The day's question was answered, right or wrong."""
    SOLVED = "solved"
    """The day's challenge was solved."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something a member did for a challenge day, by the event's time."""

    day: date
    at: datetime
    by: KeptBy


@dataclass(frozen=True, slots=True)
class Gift:
    """A ledger row that helps a streak: a freeze given (``repairs`` None) or a day repaired."""

    at: datetime
    repairs: date | None = None
    why: str = ""
