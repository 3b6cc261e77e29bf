"""Whether an answer or a submission is taken, by the platform's event time."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST_WAITING = 5
"""How many of a member's submissions may wait for a verdict at once."""
SHOWN_BEFORE = timedelta(seconds=30)
"""A platform's clock may be this much behind ours when a button is pressed right after the post."""


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
