"""Blueprints of exams, the exams that members take, and their answers."""

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

from bot.storage.tables.banks import VersionRow
from bot.storage.tables.base import Base, Document, Instant, Key, Words


class BlueprintRow(Base):
    """An exam's plan, as the bank's page gives it."""

    __tablename__ = "exam_blueprints"
    __table_args__ = (UniqueConstraint("bank_id", "key"),)

    id: Mapped[Key]
    bank_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("banks.id", ondelete="CASCADE"))
    key: Mapped[Words]
    title: Mapped[Words]
    plan: Mapped[Document]


class ExamRow(Base):
    """One exam of one member, with the plan that it was drawn by. One at a time is open for a member."""

    __tablename__ = "exams"
    __table_args__ = (
        CheckConstraint("started_at < ends_at", name="window"),
        Index("uq_exams_open", "member_id", unique=True, postgresql_where=text("finished_at IS NULL")),
        Index("ix_exams_ending", "ends_at", postgresql_where=text("finished_at IS NULL")),
        Index("ix_exams_member", "member_id", "id"),
    )

    id: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    blueprint_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("exam_blueprints.id", ondelete="SET NULL")
    )
    plan: Mapped[Document]
    started_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ExamItemRow(Base):
    """A question of an exam, at its place (from 1), and the answer as it stands. ``correct`` is known only
    when the exam is over.
    """

    __tablename__ = "exam_items"
    __table_args__ = (
        UniqueConstraint("exam_id", "question_id"),
        ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("place >= 1", name="place"),
        Index("ix_exam_items_question", "question_id"),
    )

    exam_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    question_id: Mapped[int]
    version_id: Mapped[int]
    domain: Mapped[int] = mapped_column(SmallInteger)
    chosen: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    typed: Mapped[Words] = mapped_column(server_default="")
    flagged: Mapped[bool] = mapped_column(server_default="false")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    correct: Mapped[bool | None]

    version: Mapped[VersionRow] = relationship(lazy="raise", viewonly=True)
