"""Where the Slack app is installed, and installations that were begun."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, Instant, Word, Words


class InstallationRow(Base):
    """The app in one workspace; ``sealed`` is its token, encrypted."""

    __tablename__ = "slack_installations"

    workspace: Mapped[Word] = mapped_column(primary_key=True)
    name: Mapped[Words]
    bot_user: Mapped[Word]
    bot: Mapped[Word]
    sealed: Mapped[Word]
    scopes: Mapped[Word]
    installed_by: Mapped[Word]
    installed_at: Mapped[Instant]


class InstallationStateRow(Base):
    """An installation somebody has begun: the digest of what Slack has to bring back."""

    __tablename__ = "slack_installation_states"
    __table_args__ = (Index("ix_slack_installation_states_expires_at", "expires_at"),)

    digest: Mapped[Word] = mapped_column(primary_key=True)
    expires_at: Mapped[Instant]
