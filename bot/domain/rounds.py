"""When a channel's daily round opens and closes: local dates and times made into instants.

A schedule speaks of local dates, because a challenge day is a date in the channel's zone. Clocks that jump
are dealt with here and nowhere else: a time inside a gap is shifted by the gap, a time that happens
twice means the first, and a date that a zone skipped altogether has no round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.content import Difficulty

EVERY_DAY = frozenset(range(1, 8))
"""ISO weekdays, Monday is 1."""
GRACE = timedelta(minutes=30)
"""How long a round still takes answers after the next one was posted."""
CATCH_UP = timedelta(hours=12)
"""How late a round may still be posted; never past half the way to the next post."""
SOONEST = timedelta(microseconds=1)
HORIZON_DAYS = 400
"""How far ahead the next post is looked for: over a year of holidays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a channel gets its daily round, and from what.

    ``post_at`` is a local time of day (minutes matter, seconds are 0); ``zone`` an IANA name; ``days`` ISO
    weekdays; ``holidays`` local dates without a round. Empty ``topics`` or ``difficulties`` mean any.
    """

    post_at: time
    zone: str
    days: frozenset[int] = EVERY_DAY
    holidays: frozenset[date] = frozenset()
    topics: tuple[str, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    question: bool = True
    challenge: bool = True
    language: str = "en"
    """What posts are worded in."""
    ping: str = ""
    """The platform's id of a role that each round is announced to; empty for none."""


@dataclass(frozen=True, slots=True)
class DueRound:
    """A round that should be there by now: its challenge day and its window (UTC)."""

    local_date: date
    planned_at: datetime
    next_at: datetime
    """When the next round is planned."""
    closes_at: datetime
    """``next_at`` plus the grace."""


class Lateness(StrEnum):
    """What to do about a due round."""

    POST = "post"
    SKIP = "skip"
    """Its catch-up window is over."""


def date_exists(day: date, zone: str) -> bool:
    """Whether the zone ever had that date (Samoa had no 30 December 2011)."""
    midnight_after = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    last = midnight_after.astimezone(UTC) - SOONEST
    return last.astimezone(ZoneInfo(zone)).date() == day


def instant(day: date, at: time, zone: str) -> datetime | None:
    """The UTC instant of a local date and time.

    Inside a gap the time is shifted by the length of the gap (02:30 becomes 03:30), inside a fold the first
    of the two is meant, and None is returned when the zone skipped the date. Raises
    ``zoneinfo.ZoneInfoNotFoundError`` for an unknown zone.
    """
    if not date_exists(day, zone):
        return None
    # fold=0 is both: the offset before a gap (so the time moves on by the gap) and the first pass of a fold.
    return datetime.combine(day, at, ZoneInfo(zone)).replace(fold=0).astimezone(UTC)


def planned(schedule: Schedule, day: date) -> datetime | None:
    """When the round of a local date is posted; None on a rest day, a holiday or a skipped date."""
    if day.isoweekday() not in schedule.days or day in schedule.holidays:
        return None
    return instant(day, schedule.post_at, schedule.zone)


def local_date(at: datetime, zone: str) -> date:
    """The date on the zone's calendar at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def first_after_day(schedule: Schedule, day: date) -> datetime | None:
    """The first planned post of a later date than ``day``; None if none within ``HORIZON_DAYS``."""
    for ahead in range(1, HORIZON_DAYS + 1):
        at = planned(schedule, day + timedelta(days=ahead))
        if at is not None:
            return at
    return None


def next_post(schedule: Schedule, after: datetime) -> datetime | None:
    """The first planned post strictly later than ``after``; None when there is none within a year."""
    today = local_date(after, schedule.zone)
    for ahead in range(-1, HORIZON_DAYS + 1):
        at = planned(schedule, today + timedelta(days=ahead))
        if at is not None and at > after:
            return at
    return None


def round_of(schedule: Schedule, day: date, planned_at: datetime) -> DueRound:
    """The window of a round: from its post to the next date's post, plus the grace."""
    next_at = first_after_day(schedule, day) or planned_at + timedelta(days=1)
    return DueRound(day, planned_at, next_at, next_at + GRACE)


def due_round(schedule: Schedule, now: datetime) -> DueRound | None:
    """The latest round whose time has come; None when none was planned in the last eight days.

    However long the bot was away, only the latest is due: the missed ones are no challenge days.
    """
    today = local_date(now, schedule.zone)
    for back in range(-1, 9):
        day = today - timedelta(days=back)
        at = planned(schedule, day)
        if at is not None and at <= now:
            return round_of(schedule, day, at)
    return None


def lateness(due: DueRound, now: datetime) -> Lateness:
    """Whether a due round may still be posted: within ``CATCH_UP``, and before half its window is gone."""
    until = min(due.planned_at + CATCH_UP, due.planned_at + (due.next_at - due.planned_at) / 2)
    return Lateness.POST if now <= until else Lateness.SKIP
