"""Streaks: a pure function of a community's challenge days, what a member did, and the ledger.

A streak counts challenge days, not timestamps. An answer belongs to its round's local date, whatever the
clock says where it is read; days without a round never break a streak. The rules, as members read them, are
in docs/reference/rules.md. Every screen shows what is computed here. So that it need not begin with the first
day each time, the state after days that are long over may be kept as a ``Mark``: going on from there gives
the same, and a mark is forgotten when anything about its days changes after all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

EARN_EVERY = 7
"""Each time so many days in a row were kept, a freeze is earned."""
MOST_FREEZES = 2
"""How many freezes a member can hold."""
SETTLED_AFTER = timedelta(days=3)
"""A day that closed so long ago may go into a mark: its late answers and verdicts have come in."""


class DayState(StrEnum):
    """One day in a streak calendar."""

    KEPT = "kept"
    MISSED = "missed"
    FROZEN = "frozen"
    """A freeze covered it."""
    REPAIRED = "repaired"
    """We were at fault; it counts as if kept without adding to the length."""
    NO_ROUND = "no_round"
    OPEN = "open"
    """Not decided yet: its window is open, or what was handed in inside it waits for its verdict."""


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
    """What a member did that keeps a day, or may keep it yet."""

    ANSWER = "answer"
    """The day's question was answered, right or wrong."""
    SOLVED = "solved"
    """The day's challenge was solved."""
    WAITING = "waiting"
    """Code was handed in for the day's challenge and waits for its verdict."""
    FAULT = "fault"
    """Code was handed in for the day's challenge, and grading failed for our fault."""


SURELY = (KeptBy.ANSWER, KeptBy.SOLVED)
"""What keeps a day for good."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something a member did for a challenge day inside its window, by the event's time."""

    day: date
    at: datetime
    by: KeptBy


@dataclass(frozen=True, slots=True)
class Gift:
    """A ledger row that helps a streak: a freeze given (``repairs`` None) or a day repaired."""

    at: datetime
    repairs: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A streak after all challenge days up to ``through``. ``closes_at`` is when the last of them closed:
    freezes granted until then are in it.
    """

    through: date
    closes_at: datetime
    current: int
    longest: int
    freezes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that one member's streak is computed from. With a ``mark``, only what came after its days."""

    mark: Mark | None = None
    days: Sequence[ChallengeDay] = ()
    """Every local date with at least one round that was not skipped, oldest first."""
    kept: Sequence[Kept] = ()
    gifts: Sequence[Gift] = ()


@dataclass(frozen=True, slots=True)
class DayResult:
    """What became of one challenge day, and the sentence that explains it."""

    day: date
    state: DayState
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """A member's streak. ``days`` are the community's challenge days, or those after the mark, oldest first.

    ``settled`` is the mark that could be kept now: the latest there is, None where no day is long over.
    """

    current: int = 0
    longest: int = 0
    freezes: int = 0
    days: tuple[DayResult, ...] = ()
    settled: Mark | None = field(default=None, compare=False)

    @property
    def kept_today(self) -> bool:
        """Whether the last challenge day is kept already."""
        return bool(self.days) and self.days[-1].state is DayState.KEPT


@dataclass(frozen=True, slots=True)
class _Count:
    """The state that is carried from day to day."""

    current: int = 0
    longest: int = 0
    freezes: int = 0


