"""Where we are and who is there."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.services.commands import Platform
from bot.services.repositories.people import CodePurpose
from bot.storage.tables.base import Base, Instant, Key, StorableText, Word, Words, one_of


class PersonRow(Base):
    """One human, known by several accounts: the members that carry this id."""

    __tablename__ = "persons"

    id: Mapped[Key]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class LeagueRow(Base):
    """Communities that share a leaderboard: those that carry this id."""

    __tablename__ = "leagues"

    id: Mapped[Key]
    name: Mapped[Words]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class CommunityRow(Base):
    """A guild, a workspace or the playground.

    ``left_at`` is when we were removed from it: nothing is posted there, and what it had is kept for a while.
    ``kept_from`` is a day whose leaderboards are all kept; see ``bot.domain.periods.is_kept``.
    ``rewritten`` rises when a challenge day is withdrawn: marks of streaks from before count no more.
    """

    __tablename__ = "communities"
    __table_args__ = (
        UniqueConstraint("platform", "external_id"),
        one_of("platform", Platform),
        Index("ix_communities_league", "league_id", postgresql_where="league_id IS NOT NULL"),
        Index("ix_communities_left", "left_at", postgresql_where="left_at IS NOT NULL"),
    )

    id: Mapped[Key]
    platform: Mapped[Word]
    external_id: Mapped[Words]
    name: Mapped[Words]
    zone: Mapped[Word] = mapped_column(server_default="UTC")
    league_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("leagues.id", ondelete="SET NULL"))
    left_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    kept_from: Mapped[date] = mapped_column(server_default="0001-01-01")
    rewritten: Mapped[int] = mapped_column(server_default="0")


class ChannelRow(Base):
    """A place to post; with ``post_at`` and ``zone`` it has a schedule."""

    __tablename__ = "channels"
    __table_args__ = (
        UniqueConstraint("community_id", "external_id"),
        CheckConstraint("(post_at IS NULL) = (zone IS NULL)", name="whole_schedule"),
        CheckConstraint("post_at IS NOT NULL OR next_due_at IS NULL", name="due_by_schedule"),
        CheckConstraint("days <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[]", name="weekdays"),
        Index("ix_channels_due", "next_due_at", postgresql_where="next_due_at IS NOT NULL AND paused = ''"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("communities.id", ondelete="CASCADE"))
    external_id: Mapped[Words]
    name: Mapped[Words]
    post_at: Mapped[time | None]
    zone: Mapped[str | None]
    days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{1,2,3,4,5,6,7}")
    holidays: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default="{}")
    topics: Mapped[list[str]] = mapped_column(ARRAY(StorableText), server_default="{}")
    difficulties: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    question: Mapped[bool] = mapped_column(server_default="true")
    challenge: Mapped[bool] = mapped_column(server_default="true")
    paused: Mapped[Words] = mapped_column(server_default="")
    next_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    language: Mapped[Word] = mapped_column(server_default="en")
    ping: Mapped[Words] = mapped_column(server_default="")

    community: Mapped[CommunityRow] = relationship(lazy="raise", viewonly=True)


class MemberRow(Base):
    """An account as known in one community; a person has one there. ``hidden`` ones no other member sees.

    ``turn`` rises whenever something is recorded that decisions about the member hang on: whoever decides
    looks first, and what they write is recorded only if it is the same turn still.
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("community_id", "external_id"),
        UniqueConstraint("id", "community_id"),
        UniqueConstraint("person_id", "community_id"),
        Index("ix_members_account", "external_id"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("communities.id", ondelete="CASCADE"))
    external_id: Mapped[Words]
    name: Mapped[Words]
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("persons.id", ondelete="SET NULL"))
    hidden: Mapped[bool] = mapped_column(server_default="false")
    turn: Mapped[int] = mapped_column(server_default="0")

    community: Mapped[CommunityRow] = relationship(lazy="raise", viewonly=True)


class CodeRow(Base):
    """A one-time code that a member asked for, as its digest: it cannot be read back."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        UniqueConstraint("purpose", "digest"),
        UniqueConstraint("purpose", "member_id"),
        one_of("purpose", CodePurpose),
    )

    id: Mapped[Key]
    purpose: Mapped[Word]
    digest: Mapped[Word]
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    expires_at: Mapped[Instant]


class CodeFailureRow(Base):
    """A wrong code that a member entered: too many in a short time, and none is looked at."""

    __tablename__ = "code_failures"
    __table_args__ = (Index("ix_code_failures_member", "member_id", "at"),)

    id: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("members.id", ondelete="CASCADE"))
    at: Mapped[Instant]
