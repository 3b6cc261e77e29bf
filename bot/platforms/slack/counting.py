"""How many have answered, shown on the posted question: changed now and then, not with every answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bot.platforms.slack import cards
from bot.platforms.slack.client import FAILURES
from bot.platforms.slack.events import Event
from bot.platforms.slack.replies import Replies, error_name
from bot.services.app import Services
from bot.services.commands import Actor
from bot.services.errors import ServiceError

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""A question is changed at most so often: ``chat.update`` allows about fifty a minute in a workspace."""
MOST_PENDING = 2_000


class Counts:
    """Questions whose number of answers has changed and is about to be shown."""

    def __init__(self, services: Services, replies: Replies, every_s: float = EVERY_S) -> None:
        self._services = services
        self._replies = replies
        self._every_s = every_s
        self._pending: dict[tuple[str, str], asyncio.Task[None]] = {}

    def changed(self, event: Event, actor: Actor, posting: int, body: Mapping[str, Any]) -> None:
        """Somebody has answered in the message that ``body`` tells of; private ones cannot be changed."""
        container = body.get("container") or {}
        ts = str(container.get("message_ts") or "")
        key = (event.channel, ts)
        if container.get("is_ephemeral") or not ts or event.view or key in self._pending:
            return
        if len(self._pending) < MOST_PENDING:
            task = asyncio.ensure_future(self._show(event, actor, posting, ts))
            self._pending[key] = task
            task.add_done_callback(lambda _: self._pending.pop(key, None))

    async def close(self) -> None:
        """Leave what is pending; the numbers are right again with the next answer or the recap."""
        tasks = list(self._pending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(self, event: Event, actor: Actor, posting: int, ts: str) -> None:
        await asyncio.sleep(self._every_s)
        try:
            shown = cards.question(await self._services.quiz.show(actor, posting))
            # Without metadata in it, an update leaves the message's own: the recap finds the question by it.
            await self._replies.web(event).chat_update(
                channel=event.channel, ts=ts, text=shown.text, blocks=shown.blocks
            )
        except ServiceError as error:
            log.info("the number of answers is not shown: %s", error)
        except FAILURES as error:
            log.info("the number of answers is not shown: %s", error_name(error))
