"""Code handed in, the jobs that grade it, and the hints taken on the way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.domain.grading import Verdict
from bot.services.commands import Platform
from bot.services.queues import JobState
from bot.storage.tables.banks import VersionRow
from bot.storage.tables.base import Base, Document, Instant, Key, Word, Words, one_of
from bot.storage.tables.people import ChannelRow


class GradingJobRow(Base):
    """The grading of one challenge version with one set of files, for every submission of it.

    ``turn`` is its place in the fair order: see ``bot.storage.repositories.queue``. ``member_id`` is who
    asked first.
    """

    __tablename__ = "grading_jobs"
    __table_args__ = (
        UniqueConstraint("version_id", "digest"),
        one_of("state", JobState),
        CheckConstraint("(state = 'running') = (leased_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state IN ('done', 'aside')) = (judgement IS NOT NULL)", name="outcome"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_grading_jobs_next", "turn", "id", postgresql_where="state = 'queued'"),
        Index(
            "ix_grading_jobs_backlog",
            "community_id",
            "level",
            "member_id",
            postgresql_where="state = 'queued'",
        ),
        Index("ix_grading_jobs_member", "member_id", postgresql_where="member_id IS NOT NULL"),
        Index("ix_grading_jobs_leases", "leased_until", postgresql_where="state = 'running'"),
    )

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("question_versions.id", ondelete="CASCADE")
    )
    digest: Mapped[Word]
    files: Mapped[Document]
    community_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("communities.id", ondelete="SET NULL")
    )
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="SET NULL"))
    state: Mapped[Word]
    level: Mapped[int] = mapped_column(Integer)
    turn: Mapped[int]
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    worker: Mapped[Words] = mapped_column(server_default="")
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    judgement: Mapped[Document | None]
    queued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SubmissionRow(Base):
    """One submission. It waits until it has a verdict."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("platform", "event_id"),
        ForeignKeyConstraint(
            ["version_id", "question_id"], ["question_versions.id", "question_versions.question_id"]
        ),
        ForeignKeyConstraint(
            ["posting_id", "question_id"], ["postings.id", "postings.question_id"], ondelete="CASCADE"
        ),
        one_of("platform", Platform),
        one_of("verdict", Verdict),
        CheckConstraint("(verdict IS NULL) = (judgement IS NULL)", name="whole_judgement"),
        CheckConstraint("attempt >= 1", name="attempt"),
        Index("ix_submissions_attempts", "member_id", "question_id"),
        Index("ix_submissions_channel", "channel_id"),
        Index("ix_submissions_job", "job_id", postgresql_where="job_id IS NOT NULL"),
        Index("ix_submissions_waiting", "job_id", postgresql_where="verdict IS NULL"),
        Index("ix_submissions_solved", "question_id", "member_id", postgresql_where="verdict = 'accepted'"),
        Index("ix_submissions_posting", "posting_id", "member_id", postgresql_where="posting_id IS NOT NULL"),
    )

    id: Mapped[Key]
    platform: Mapped[Word]
    event_id: Mapped[Words]
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    question_id: Mapped[int]
    version_id: Mapped[int]
    posting_id: Mapped[int | None]
    attempt: Mapped[int] = mapped_column(Integer)
    files: Mapped[Document]
    digest: Mapped[Word]
    reply: Mapped[Document]
    job_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("grading_jobs.id", ondelete="SET NULL"))
    verdict: Mapped[str | None]
    judgement: Mapped[Document | None]
    points: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[Words] = mapped_column(server_default="")
    handed_in_at: Mapped[Instant]

    channel: Mapped[ChannelRow] = relationship(lazy="raise", viewonly=True)
    version: Mapped[VersionRow] = relationship(lazy="raise", viewonly=True)


class HintRow(Base):
    """A hint that a member has seen; ``number`` counts from 1."""

    __tablename__ = "hints_taken"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_id: Mapped[Words]
    taken_at: Mapped[Instant]
