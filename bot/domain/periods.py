"""The spans of a leaderboard and the day each of them begins."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Period(StrEnum):
    """The span of a leaderboard, in the community's zone."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    """A quarter of the calendar year: from 1 January, 1 April, 1 July or 1 October."""
    ALL = "all"


BEGINNING = date(1970, 1, 1)
"""The first day of ``Period.ALL``: one fixed key, so that all time is a period like the others."""


def period_start(period: Period, day: date) -> date:
    """The first day of the ``period`` that ``day`` lies in. Weeks begin on Monday (ISO 8601)."""
    match period:
        case Period.TODAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.SEASON:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Period.ALL:
            return BEGINNING


PASSING = (Period.TODAY, Period.WEEK, Period.MONTH)
"""Periods whose boards are dropped some time after they are over; the others are kept for good."""


def is_kept(period: Period, day: date, kept_from: date) -> bool:
    """Whether the board of the ``period`` that ``day`` lies in is kept, with all of its points.

    ``kept_from`` is a day whose boards are all kept; passing ones that were over by then are not.
    """
    return period not in PASSING or period_start(period, day) >= period_start(period, kept_from)


def kept_periods(day: date, kept_from: date) -> tuple[Period, ...]:
    """The periods whose boards still take points for ``day``."""
    return tuple(period for period in Period if is_kept(period, day, kept_from))
