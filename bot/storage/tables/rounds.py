"""Daily rounds, what was shown in them or on request, and the answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.services.commands import Platform
from bot.services.records import RoundState
from bot.storage.tables.banks import VersionRow
from bot.storage.tables.base import Base, Instant, Key, Word, Words, one_of
from bot.storage.tables.people import ChannelRow


class RoundRow(Base):
    """One challenge day of one channel."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("channel_id", "local_date"),
        one_of("state", RoundState),
        CheckConstraint("state = 'skipped' OR opens_at < closes_at", name="window"),
        Index("ix_rounds_open", "channel_id", postgresql_where="state = 'open'"),
        Index("ix_rounds_to_close", "closes_at", postgresql_where="state = 'open'"),
    )

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    local_date: Mapped[date]
    opens_at: Mapped[Instant]
    closes_at: Mapped[Instant]
    state: Mapped[Word]
    reason: Mapped[Words] = mapped_column(server_default="")

    channel: Mapped[ChannelRow] = relationship(lazy="raise", viewonly=True)
    postings: Mapped[list[PostingRow]] = relationship(lazy="raise", viewonly=True)


class PostingRow(Base):
    """A shown question or challenge, kept with the version it was shown with.

    ``challenge`` repeats which of the two it is, so that a round has one of each at most.
    """

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("id", "question_id"),
        UniqueConstraint("round_id", "challenge"),
        UniqueConstraint("platform", "event_id"),
        ForeignKeyConstraint(
            ["version_id", "question_id"], ["question_versions.id", "question_versions.question_id"]
        ),
        CheckConstraint("round_id IS NULL OR member_id IS NULL", name="round_or_member"),
        CheckConstraint("(platform IS NULL) = (event_id IS NULL)", name="whole_event"),
        one_of("platform", Platform),
        Index("ix_postings_member", "member_id", "id", postgresql_where="member_id IS NOT NULL"),
        Index("ix_postings_uses", "channel_id", "question_id", postgresql_where="round_id IS NOT NULL"),
    )

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    question_id: Mapped[int]
    version_id: Mapped[int]
    challenge: Mapped[bool]
    round_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("rounds.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    platform: Mapped[str | None]
    event_id: Mapped[Words | None]
    shown_at: Mapped[Instant]

    channel: Mapped[ChannelRow] = relationship(lazy="raise", viewonly=True)
    round: Mapped[RoundRow | None] = relationship(lazy="raise", viewonly=True)
    version: Mapped[VersionRow] = relationship(lazy="raise", viewonly=True)


class StreakMarkRow(Base):
    """``bot.domain.streaks.Mark`` of a member, valid while ``rewritten`` is still that of their community."""

    __tablename__ = "streak_marks"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    rewritten: Mapped[int]
    through: Mapped[date]
    closes_at: Mapped[Instant]
    length: Mapped[int] = mapped_column(Integer)
    longest: Mapped[int] = mapped_column(Integer)
    freezes: Mapped[int] = mapped_column(SmallInteger)


class AnswerRow(Base):
    """A member's one answer to a posting. ``chosen`` are positions in the author's order, from 0."""

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("posting_id", "member_id"),
        ForeignKeyConstraint(
            ["posting_id", "question_id"], ["postings.id", "postings.question_id"], ondelete="CASCADE"
        ),
        Index("ix_answers_seen", "member_id", "question_id"),
    )

    id: Mapped[Key]
    posting_id: Mapped[int]
    question_id: Mapped[int]
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    event_id: Mapped[Words]
    chosen: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    typed: Mapped[Words]
    correct: Mapped[bool]
    points: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[Words] = mapped_column(server_default="")
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
