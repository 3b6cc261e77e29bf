"""Roles for streaks and ranks: which of them a member has earned.

Of the rules for streaks the highest that was reached counts, and so of those for ranks of one period: a
member carries one role for each, not a row of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.periods import Period

RANKED_PERIODS = (Period.WEEK, Period.MONTH, Period.ALL)
"""Periods that a rank's role can be for; a streak's rule has the last of them."""


class RewardKind(StrEnum):
    """What a role is for."""

    STREAK = "streak"
    """``threshold`` days in a row or more."""
    RANK = "rank"
    """Rank ``threshold`` or better in a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """A role that a community gives. ``role`` is the platform's id; ``period`` matters for ranks only."""

    id: int
    kind: RewardKind
    threshold: int
    period: Period
    role: str


def roles_earned(rules: Iterable[RoleRule], streak: int, ranks: Mapping[Period, int]) -> frozenset[str]:
    """The roles of a member with this streak and these ranks (periods without a rank are left out)."""
    best: dict[tuple[RewardKind, Period], tuple[int, str]] = {}
    for rule in rules:
        height = rule.threshold if rule.kind is RewardKind.STREAK else -rule.threshold
        known = best.get((rule.kind, rule.period))
        if _is_reached(rule, streak, ranks) and (known is None or height > known[0]):
            best[rule.kind, rule.period] = height, rule.role
    return frozenset(role for _, role in best.values())


def _is_reached(rule: RoleRule, streak: int, ranks: Mapping[Period, int]) -> bool:
    if rule.kind is RewardKind.STREAK:
        return streak >= rule.threshold
    rank = ranks.get(rule.period)
    return rank is not None and rank <= rule.threshold
