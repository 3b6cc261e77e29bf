"""Roles that communities give for streaks and ranks, and which members were given them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.rewards import RANKED_PERIODS, RewardKind
from bot.storage.tables.base import Base, Key, Word, Words, one_of


class RewardsRow(Base):
    """A community that gives roles: when its members are looked through again, and what is in the way."""

    __tablename__ = "rewards"

    community_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), index=True)
    problem: Mapped[Words] = mapped_column(server_default="")


class RoleRuleRow(Base):
    """One role and what it is given for."""

    __tablename__ = "role_rules"
    __table_args__ = (
        UniqueConstraint("community_id", "kind", "period", "threshold"),
        one_of("kind", RewardKind),
        one_of("period", RANKED_PERIODS),
        CheckConstraint("threshold >= 1", name="threshold"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("communities.id", ondelete="CASCADE"))
    kind: Mapped[Word]
    threshold: Mapped[int] = mapped_column(Integer)
    period: Mapped[Word]
    role: Mapped[Words]


class RoleGivenRow(Base):
    """A role that we gave to a member, and so may take away again."""

    __tablename__ = "roles_given"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Words] = mapped_column(primary_key=True)
