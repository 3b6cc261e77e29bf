"""Spaced repetition by FSRS 6, with py-fsrs as the scheduler: when a card comes back, and how sure that is.

A card's memory is py-fsrs's card as a frozen value. Intervals are never randomised ("fuzzed"): a member sees
four due times before pressing, and gets the one that was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import DEFAULT_PARAMETERS

DEFAULTS: tuple[float, ...] = tuple(DEFAULT_PARAMETERS)
"""The 21 weights that FSRS 6 gives to somebody of whom nothing is known."""
AHEAD = timedelta(minutes=20)
"""A card in its first steps is shown this much early when nothing else is due."""
REVIEWS_A_DAY = 50
NEW_A_DAY = 10
MOST_A_DAY = 500
RATINGS: Mapping[Rating, str] = {
    Rating.Again: "Again",
    Rating.Hard: "Hard",
    Rating.Good: "Good",
    Rating.Easy: "Easy",
}
"""The four answers to "how well did you know it?", worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is known of a member's memory of one card. ``stability`` is in days, ``difficulty`` from 1 to 10;
    both are None before the first review. ``step`` counts learning steps, None outside them.
    """

    state: State = State.Learning
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None
    due_at: datetime
    last_review_at: datetime | None = None


@lru_cache(maxsize=256)
def scheduler(parameters: tuple[float, ...] = DEFAULTS) -> Scheduler:
    """py-fsrs's scheduler for these weights, aiming at its default of 90 % remembered."""
    return Scheduler(parameters=parameters, enable_fuzzing=False)


def review(memory: Memory, rating: Rating, at: datetime, parameters: Sequence[float] | None = None) -> Memory:
    """The memory after one review. ``at`` is aware; a time before the last review counts as that time."""
    moment = at.astimezone(UTC)
    if memory.last_review_at is not None:
        moment = max(moment, memory.last_review_at.astimezone(UTC))
    card = Card(
        card_id=1,
        state=memory.state,
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due_at.astimezone(UTC),
        last_review=memory.last_review_at.astimezone(UTC) if memory.last_review_at else None,
    )
    reviewed, _ = scheduler(tuple(parameters) if parameters else DEFAULTS).review_card(card, rating, moment)
    return Memory(
        state=reviewed.state,
        step=reviewed.step,
        stability=reviewed.stability,
        difficulty=reviewed.difficulty,
        due_at=reviewed.due,
        last_review_at=reviewed.last_review,
    )


def choices(
    memory: Memory, at: datetime, parameters: Sequence[float] | None = None
) -> Mapping[Rating, Memory]:
    """What each of the four answers would lead to."""
    return {rating: review(memory, rating, at, parameters) for rating in RATINGS}


def span_words(span: timedelta) -> str:
    """A short interval for a button: ``10 min``, ``6 h``, ``3 d``, ``5 mo``, ``1.5 y``."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 60 * 24:
        return f"{round(minutes / 60)} h"
    days = round(minutes / (60 * 24))
    if days < 31:
        return f"{days} d"
    if days < 365:
        return f"{round(days / 30.4)} mo"
    return f"{days / 365:.1f} y"


def day_start(at: datetime, zone: str) -> datetime:
    """When the day of ``at`` began in the zone (an IANA name), in UTC."""
    there = ZoneInfo(zone)
    local = at.astimezone(there)
    return datetime(local.year, local.month, local.day, tzinfo=there).astimezone(UTC)


def next_reminder(after: datetime, hour: int, minute: int, zone: str) -> datetime:
    """The next time that a clock in the zone shows this hour, strictly later than ``after``, in UTC.

    An hour that a change to summer time leaves out is taken as the moment after it.
    """
    there = ZoneInfo(zone)
    day: date = after.astimezone(there).date()
    while True:
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=there).astimezone(UTC)
        if moment > after:
            return moment
        day += timedelta(days=1)
