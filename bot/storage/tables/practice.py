"""Solutions that members have seen and shared, and what they practised by themselves."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.tables.banks import VersionRow
from bot.storage.tables.base import Base, Instant, Key, Words


class SolutionSeenRow(Base):
    """A challenge that a member gave up: from ``seen_at`` on it earns them nothing."""

    __tablename__ = "solutions_seen"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    seen_at: Mapped[Instant]


class SharedSolutionRow(Base):
    """An accepted submission that its author shows to others who have solved the challenge."""

    __tablename__ = "solutions_shared"
    __table_args__ = (
        UniqueConstraint("member_id", "question_id"),
        Index("ix_solutions_shared_question", "question_id"),
    )

    submission_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questions.id", ondelete="CASCADE"))
    shared_at: Mapped[Instant]


class FreeAnswerRow(Base):
    """An answer in a member's own words, and which of the rubric's points (from 0) they found in it."""

    __tablename__ = "free_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            ondelete="CASCADE",
        ),
        Index("ix_free_answers_member", "member_id", "question_id"),
    )

    id: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    question_id: Mapped[int]
    version_id: Mapped[int]
    words: Mapped[Words]
    met: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    answered_at: Mapped[Instant]

    version: Mapped[VersionRow] = relationship(lazy="raise", viewonly=True)


class TickRow(Base):
    """An item of a checklist that a member ticked, by its text, so that it stays when others are added."""

    __tablename__ = "checklist_ticks"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[Words] = mapped_column(primary_key=True)
    ticked_at: Mapped[Instant]
