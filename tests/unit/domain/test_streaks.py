"""Streaks as a pure function: the rules one by one, then against a plain model."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.streaks import (
    EARN_EVERY,
    MOST_FREEZES,
    ChallengeDay,
    DayState,
    Gift,
    Kept,
    KeptBy,
    Past,
    Streak,
    calendar,
    compute,
)

DAY_ONE = date(2026, 3, 2)
POST = datetime(2026, 3, 2, 9, tzinfo=UTC)


def day(number: int, void: str = "") -> ChallengeDay:
    """Posted at nine, open until half past nine of the next day."""
    opens = POST + timedelta(days=number)
    return ChallengeDay(opens.date(), opens, opens + timedelta(hours=24, minutes=30), void)


def kept(number: int, hours: float = 1.0) -> Kept:
    opens = POST + timedelta(days=number)
    return Kept(opens.date(), opens + timedelta(hours=hours), KeptBy.ANSWER)


def streak(pattern: str, *gifts: Gift, after: timedelta = timedelta(hours=2)) -> Streak:
    """One letter a day: ``k`` kept, ``m`` missed, ``v`` voided, ``K`` kept although voided, ``-`` no round.

    Computed ``after`` the last day's post, so that the last day is still open.
    """
    days = [day(n, "wrong key" if c in "vK" else "") for n, c in enumerate(pattern) if c != "-"]
    done = [kept(n) for n, c in enumerate(pattern) if c in "kK"]
    now = POST + timedelta(days=len(pattern) - 1) + after
    return compute(Past(days=days, kept=done, gifts=gifts), now)


def computed(
    days: Iterable[ChallengeDay], done: Iterable[Kept], gifts: Iterable[Gift], now: datetime
) -> Streak:
    return compute(Past(days=list(days), kept=list(done), gifts=list(gifts)), now)


def states(result: Streak) -> str:
    letters = {
        DayState.KEPT: "k",
        DayState.MISSED: "m",
        DayState.FROZEN: "f",
        DayState.REPAIRED: "r",
        DayState.OPEN: "o",
    }
    return "".join(letters[one.state] for one in result.days)


def test_nothing_yet() -> None:
    assert computed([], [], [], POST) == Streak()


def test_days_in_a_row_count() -> None:
    assert (streak("kkk").current, streak("kkk").longest) == (3, 3)


def test_todays_open_round_breaks_nothing() -> None:
    result = streak("kkm")
    assert (result.current, states(result), result.kept_today) == (2, "kko", False)


def test_a_missed_day_ends_the_streak_and_the_longest_stays() -> None:
    result = streak("kkkmk")
    assert (result.current, result.longest, states(result)) == (1, 3, "kkkmk")
    assert "a streak of 3 ended" in result.days[3].why


@pytest.mark.failure(19)
def test_days_without_a_round_never_break() -> None:
    assert streak("kk-----k").current == 3


def test_the_grace_keeps_a_day_open_after_the_next_post() -> None:
    assert streak("km-", after=timedelta(minutes=20)).current == 1
    assert streak("km-", after=timedelta(minutes=30)).current == 1
    assert streak("km-", after=timedelta(minutes=31)).current == 0


def test_seven_days_in_a_row_earn_a_freeze_and_two_are_the_most() -> None:
    assert [streak("k" * n).freezes for n in (6, 7, 13, 14, 28)] == [0, 1, 1, 2, 2]
    assert "earned a freeze" in streak("k" * 7).days[-1].why


def test_one_freeze_covers_one_missed_day_and_no_more() -> None:
    result = streak("kkkkkkkmk")
    assert (result.current, result.freezes, states(result)) == (8, 0, "kkkkkkkfk")
    result = streak("kkkkkkkmmk")
    assert (result.current, states(result)) == (1, "kkkkkkkfmk")


def test_two_freezes_cover_two_days() -> None:
    result = streak("k" * 14 + "mmk")
    assert (result.current, result.freezes) == (15, 0)
    assert "1 left" in result.days[14].why


def test_a_freeze_is_not_spent_where_there_is_no_streak() -> None:
    result = streak("mmmk", Gift(POST))
    assert (result.current, result.freezes, states(result)) == (1, 1, "mmmk")


def test_a_granted_freeze_helps_later_days_only() -> None:
    late = Gift(POST + timedelta(days=3))
    assert states(streak("kmkk", late)) == "kmkk"
    assert states(streak("kmkk", Gift(POST))) == "kfkk"
    assert streak("k", Gift(POST), Gift(POST), Gift(POST)).freezes == MOST_FREEZES


def test_a_repair_counts_neither_way() -> None:
    result = streak("kkmkk", Gift(POST + timedelta(days=4), DAY_ONE + timedelta(days=2), "outage"))
    assert (result.current, states(result)) == (4, "kkrkk")
    assert "outage" in result.days[2].why


def test_a_withdrawn_round_costs_nothing_and_still_counts_for_those_who_answered() -> None:
    assert (streak("kvk").current, states(streak("kvk"))) == (2, "krk")
    assert streak("kKk").current == 3


def test_solving_the_challenge_keeps_the_day_as_well() -> None:
    solved = Kept(DAY_ONE, POST, KeptBy.SOLVED)
    result = computed([day(0)], [solved, kept(0)], [], POST)
    assert (result.current, result.days[0].why) == (1, "The challenge was solved.")


def handed_in(number: int, by: KeptBy) -> Kept:
    opens = POST + timedelta(days=number)
    return Kept(opens.date(), opens + timedelta(hours=1), by)


def test_a_day_whose_verdict_is_to_come_is_not_lost() -> None:
    days, after = [day(0), day(1)], POST + timedelta(days=3)
    waiting = computed(days, [kept(0), handed_in(1, KeptBy.WAITING)], [], after)
    assert (waiting.current, waiting.days[1].state) == (1, DayState.OPEN)
    assert "verdict" in waiting.days[1].why
    assert computed(days, [kept(0), handed_in(1, KeptBy.SOLVED)], [], after).current == 2
    assert computed(days, [kept(0)], [], after).current == 0


def test_a_day_that_could_not_be_graded_counts_neither_way_unless_it_was_kept() -> None:
    days, after = [day(0), day(1)], POST + timedelta(days=3)
    fault = handed_in(1, KeptBy.FAULT)
    broken = computed(days, [kept(0), fault], [], after)
    assert (broken.current, broken.days[1].state) == (1, DayState.REPAIRED)
    assert computed(days, [kept(0), fault, kept(1, hours=9)], [], after).current == 2
    assert computed(days, [fault], [], POST + timedelta(days=1, hours=2)).days[1].state is DayState.OPEN


def test_the_calendar_fills_in_days_without_a_round() -> None:
    shown = calendar(streak("k-k"), DAY_ONE + timedelta(days=2), 5)
    assert [one.state for one in shown] == [
        DayState.NO_ROUND,
        DayState.NO_ROUND,
        DayState.KEPT,
        DayState.NO_ROUND,
        DayState.KEPT,
    ]
    assert shown[-1].day == DAY_ONE + timedelta(days=2)


def test_the_calendar_shows_a_challenge_day_that_is_ahead_of_the_communitys_date() -> None:
    assert calendar(streak("k"), DAY_ONE - timedelta(days=1), 3)[-1].day == DAY_ONE


PATTERNS = st.text("kmvK-", max_size=60)


def plainly(pattern: str) -> tuple[int, int, int]:
    """The rules again, as one would count on paper; the last day is still open."""
    current = longest = freezes = 0
    for number, letter in enumerate(pattern):
        if letter in "kK":
            current += 1
            longest = max(longest, current)
            if current % EARN_EVERY == 0:
                freezes = min(MOST_FREEZES, freezes + 1)
        elif letter == "m" and number < len(pattern) - 1 and current:
            if freezes:
                freezes -= 1
            else:
                current = 0
    return current, longest, freezes


@given(PATTERNS)
def test_it_agrees_with_counting_on_paper(pattern: str) -> None:
    result = streak(pattern)
    assert (result.current, result.longest, result.freezes) == plainly(pattern)


@given(PATTERNS, st.randoms())
def test_the_order_of_what_happened_does_not_matter(pattern: str, random: st.DataObject) -> None:
    days = [day(n) for n, c in enumerate(pattern) if c != "-"]
    done = [kept(n) for n, c in enumerate(pattern) if c in "kK"]
    gifts = [Gift(POST + timedelta(days=n)) for n, c in enumerate(pattern) if c == "v"]
    now = POST + timedelta(days=len(pattern))
    expected = computed(days, done, gifts, now)
    for some in (days, done, gifts):
        random.shuffle(some)
    assert computed(days, done + done, gifts, now) == expected


EVENTS = st.lists(st.tuples(st.integers(0, 9), st.floats(0, 24.49)), max_size=12)


@given(EVENTS, st.sets(st.floats(0, 11 * 24), max_size=30))
def test_the_number_rises_with_what_was_done_and_falls_only_when_a_day_is_over(
    done: list[tuple[int, float]], looks: set[float]
) -> None:
    """Looked at whenever you like, grace hours included: it never drops and comes back by itself."""
    days = [day(number) for number in range(10)]
    acts = [kept(number, hours) for number, hours in done]

    def number_at(moment: datetime) -> int:
        posted = [one for one in days if one.opens_at <= moment]
        return computed(posted, [one for one in acts if one.at <= moment], [], moment).current

    moments = sorted(POST + timedelta(hours=hours) for hours in looks)
    for before, after in pairwise(moments):
        change = number_at(after) - number_at(before)
        if change > 0:
            assert any(before < one.at <= after for one in acts)
        if change < 0:
            assert any(before <= one.closes_at < after for one in days)


@given(PATTERNS, st.integers(-14 * 60, 14 * 60))
@pytest.mark.failure(33)
def test_the_clock_on_the_wall_changes_nothing(pattern: str, minutes: int) -> None:
    """Days are what counts: the same days posted at another hour give the same streak."""
    shift = timedelta(minutes=minutes)
    days = [day(n) for n, c in enumerate(pattern) if c != "-"]
    moved = [ChallengeDay(one.day, one.opens_at + shift, one.closes_at + shift) for one in days]
    done = [kept(n) for n, c in enumerate(pattern) if c in "kK"]
    late = [Kept(one.day, one.at + shift, one.by) for one in done]
    now = POST + timedelta(days=len(pattern))
    assert computed(moved, late, [], now + shift) == computed(days, done, [], now)


@given(PATTERNS.filter(lambda pattern: "m" in pattern[:-1]))
def test_a_repair_never_makes_a_streak_shorter(pattern: str) -> None:
    missed = pattern.index("m")
    repaired = streak(pattern, Gift(POST, DAY_ONE + timedelta(days=missed), "outage"))
    assert repaired.current >= streak(pattern).current or repaired.longest >= streak(pattern).longest
