"""Rules for roles, and who was given which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.periods import Period
from bot.domain.rewards import RewardKind, RoleRule


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member whose roles may have to change: the platform's id, and whether they hide."""

    member: int
    external: str
    hidden: bool
    roles: frozenset[str]
    """What we gave them."""


class Rewards(Protocol):
    """What a community gives, and to whom it was given."""

    async def rules(self, community: int) -> Sequence[RoleRule]:
        """The community's rules, streaks first, lowest threshold first."""

    async def set_rule(
        self, community: int, kind: RewardKind, period: Period, threshold: int, role: str
    ) -> None:
        """Add a rule or give the known one another role, and have the members looked through soon."""

    async def remove_rule(self, community: int, rule: int) -> bool:
        """Remove a rule, and have the members looked through soon; False when it is not there."""

    async def claim_due(self, now: datetime, until: datetime) -> int | None:
        """A community whose members are due to be looked through; nobody else gets it before ``until``."""

    async def candidates(self, community: int, since: datetime) -> Sequence[Candidate]:
        """Members who did something since then, and those who hold a role that we gave."""

    async def given(self, member: int, role: str) -> None:
        """The member has the role now."""

    async def taken(self, member: int, roles: Collection[str]) -> None:
        """The member has these roles no more."""

    async def set_problem(self, community: int, problem: str) -> None:
        """What is in the way, for the admins; empty when nothing is."""

    async def problem(self, community: int) -> str:
        """What is in the way."""


Ranks = Mapping[Period, Mapping[int, int]]
"""Rank of each member among the first of a period."""
