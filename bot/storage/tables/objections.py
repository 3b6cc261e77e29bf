"""Flags on questions, and questions that a community set aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, Words


class FlagRow(Base):
    """A member's objection to a question; one each."""

    __tablename__ = "question_flags"
    __table_args__ = (Index("ix_question_flags_question", "community_id", "question_id"),)

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    community_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("communities.id", ondelete="CASCADE"))
    why: Mapped[Words]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SetAsideRow(Base):
    """A question that is neither picked nor found in one community any more."""

    __tablename__ = "questions_set_aside"

    community_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    reason: Mapped[Words]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
