"""Local dates and times made into instants, in every zone there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rounds import (
    CATCH_UP,
    GRACE,
    DueRound,
    Lateness,
    Schedule,
    date_exists,
    due_round,
    instant,
    lateness,
    local_date,
    next_post,
    planned,
    round_of,
)

ZONES = sorted(available_timezones())
FIRST, LAST = date(2025, 1, 1), date(2028, 12, 31)


def local(day: date, at: time, zone: str) -> str | None:
    found = instant(day, at, zone)
    return None if found is None else f"{found.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.failure(16)
@pytest.mark.parametrize(
    ("zone", "day", "at", "told"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29 03:30"),
        ("America/New_York", date(2026, 3, 8), time(2, 0), "2026-03-08 03:00"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 0), "2026-04-24 01:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-04 02:45"),
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), "2026-03-29 00:30"),
    ],
)
def test_a_time_inside_a_gap_is_shifted_by_the_gap(zone: str, day: date, at: time, told: str) -> None:
    assert local(day, at, zone) == told


@pytest.mark.failure(17)
@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_happens_twice_means_the_first(zone: str, day: date, at: time, utc: datetime) -> None:
    assert instant(day, at, zone) == utc


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
)
def test_a_date_that_the_zone_skipped_has_no_round(zone: str, day: date) -> None:
    assert not date_exists(day, zone)
    assert instant(day, time(9), zone) is None
    assert instant(day + timedelta(days=1), time(9), zone) is not None
    assert instant(day - timedelta(days=1), time(9), zone) is not None


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        instant(FIRST, time(9), "Mars/Olympus")


def transitions(zone: str) -> set[date]:
    """The local dates around every change of offset from the first day to the last."""
    info = ZoneInfo(zone)
    midnights = [
        datetime.combine(FIRST, time(), UTC) + timedelta(days=n) for n in range((LAST - FIRST).days + 2)
    ]
    offsets = [midnight.astimezone(info).utcoffset() for midnight in midnights]
    return {
        FIRST + timedelta(days=number + extra)
        for number, (before, after) in enumerate(pairwise(offsets))
        if before != after
        for extra in (-1, 0, 1)
    }


@pytest.mark.failure(16)
@pytest.mark.failure(17)
def test_in_every_zone_every_day_of_four_years_has_exactly_one_round_in_order() -> None:
    for zone in ZONES:
        info = ZoneInfo(zone)
        days = {FIRST + timedelta(days=30 * month) for month in range(48)} | transitions(zone)
        for at in (time(0, 0), time(1, 30), time(2, 30), time(12, 0), time(23, 45)):
            previous = None
            for day in sorted(days):
                posted = instant(day, at, zone)
                assert posted is not None, (zone, day)
                back = posted.astimezone(info)
                if back.time() == at:
                    assert back.date() == day, (zone, day, at)
                else:
                    wished = datetime.combine(day, at)
                    assert timedelta() < back.replace(tzinfo=None) - wished <= timedelta(hours=2), (zone, day)
                assert previous is None or previous < posted, (zone, day, at)
                previous = posted


SCHEDULES = st.builds(
    Schedule,
    post_at=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    zone=st.sampled_from(ZONES),
    days=st.frozensets(st.integers(1, 7), min_size=1),
)
MOMENTS = st.integers(0, 790 * 24 * 60).map(
    lambda minutes: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(SCHEDULES, MOMENTS)
def test_the_next_post_is_later_and_due_from_then_on(schedule: Schedule, now: datetime) -> None:
    following = next_post(schedule, now)
    assert following is not None
    assert following > now
    due = due_round(schedule, following)
    assert due is not None
    assert due.planned_at == following
    earlier = due_round(schedule, following - timedelta(seconds=1))
    assert earlier is None or earlier.local_date < due.local_date


@given(SCHEDULES, MOMENTS)
def test_a_round_lasts_until_the_next_one_is_posted_plus_the_grace(schedule: Schedule, now: datetime) -> None:
    due = due_round(schedule, now)
    assert due is not None
    assert due.planned_at <= now
    assert due.next_at == next_post(schedule, due.planned_at)
    assert due.closes_at == due.next_at + GRACE
    assert due.planned_at == planned(schedule, due.local_date)


@given(SCHEDULES, MOMENTS, st.timedeltas(timedelta(), timedelta(days=8)))
def test_a_round_is_posted_late_but_never_near_the_next_one(
    schedule: Schedule, now: datetime, late: timedelta
) -> None:
    due = due_round(schedule, now)
    assert due is not None
    moment = due.planned_at + late
    if lateness(due, moment) is Lateness.POST:
        assert late <= CATCH_UP
        assert moment - due.planned_at <= due.next_at - moment


def test_rest_days_and_holidays_have_no_round_and_the_window_spans_them() -> None:
    weekdays = Schedule(
        post_at=time(9), zone="UTC", days=frozenset({1, 2, 3, 4, 5}), holidays=frozenset({date(2026, 3, 9)})
    )
    friday = date(2026, 3, 6)
    assert planned(weekdays, date(2026, 3, 7)) is None
    assert planned(weekdays, date(2026, 3, 9)) is None
    due = due_round(weekdays, datetime(2026, 3, 8, 12, tzinfo=UTC))
    assert due == DueRound(
        friday,
        datetime(2026, 3, 6, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 9, tzinfo=UTC) + GRACE,
    )


def test_a_schedule_without_any_day_left_never_posts() -> None:
    never = Schedule(post_at=time(9), zone="UTC", days=frozenset())
    now = datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert next_post(never, now) is None
    assert due_round(never, now) is None
    assert round_of(never, date(2026, 3, 6), now).closes_at == now + timedelta(days=1) + GRACE


def test_the_local_date_is_the_zones() -> None:
    moment = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    assert local_date(moment, "Pacific/Kiritimati") == date(2026, 3, 3)
    assert local_date(moment, "Pacific/Pago_Pago") == date(2026, 3, 2)
