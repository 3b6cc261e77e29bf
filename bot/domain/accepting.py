"""Whether an answer or a submission is taken, by the platform's event time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_WAITING = 5
"""How many of a member's submissions may wait for a verdict at once."""
SHOWN_BEFORE = timedelta(seconds=30)
"""A platform's clock may be this much behind ours when a button is pressed right after the post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a member may hand code in.

    ``cooldown`` is the least time between two submissions of a member, ``attempts`` the most for one
    challenge in ``DAY``. What ended in an internal error counts for neither.
    """

    cooldown: timedelta = timedelta(seconds=10)
    attempts: int = 50


DAY = timedelta(hours=24)
"""A day of attempts: the last 24 hours, so that it is the same in every zone."""


def next_submission(pace: Pace, handed_in: Sequence[tuple[int, datetime]], question: int) -> datetime | None:
    """When the member may hand in again for a challenge; None when there is nothing to wait for.

    ``handed_in`` are the (question, time) of the submissions that count, in the last ``DAY`` or more.
    """
    waits = [max(at for _, at in handed_in) + pace.cooldown] if handed_in else []
    same = sorted((at for number, at in handed_in if number == question), reverse=True)
    if len(same) >= pace.attempts:
        waits.append(same[pace.attempts - 1] + DAY)
    return max(waits, default=None)


class Window(StrEnum):
    """Where an event falls in a round's window."""

    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"


def event_time(at: datetime, now: datetime) -> datetime:
    """The time an event counts for: the platform's, but never in our future."""
    return min(at, now)


def window(at: datetime, opens_at: datetime | None, closes_at: datetime | None) -> Window:
    """Where ``at`` falls; without a round everything is inside. Both ends belong to the window."""
    if opens_at is not None and at < opens_at - SHOWN_BEFORE:
        return Window.BEFORE
    if closes_at is not None and at > closes_at:
        return Window.AFTER
    return Window.INSIDE
