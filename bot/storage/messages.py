"""The playground's chat history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.messages import NewMessage, StoredMessage
from bot.services.ports import Topic
from bot.storage.signals import CHANNEL
from bot.storage.tables import PlaygroundMessageRow
from bot.storage.values import utc

TURN = text("SELECT pg_advisory_xact_lock(:key)")
TURN_KEY = 0x63686174
"""Key of the advisory lock of writers ("chat" in ASCII): revisions are committed in their order."""
RING = text("SELECT pg_notify(:channel, :topic)")
NEXT_REVISION = (
    select(func.coalesce(func.max(PlaygroundMessageRow.revision), 0) + 1).correlate(None).scalar_subquery()
)

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]


class SqlMessages:
    """Implements ``bot.services.messages.Messages``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, message: NewMessage) -> StoredMessage:
        """Keep a message; with a nonce known in the channel, return the message kept then."""
        async with self._transaction() as session:
            await session.execute(TURN, {"key": TURN_KEY})
            made = await session.scalars(
                insert(PlaygroundMessageRow)
                .values(
                    channel=message.channel,
                    author=message.author,
                    private_to=message.private_to,
                    nonce=message.nonce,
                    document=dict(message.document),
                    revision=NEXT_REVISION,
                )
                .on_conflict_do_nothing(index_elements=["channel", "nonce"])
                .returning(PlaygroundMessageRow)
            )
            row = made.one_or_none()
            if row is None:
                known = select(PlaygroundMessageRow).where(
                    PlaygroundMessageRow.channel == message.channel,
                    PlaygroundMessageRow.nonce == message.nonce,
                )
                return _stored((await session.scalars(known)).one())
            await session.execute(RING, {"channel": CHANNEL, "topic": str(Topic.MESSAGES)})
            return _stored(row)

    async def edit(
        self, message: int, document: Mapping[str, Any], *, only_revision: int | None = None
    ) -> StoredMessage | None:
        """Replace the document and give the message a new revision; None when it is not as expected."""
        async with self._transaction() as session:
            await session.execute(TURN, {"key": TURN_KEY})
            statement = update(PlaygroundMessageRow).where(PlaygroundMessageRow.id == message)
            if only_revision is not None:
                statement = statement.where(PlaygroundMessageRow.revision == only_revision)
            changed = await session.scalars(
                statement.values(
                    document=dict(document), revision=NEXT_REVISION, edited_at=func.now()
                ).returning(PlaygroundMessageRow),
                execution_options={"synchronize_session": False},
            )
            row = changed.one_or_none()
            if row is None:
                return None
            await session.execute(RING, {"channel": CHANNEL, "topic": str(Topic.MESSAGES)})
            return _stored(row)

    async def get(self, message: int) -> StoredMessage | None:
        """A message by id."""
        async with self._transaction() as session:
            row = await session.get(PlaygroundMessageRow, message)
            return _stored(row) if row else None

    async def before(
        self, channel: str, reader: str, message: int | None, limit: int
    ) -> Sequence[StoredMessage]:
        """The last ``limit`` messages (ids below ``message``) that the reader may see, oldest first."""
        statement = (
            select(PlaygroundMessageRow)
            .where(
                PlaygroundMessageRow.channel == channel,
                or_(PlaygroundMessageRow.private_to.is_(None), PlaygroundMessageRow.private_to == reader),
            )
            .order_by(PlaygroundMessageRow.id.desc())
            .limit(limit)
        )
        if message is not None:
            statement = statement.where(PlaygroundMessageRow.id < message)
        async with self._transaction() as session:
            rows = (await session.scalars(statement)).all()
        return [_stored(row) for row in reversed(rows)]

    async def since(self, channel: str, revision: int, limit: int) -> Sequence[StoredMessage]:
        """Messages with a higher revision, of all readers, by ascending revision."""
        async with self._transaction() as session:
            rows = await session.scalars(
                select(PlaygroundMessageRow)
                .where(PlaygroundMessageRow.channel == channel, PlaygroundMessageRow.revision > revision)
                .order_by(PlaygroundMessageRow.revision)
                .limit(limit)
            )
            return [_stored(row) for row in rows]

    async def latest_revision(self) -> int:
        """The highest revision given so far; 0 in an empty history."""
        async with self._transaction() as session:
            latest = select(func.coalesce(func.max(PlaygroundMessageRow.revision), 0))
            return (await session.scalars(latest)).one()


def _stored(row: PlaygroundMessageRow) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        revision=row.revision,
        channel=row.channel,
        author=row.author,
        document=row.document,
        private_to=row.private_to,
        created_at=utc(row.created_at),
        edited_at=utc(row.edited_at) if row.edited_at else None,
    )
