"""The ledger, and the scores that follow it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.ledger import LedgerKind
from bot.domain.periods import Period
from bot.storage.tables.base import Base, Instant, Key, Word, Words, one_of


class LedgerRow(Base):
    """One change of points or gift to a streak; never edited. ``source`` pays once in a community."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("community_id", "source"),
        ForeignKeyConstraint(
            ["member_id", "community_id"], ["members.id", "members.community_id"], ondelete="CASCADE"
        ),
        one_of("kind", LedgerKind),
        CheckConstraint("solved BETWEEN -1 AND 1", name="solved"),
        Index("ix_ledger_member", "member_id", "question_id"),
    )

    id: Mapped[Key]
    community_id: Mapped[int]
    member_id: Mapped[int]
    kind: Mapped[Word]
    source: Mapped[Word]
    day: Mapped[date]
    at: Mapped[Instant]
    points: Mapped[int]
    solved: Mapped[int] = mapped_column(SmallInteger)
    question_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="SET NULL")
    )
    channel_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="SET NULL"))
    topic: Mapped[Words]
    why: Mapped[Words]


class ScoreRow(Base):
    """A member's sum of the ledger over one period; ``start`` is the period's first day.

    Kept in the statement that writes the ledger row; ``bot.storage.recount`` counts it again.
    """

    __tablename__ = "scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "community_id"], ["members.id", "members.community_id"], ondelete="CASCADE"
        ),
        one_of("period", Period),
        Index(
            "ix_scores_ranks",
            "community_id",
            "period",
            "start",
            text("points DESC"),
            "reached_at",
            "member_id",
            postgresql_where="points > 0",
        ),
    )

    community_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    period: Mapped[Word] = mapped_column(primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    points: Mapped[int]
    solved: Mapped[int]
    reached_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
