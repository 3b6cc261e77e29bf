"""Answers to interactions: always acknowledged in time, in one call when the answer is quick.

Discord waits three seconds for the first reaction; after that the interaction is lost. Work that takes longer
than ``ACKNOWLEDGE_AFTER_S`` is acknowledged first, and its answer then replaces "is thinking".
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from bot.platforms.discord.render import AnyCard, draw
from bot.services.cards import Notice
from bot.services.community_banks import WrittenFile
from bot.services.errors import Refusal

log = structlog.get_logger(__name__)

ACKNOWLEDGE_AFTER_S = 0.4
"""Leaves most of the three seconds for the network, a burst of commands and a busy event loop."""
DIALOG_AFTER_S = 2.0
"""A dialog has to be the first reaction, so it is waited for as long as that is safe."""
DRAIN_S = 3.0
ALREADY_ACKNOWLEDGED = 40060
"""Discord's error code when an earlier attempt, or another replica, has answered."""
UNKNOWN_INTERACTION = 10062
"""Discord's error code when the three seconds, or the interaction, are over."""
TOO_SLOW = "That took too long just now. Please press it again in a moment."
OUR_FAULT = "Something went wrong on our side. Nothing of yours is lost: please try again in a moment."

NONE = discord.AllowedMentions.none()
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
"""What Discord changes in the name of a file."""


async def outcome(work: Awaitable[AnyCard]) -> AnyCard:
    """The card, or a notice with the reason why there is none. Faults of ours are logged."""
    try:
        return await work
    except Refusal as refusal:
        return Notice(refusal.text, ok=False)
    except Exception:
        log.exception("an interaction failed")
        return Notice(OUR_FAULT, ok=False)


class Answers:
    """Answers interactions; ``after_s`` is how long an answer may take before it is acknowledged first,
    ``dialog_after_s`` how long a dialog may take before another answer is given.
    """

    def __init__(self, after_s: float = ACKNOWLEDGE_AFTER_S, dialog_after_s: float = DIALOG_AFTER_S) -> None:
        self._after_s = after_s
        self._dialog_after_s = dialog_after_s
        self._busy: set[asyncio.Task[Any]] = set()

    def track(self) -> None:
        """Count the running task as busy with an answer until it ends."""
        task = asyncio.current_task()
        if task is not None and task not in self._busy:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def drain(self, grace_s: float = DRAIN_S) -> None:
        """Let answers that are being given come to their end; what takes longer than ``grace_s`` is left."""
        busy = self._busy - {asyncio.current_task()}
        if not busy:
            return
        _, late = await asyncio.wait(busy, timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def answer(self, interaction: discord.Interaction[Any], work: Awaitable[AnyCard]) -> AnyCard:
        """Answer privately with what ``work`` gives, and return it."""
        return await self._give(interaction, work, update=False)

    async def update(self, interaction: discord.Interaction[Any], work: Awaitable[AnyCard]) -> AnyCard:
        """Put what ``work`` gives in place of the message whose button was pressed."""
        return await self._give(interaction, work, update=True)

    async def acknowledge(self, interaction: discord.Interaction[Any]) -> bool:
        """Say at once that a private answer comes; False when Discord does not wait for it any more."""
        self.track()
        return await _quietly(interaction.response.defer(ephemeral=True, thinking=True))

    async def replace(
        self, interaction: discord.Interaction[Any], card: AnyCard, file: WrittenFile | None = None
    ) -> None:
        """Put a card, perhaps with a file, where the acknowledgement or the card before is."""
        drawn = draw(card)
        attachments = []
        if file is not None:
            name = UNSAFE.sub("_", file.name)[-80:].lstrip("._") or "file"
            drawn.pieces.append(discord.ui.File(media=f"attachment://{name}"))
            attachments.append(discord.File(io.BytesIO(file.content), filename=name))
        await interaction.edit_original_response(
            view=drawn.view(), attachments=attachments, allowed_mentions=NONE
        )

    async def open(
        self,
        interaction: discord.Interaction[Any],
        dialog: Awaitable[discord.ui.Modal],
        otherwise: Callable[[], discord.ui.Modal] | None = None,
    ) -> None:
        """Open a dialog, which has to be the first reaction: when it is slow, ``otherwise`` makes it."""
        self.track()
        task = asyncio.ensure_future(dialog)
        await asyncio.wait({task}, timeout=self._dialog_after_s)
        if task.done():
            try:
                modal = task.result()
            except Refusal as refusal:
                await self.answer(interaction, _known(Notice(refusal.text, ok=False)))
                return
            except Exception:
                log.exception("a dialog failed")
                await self.answer(interaction, _known(Notice(OUR_FAULT, ok=False)))
                return
        elif otherwise is not None:
            task.cancel()
            modal = otherwise()
        else:
            task.cancel()
            await self.answer(interaction, _known(Notice(TOO_SLOW, ok=False)))
            return
        await _quietly(interaction.response.send_modal(modal))

    async def _give(
        self, interaction: discord.Interaction[Any], work: Awaitable[AnyCard], *, update: bool
    ) -> AnyCard:
        self.track()
        task = asyncio.ensure_future(outcome(work))
        await asyncio.wait({task}, timeout=self._after_s)
        if not task.done():
            deferred = interaction.response.defer(ephemeral=True, thinking=not update)
            if not await _quietly(deferred):
                return await task
            card = await task
            await self.replace(interaction, card)
            return card
        card = task.result()
        view = draw(card).view()
        if update and not isinstance(card, Notice):
            await _quietly(interaction.response.edit_message(view=view, allowed_mentions=NONE))
        else:
            send = interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NONE)
            await _quietly(send)
        return card


async def _known(card: AnyCard) -> AnyCard:
    return card


async def _quietly(call: Awaitable[Any]) -> bool:
    """Await a first reaction; False when somebody else gave it, or Discord has stopped waiting."""
    try:
        await call
    except discord.HTTPException as error:
        if error.code == ALREADY_ACKNOWLEDGED:
            return True
        if error.code == UNKNOWN_INTERACTION:
            log.warning("an interaction was acknowledged too late")
            return False
        raise
    return True
