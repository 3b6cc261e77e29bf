"""Rules for roles, and who was given which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import DateTime, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.periods import Period
from bot.domain.rewards import RewardKind, RoleRule
from bot.services.repositories.rewards import Candidate
from bot.storage.repositories.base import Repository
from bot.storage.tables import RewardsRow, RoleGivenRow, RoleRuleRow

CLAIM = text("""
    UPDATE rewards SET due_at = :until
    WHERE community_id = (
        SELECT rewards.community_id FROM rewards
        JOIN communities ON communities.id = rewards.community_id AND communities.left_at IS NULL
        WHERE due_at <= :now ORDER BY due_at LIMIT 1 FOR UPDATE OF rewards SKIP LOCKED
    )
    RETURNING community_id
""").bindparams(
    bindparam("now", type_=DateTime(timezone=True)), bindparam("until", type_=DateTime(timezone=True))
)

CANDIDATES = text("""
    SELECT members.id, members.external_id, members.hidden,
           coalesce(array_agg(roles_given.role) FILTER (WHERE roles_given.role IS NOT NULL), '{}') AS roles
    FROM members LEFT JOIN roles_given ON roles_given.member_id = members.id
    WHERE members.community_id = :community AND (
        roles_given.member_id IS NOT NULL
        OR EXISTS (SELECT 1 FROM ledger WHERE ledger.member_id = members.id AND ledger.at >= :since)
        OR EXISTS (SELECT 1 FROM answers
                   WHERE answers.member_id = members.id AND answers.answered_at >= :since)
    )
    GROUP BY members.id ORDER BY members.id
""").bindparams(bindparam("since", type_=DateTime(timezone=True)))


class SqlRewards(Repository):
    """Implements ``bot.services.repositories.rewards.Rewards``."""

    async def rules(self, community: int) -> Sequence[RoleRule]:
        """The community's rules, streaks first, lowest threshold first."""
        rows = await self.all(
            select(RoleRuleRow)
            .where(RoleRuleRow.community_id == community)
            .order_by(RoleRuleRow.kind.desc(), RoleRuleRow.period, RoleRuleRow.threshold)
        )
        return [
            RoleRule(
                id=row.id,
                kind=RewardKind(row.kind),
                threshold=row.threshold,
                period=Period(row.period),
                role=row.role,
            )
            for row in rows
        ]

    async def set_rule(
        self, community: int, kind: RewardKind, period: Period, threshold: int, role: str
    ) -> None:
        """Add a rule or give the known one another role."""
        key = {
            "community_id": community, "kind": str(kind), "period": str(period), "threshold": threshold
        }  # fmt: skip
        await self.session.execute(
            insert(RoleRuleRow)
            .values(**key, role=role)
            .on_conflict_do_update(index_elements=list(key), set_={"role": role})
        )
        await self._soon(community)

    async def remove_rule(self, community: int, rule: int) -> bool:
        """Remove a rule; False when it is not there."""
        gone = await self.session.scalars(
            delete(RoleRuleRow)
            .where(RoleRuleRow.id == rule, RoleRuleRow.community_id == community)
            .returning(RoleRuleRow.id)
        )
        found = gone.one_or_none() is not None
        if found:
            await self._soon(community)
        return found

    async def _soon(self, community: int) -> None:
        changes = {"due_at": func.to_timestamp(0), "problem": ""}
        await self.session.execute(
            insert(RewardsRow)
            .values(community_id=community, **changes)
            .on_conflict_do_update(index_elements=["community_id"], set_=changes)
        )

    async def claim_due(self, now: datetime, until: datetime) -> int | None:
        """A community whose members are due to be looked through."""
        claimed = await self.session.execute(CLAIM, {"now": now, "until": until})
        community: int | None = claimed.scalar_one_or_none()
        return community

    async def candidates(self, community: int, since: datetime) -> Sequence[Candidate]:
        """Members who did something since then, and those who hold a role that we gave."""
        rows = await self.session.execute(CANDIDATES, {"community": community, "since": since})
        return [Candidate(row.id, row.external_id, row.hidden, frozenset(row.roles)) for row in rows]

    async def given(self, member: int, role: str) -> None:
        """The member has the role now."""
        await self.session.execute(
            insert(RoleGivenRow).values(member_id=member, role=role).on_conflict_do_nothing()
        )

    async def taken(self, member: int, roles: Collection[str]) -> None:
        """The member has these roles no more."""
        await self.session.execute(
            delete(RoleGivenRow).where(RoleGivenRow.member_id == member, RoleGivenRow.role.in_(roles))
        )

    async def set_problem(self, community: int, problem: str) -> None:
        """What is in the way, for the admins."""
        await self.session.execute(
            update(RewardsRow).where(RewardsRow.community_id == community).values(problem=problem)
        )

    async def problem(self, community: int) -> str:
        """What is in the way."""
        found = await self.session.scalars(
            select(RewardsRow.problem).where(RewardsRow.community_id == community)
        )
        return found.one_or_none() or ""
