"""How many have answered, shown on the question itself: edited now and then, not with every answer."""

from __future__ import annotations

import asyncio

import discord
import structlog

from bot.platforms.discord.render import draw
from bot.services.app import Services
from bot.services.commands import Actor
from bot.services.errors import ServiceError

log = structlog.get_logger(__name__)

EVERY_S = 5.0
"""A question is edited at most so often; Discord allows five edits in five seconds for a whole channel."""
MOST_PENDING = 2_000


class Counts:
    """Questions whose number of answers has changed and is about to be shown."""

    def __init__(self, services: Services, every_s: float = EVERY_S) -> None:
        self._services = services
        self._every_s = every_s
        self._pending: dict[int, asyncio.Task[None]] = {}

    def changed(self, message: discord.Message, actor: Actor, posting: int, mark: str, language: str) -> None:
        """Somebody has answered the question in ``message``, which is in this language."""
        if message.id in self._pending or len(self._pending) >= MOST_PENDING:
            return
        task = asyncio.create_task(self._show(message, actor, posting, mark, language))
        self._pending[message.id] = task
        task.add_done_callback(lambda _: self._pending.pop(message.id, None))

    async def close(self) -> None:
        """Leave what is pending; the numbers are right again with the next answer or the recap."""
        tasks = list(self._pending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(
        self, message: discord.Message, actor: Actor, posting: int, mark: str, language: str
    ) -> None:
        await asyncio.sleep(self._every_s)
        try:
            card = await self._services.quiz.show(actor, posting)
            await message.edit(
                view=draw(card, language, mark=mark).view, allowed_mentions=discord.AllowedMentions.none()
            )
        except (ServiceError, discord.HTTPException) as error:
            log.info("the number of answers is not shown", reason=str(error))