def compute(past: Past, now: datetime) -> Streak:
    """The streak as of ``now``.

    The order in which answers or ledger rows are given does not matter. Between two
    events the number can only fall, and only when a day is over: a day that may still be kept is never
    counted as missed. A freeze that was granted helps days that close after the grant; it is lost when two
    are held already.
    """
    first_kept: dict[date, Kept] = {}
    for one in past.kept:
        known = first_kept.get(one.day)
        if known is None or _weight(one) < _weight(known):
            first_kept[one.day] = one
    rows = sorted(past.gifts, key=lambda gift: (gift.at, gift.repairs or date.min))
    repairs = {gift.repairs: gift.why for gift in rows if gift.repairs is not None}
    mark = past.mark
    tally = _Count(mark.current, mark.longest, mark.freezes) if mark else _Count()
    grants = [gift.at for gift in rows if gift.repairs is None and not (mark and gift.at <= mark.closes_at)]
    results: list[DayResult] = []
    settled, settling, closed = mark, True, mark.closes_at if mark else None
    for day in sorted((one for one in past.days if not (mark and one.day <= mark.through)), key=_date):
        while grants and grants[0] <= min(day.closes_at, now):
            grants.pop(0)
            tally = replace(tally, freezes=min(MOST_FREEZES, tally.freezes + 1))
        tally, result = _step(tally, day, first_kept, repairs, now)
        results.append(result)
        closed = max(closed, day.closes_at) if closed else day.closes_at
        settling = settling and result.state is not DayState.OPEN and closed + SETTLED_AFTER < now
        if settling:
            settled = _mark(tally, day.day, closed)
    late = sum(at <= now for at in grants)
    return Streak(
        current=tally.current,
        longest=tally.longest,
        freezes=min(MOST_FREEZES, tally.freezes + late),
        days=tuple(results),
        settled=settled,
    )


def _date(day: ChallengeDay) -> date:
    return day.day


def _mark(tally: _Count, through: date, closes_at: datetime) -> Mark:
    return Mark(
        through=through,
        closes_at=closes_at,
        current=tally.current,
        longest=tally.longest,
        freezes=tally.freezes,
    )


def _weight(one: Kept) -> tuple[int, datetime, KeptBy]:
    """What decides about a day comes first: what keeps it, then what may keep it; of these the earliest."""
    certainty = (*SURELY, KeptBy.WAITING, KeptBy.FAULT).index(one.by)
    return max(certainty, len(SURELY) - 1), one.at, one.by


def _step(
    tally: _Count,
    day: ChallengeDay,
    kept: Mapping[date, Kept],
    repairs: Mapping[date, str],
    now: datetime,
) -> tuple[_Count, DayResult]:
    done = kept.get(day.day)
    if done is not None and done.by in SURELY:
        return _keep(tally, day.day, done)
    if day.void:
        return tally, DayResult(day.day, DayState.REPAIRED, f"The round was withdrawn: {day.void}")
    if day.day in repairs:
        why = repairs[day.day] or "repaired, because we were at fault"
        return tally, DayResult(day.day, DayState.REPAIRED, f"It does not count: {why}")
    if now <= day.closes_at:
        return tally, DayResult(day.day, DayState.OPEN, "Still open: answering it keeps the streak.")
    if done is not None and done.by is KeptBy.WAITING:
        return tally, DayResult(day.day, DayState.OPEN, "Handed in in time; the verdict is still to come.")
    if done is not None:
        return tally, DayResult(
            day.day, DayState.REPAIRED, "It does not count: what was handed in could not be graded."
        )
    if tally.current == 0:
        return tally, DayResult(day.day, DayState.MISSED, "Not answered, and there was no streak to lose.")
    if tally.freezes:
        left = tally.freezes - 1
        why = f"Not answered; a freeze covered it ({left} left)."
        return replace(tally, freezes=left), DayResult(day.day, DayState.FROZEN, why)
    lost = f"Not answered, and no freeze was left: a streak of {tally.current} ended."
    return replace(tally, current=0), DayResult(day.day, DayState.MISSED, lost)


def _keep(tally: _Count, day: date, kept: Kept) -> tuple[_Count, DayResult]:
    current = tally.current + 1
    earned = current % EARN_EVERY == 0 and tally.freezes < MOST_FREEZES
    why = "The question was answered" if kept.by is KeptBy.ANSWER else "The challenge was solved"
    why += f"; {EARN_EVERY} days in a row earned a freeze." if earned else "."
    after = _Count(current, max(tally.longest, current), tally.freezes + earned)
    return after, DayResult(day, DayState.KEPT, why)


def calendar(streak: Streak, today: date, length: int) -> Sequence[DayResult]:
    """The last ``length`` dates up to ``today`` (or the last challenge day, if that is later), oldest first.

    Dates without a round are filled in.
    """
    known = {result.day: result for result in streak.days}
    last = max(today, *known) if known else today
    return [
        known.get(day, DayResult(day, DayState.NO_ROUND, "There was no round."))
        for day in (date.fromordinal(last.toordinal() - back) for back in range(length - 1, -1, -1))
    ]
