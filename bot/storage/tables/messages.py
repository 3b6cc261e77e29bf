"""What has to reach people: the outbox, the playground's chat, and the record of what admins did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.services.commands import Platform
from bot.services.queues import DeliveryKind
from bot.storage.tables.base import Base, Document, Instant, Key, Number, Word, Words, one_of
from bot.storage.tables.people import ChannelRow, MemberRow


class DeliveryState(StrEnum):
    """Where an outbox entry is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Given up; kept for the admin to see."""


class DeliveryRow(Base):
    """An outbox entry. ``next_at`` is when it may be taken: due, after a pause, or when a lease ran out.

    ``turn`` is its place in the fair order: see ``bot.storage.repositories.deliveries``.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("key"),
        one_of("platform", Platform),
        one_of("kind", DeliveryKind),
        one_of("state", DeliveryState),
        CheckConstraint("(state = 'waiting') = (finished_at IS NULL)", name="finished"),
        Index("ix_deliveries_member", "member_id", postgresql_where="member_id IS NOT NULL"),
        Index("ix_deliveries_finished", "finished_at", postgresql_where="finished_at IS NOT NULL"),
        Index("ix_deliveries_next", "turn", "id", postgresql_where="state = 'waiting'"),
        Index("ix_deliveries_backlog", "community_id", "channel_id", postgresql_where="state = 'waiting'"),
    )

    id: Mapped[Key]
    key: Mapped[Word]
    platform: Mapped[Word]
    community_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("communities.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="CASCADE"))
    kind: Mapped[Word]
    subject: Mapped[int]
    text: Mapped[Words]
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    reply: Mapped[Document | None]
    due_at: Mapped[Instant]
    state: Mapped[Word] = mapped_column(server_default="waiting")
    turn: Mapped[int]
    nonce: Mapped[Word]
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[Instant]
    external_id: Mapped[Words] = mapped_column(server_default="")
    error: Mapped[Words] = mapped_column(server_default="")
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    channel: Mapped[ChannelRow] = relationship(lazy="raise", viewonly=True)
    member: Mapped[MemberRow | None] = relationship(lazy="raise", viewonly=True)


class PlaygroundMessageRow(Base):
    """A line of the playground's chat. ``revision`` rises with every new message and every edit."""

    __tablename__ = "playground_messages"
    __table_args__ = (
        UniqueConstraint("channel", "nonce"),
        UniqueConstraint("revision"),
        Index("ix_playground_messages_history", "channel", "id"),
        Index("ix_playground_messages_changes", "channel", "revision"),
    )

    id: Mapped[Key]
    channel: Mapped[Words]
    author: Mapped[Words]
    private_to: Mapped[Words | None]
    nonce: Mapped[Words | None]
    document: Mapped[Document]
    revision: Mapped[int] = mapped_column(Number)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    edited_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AuditRow(Base):
    """One thing that an admin did."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_community", "community_id", "id"),
        Index("ix_audit_log_member", "member_id", postgresql_where="member_id IS NOT NULL"),
    )

    id: Mapped[Key]
    community_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("communities.id", ondelete="CASCADE")
    )
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="SET NULL"))
    action: Mapped[Words]
    detail: Mapped[Words]
    at: Mapped[Instant]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
