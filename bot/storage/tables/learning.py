"""What members have learnt: first attempts, cards that come back, and the log of their reviews."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.services.learning.records import Origin, Source
from bot.storage.tables.base import Base, Document, Instant, Key, Word, Words, one_of


class FirstAttemptRow(Base):
    """A member's first attempt at a question, wherever it was made. ``seconds`` is None where nobody knows
    when the member saw the question.
    """

    __tablename__ = "first_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            ondelete="CASCADE",
        ),
        one_of("source", Source),
        Index("ix_first_attempts_question", "question_id"),
    )

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version_id: Mapped[int]
    chosen: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    correct: Mapped[bool]
    seconds: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[Word]
    at: Mapped[Instant]


class StudyCursorRow(Base):
    """How far answers have been looked through: those up to ``done`` are; those up to ``seen`` will be once
    every transaction below ``horizon`` has ended. One row.
    """

    __tablename__ = "study_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    done: Mapped[int] = mapped_column(server_default="0")
    seen: Mapped[int] = mapped_column(server_default="0")
    horizon: Mapped[int] = mapped_column(server_default="0")


class ReviewCardRow(Base):
    """A question in a member's own deck, with FSRS's memory of it. ``reviews`` counts reviews so far."""

    __tablename__ = "review_cards"
    __table_args__ = (
        UniqueConstraint("member_id", "question_id"),
        one_of("origin", Origin),
        CheckConstraint("state IN (1, 2, 3)", name="state"),
        CheckConstraint("(stability IS NULL) = (last_review_at IS NULL)", name="whole_memory"),
        Index("ix_review_cards_due", "member_id", "due_at", postgresql_where=text("NOT dropped")),
    )

    id: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questions.id", ondelete="CASCADE"))
    origin: Mapped[Word]
    added_at: Mapped[Instant]
    state: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    step: Mapped[int | None] = mapped_column(SmallInteger, server_default="0")
    stability: Mapped[float | None] = mapped_column(Float(53))
    difficulty: Mapped[float | None] = mapped_column(Float(53))
    due_at: Mapped[Instant]
    last_review_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reviews: Mapped[int] = mapped_column(Integer, server_default="0")
    dropped: Mapped[bool] = mapped_column(server_default="false")


class ReviewRow(Base):
    """One review of a card: the log that weights are fitted to. ``number`` counts a card's reviews from 1."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 4", name="rating"),
        Index("ix_reviews_member", "member_id", "at"),
    )

    card_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("review_cards.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    rating: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[Instant]


class ReviewHabitRow(Base):
    """How a member reviews: bounds for a day, the reminder's time, and the weights fitted to them."""

    __tablename__ = "review_habits"
    __table_args__ = (
        CheckConstraint("(remind_at IS NULL) = (next_reminder_at IS NULL)", name="reminder"),
        Index(
            "ix_review_habits_reminders",
            "next_reminder_at",
            postgresql_where=text("next_reminder_at IS NOT NULL"),
        ),
    )

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    zone: Mapped[Word]
    reviews_a_day: Mapped[int] = mapped_column(Integer)
    new_a_day: Mapped[int] = mapped_column(Integer)
    remind_at: Mapped[time | None]
    next_reminder_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    weights: Mapped[Document | None]
    fitted_to: Mapped[int] = mapped_column(Integer, server_default="0")


class MemberRatingRow(Base):
    """A member's rating in one topic; the empty topic is all of them. ``rated_at`` is the last attempt's."""

    __tablename__ = "member_ratings"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[Words] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float(53))
    deviation: Mapped[float] = mapped_column(Float(53))
    volatility: Mapped[float] = mapped_column(Float(53))
    games: Mapped[int] = mapped_column(Integer)
    rated_at: Mapped[Instant]


class QuestionRatingRow(Base):
    """A question's rating, over all communities that have tried it."""

    __tablename__ = "question_ratings"

    question_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[float] = mapped_column(Float(53))
    deviation: Mapped[float] = mapped_column(Float(53))
    volatility: Mapped[float] = mapped_column(Float(53))
    games: Mapped[int] = mapped_column(Integer)
