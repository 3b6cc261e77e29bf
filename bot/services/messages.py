"""The port for a chat history that we keep ourselves: the playground's, which has no platform to keep it.

The document of a message is JSON that only the playground reads. Every call is a transaction of its own,
and every change rings ``Topic.MESSAGES`` with its commit. A lost database is ``Unavailable``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message about to be kept.

    ``private_to`` is the author id of its only reader, None for everybody. A ``nonce`` makes a repeated
    ``add`` the same message.
    """

    channel: str
    author: str
    document: Mapping[str, Any]
    private_to: str | None = None
    nonce: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message as kept. ``revision`` rises over the whole history with every message and every edit."""

    id: int
    revision: int
    channel: str
    author: str
    document: Mapping[str, Any]
    private_to: str | None
    created_at: datetime
    edited_at: datetime | None = None


class Messages(Protocol):
    """Keeps messages. Revisions become visible in their order: a reader who goes on from the highest one
    it has seen misses nothing (writers take turns).
    """

    async def add(self, message: NewMessage) -> StoredMessage:
        """Keep a message; with a nonce known in the channel, return the message kept then, unchanged."""

    async def edit(
        self, message: int, document: Mapping[str, Any], *, only_revision: int | None = None
    ) -> StoredMessage | None:
        """Replace the document and give the message a new revision.

        None, and nothing changes, when there is no such message or when ``only_revision`` is given and is
        not the message's revision any more.
        """

    async def get(self, message: int) -> StoredMessage | None:
        """A message by id."""

    async def before(
        self, channel: str, reader: str, message: int | None, limit: int
    ) -> Sequence[StoredMessage]:
        """The last ``limit`` messages (ids below ``message``) that the reader may see, oldest first."""

    async def since(self, channel: str, revision: int, limit: int) -> Sequence[StoredMessage]:
        """Messages with a higher revision, of all readers, by ascending revision."""

    async def latest_revision(self) -> int:
        """The highest revision given so far; 0 in an empty history."""
