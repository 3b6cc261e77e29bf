"""The spans of a leaderboard and the day each of them begins."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Period(StrEnum):
    """The span of a leaderboard, in the community's zone."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
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
        case Period.ALL:
            return BEGINNING
