"""Duels between two members of a community."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ARRAY,
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
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.domain.duels import DuelState
from bot.services.commands import Platform
from bot.storage.tables.banks import VersionRow
from bot.storage.tables.base import Base, Instant, Key, Word, Words, one_of


class DuelRow(Base):
    """One duel. ``ends_at`` is when the invitation, and once accepted the duel, runs out.

    ``counted`` is whether it counts for ratings and badges; ``winner_id`` is None for a draw.
    """

    __tablename__ = "duels"
    __table_args__ = (
        UniqueConstraint("platform", "event_id"),
        ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            ondelete="CASCADE",
        ),
        one_of("state", DuelState),
        one_of("platform", Platform),
        CheckConstraint("first_id <> second_id", name="two"),
        Index("ix_duels_first", "first_id", "id"),
        Index("ix_duels_second", "second_id", "id"),
        Index("ix_duels_live", "ends_at", postgresql_where=text("state IN ('invited', 'open')")),
    )

    id: Mapped[Key]
    platform: Mapped[Word]
    event_id: Mapped[Words]
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    first_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    question_id: Mapped[int]
    version_id: Mapped[int]
    state: Mapped[Word]
    counted: Mapped[bool] = mapped_column(server_default="false")
    invited_at: Mapped[Instant]
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[Instant]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    winner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="SET NULL"))

    version: Mapped[VersionRow] = relationship(lazy="raise", viewonly=True)


class DuelSideRow(Base):
    """What one of the two did with the question of a duel."""

    __tablename__ = "duel_sides"

    duel_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("duels.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    opened_at: Mapped[Instant]
    chosen: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    typed: Mapped[Words] = mapped_column(server_default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
