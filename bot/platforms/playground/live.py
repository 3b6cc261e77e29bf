"""Live updates: one task follows the history and hands every change to the open pages.

Whatever process wrote a message (a verdict comes from another one), it reaches the pages the same way: the
history says what changed since the last revision seen. A bell makes it quick, a poll makes it certain.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

from bot.platforms.playground.messages import History, Message
from bot.platforms.playground.people import CHANNEL
from bot.platforms.playground.render import Renderer
from bot.services.errors import Unavailable
from bot.services.ports import Signals, Topic

logger = logging.getLogger(__name__)

CLIENT_LIMIT = 64
"""Pages that may be open at once."""
BACKLOG = 256
"""Messages that may wait for one slow page; beyond that it is cut off and catches up when it reconnects."""
POLL_S = 2.0
"""How long a lost signal can delay a message."""
HEARTBEAT_S = 15.0
"""How often a quiet stream says that it lives, so that a dead one is noticed."""


class TooManyClients(Exception):
    """As many pages are open as we allow."""


class Live:
    """The open pages. Follows the history only while there is a page to tell."""

    def __init__(
        self, history: History, signals: Signals, renderer: Renderer, *, client_limit: int = CLIENT_LIMIT
    ) -> None:
        self._history = history
        self._signals = signals
        self._renderer = renderer
        self._client_limit = client_limit
        self._queues: set[asyncio.Queue[Message | None]] = set()
        self._follower: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def clients(self) -> int:
        """How many pages are open."""
        return len(self._queues)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for queue in self._queues:
            self._end(queue)

    async def stream(self, reader: str, after: int) -> AsyncIterator[str]:
        """Server-sent events for one reader: first what changed after a revision, then what changes.

        Raises ``TooManyClients`` or ``Unavailable`` at the first step, never later.
        """
        if len(self._queues) >= self._client_limit:
            raise TooManyClients
        queue: asyncio.Queue[Message | None] = asyncio.Queue(BACKLOG)
        self._queues.add(queue)
        greeted = False
        try:
            if self._closed:
                return
            # From here on the queue gets every change; what came before it is read below.
            self._follow(await self._history.latest_revision())
            greeted = True
            yield ": welcome\n\n"
            seen = after
            while missed := await self._history.since(CHANNEL, seen, BACKLOG):
                for message in missed:
                    seen = message.revision
                    yield self._event(message, reader)
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        change = await queue.get()
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if change is None:
                    return
                if change.revision > seen:
                    yield self._event(change, reader)
        except Unavailable:
            if not greeted:
                raise
            # The page connects again and says what it saw last.
        finally:
            self._queues.discard(queue)
            if not self._queues and self._follower:
                self._follower.cancel()
                self._follower = None

    def _event(self, message: Message, reader: str) -> str:
        if not message.visible_to(reader):
            return f"id: {message.revision}\n\n"
        data = json.dumps(self._renderer.message(message, reader).as_json())
        return f"id: {message.revision}\nevent: message\ndata: {data}\n\n"

    def _follow(self, start: int) -> None:
        if self._follower is None or self._follower.done():
            self._follower = asyncio.create_task(self._follow_history(start), name="playground-live")

    async def _follow_history(self, revision: int) -> None:
        bell = self._signals.bell(Topic.MESSAGES)
        try:
            while True:
                try:
                    while changes := await self._history.since(CHANNEL, revision, BACKLOG):
                        for message in changes:
                            revision = message.revision
                            self._tell(message)
                except Unavailable:
                    logger.warning("the playground's history cannot be read; trying again", exc_info=True)
                await bell.wait(POLL_S)
        finally:
            bell.close()

    def _tell(self, message: Message) -> None:
        for queue in list(self._queues):
            try:
                queue.put_nowait(message)
            except asyncio.QueueFull:
                self._end(queue)

    @staticmethod
    def _end(queue: asyncio.Queue[Message | None]) -> None:
        with suppress(asyncio.QueueEmpty):
            while queue.full():
                queue.get_nowait()
        queue.put_nowait(None)
