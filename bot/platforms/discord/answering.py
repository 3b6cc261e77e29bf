"""Answers to interactions: always acknowledged in time, in one call when the answer is quick.

Discord waits three seconds for the first reaction; after that the interaction is lost. Work that takes longer
than ``ACKNOWLEDGE_AFTER_S`` is acknowledged first, and its answer then replaces "is thinking".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

import discord
import structlog

from bot.locales import language_of, msgid, speaking
from bot.platforms.discord.render import AnyCard, draw
from bot.services.cards import Notice
from bot.services.errors import Refusal
from bot.services.panels import Panel

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
TOO_SLOW = msgid("That took too long just now. Please press it again in a moment.")
OUR_FAULT = msgid("Something went wrong on our side. Nothing of yours is lost: please try again in a moment.")

BELOW = msgid("It is below, for everybody here to see.")

NONE = discord.AllowedMentions.none()


class Place(Enum):
    """Where an answer goes."""

    PRIVATE = "private"
    """A message of its own, for one reader."""
    HERE = "here"
    """In place of the message whose button was pressed."""
    ALOUD = "aloud"
    """A message of its own, for everybody in the channel."""


def place_of(interaction: discord.Interaction[Any], card: AnyCard, *, turns: bool) -> Place:
    """Where a card goes that answers; ``turns`` says that it may take the place of what was pressed.

    A panel takes the place of another only where the same people read it, so that what is private never
    appears in front of everybody.
    """
    if isinstance(card, Panel):
        pressed = interaction.message
        alone = interaction.guild_id is None or (pressed is not None and pressed.flags.ephemeral)
        if turns and card.replaces and pressed is not None and alone != card.public:
            return Place.HERE
        return Place.ALOUD if card.public else Place.PRIVATE
    return Place.HERE if turns and not isinstance(card, Notice) else Place.PRIVATE


def language(interaction: discord.Interaction[Any]) -> str:
    """The language of whoever did it, of those there are."""
    return language_of(str(interaction.locale))


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
        """Answer with what ``work`` gives, privately unless it is a public panel, and return it."""
        return await self._give(interaction, work, turns=False)

    async def update(self, interaction: discord.Interaction[Any], work: Awaitable[AnyCard]) -> AnyCard:
        """Put what ``work`` gives in place of the message that was pressed; a notice comes beside it."""
        return await self._give(interaction, work, turns=True)

    async def acknowledge(self, interaction: discord.Interaction[Any]) -> bool:
        """Say at once that a private answer comes; False when Discord does not wait for it any more."""
        self.track()
        return await _quietly(interaction.response.defer(ephemeral=True, thinking=True))

    async def replace(self, interaction: discord.Interaction[Any], card: AnyCard) -> None:
        """Put a card where the acknowledgement or the card before is."""
        drawn = draw(card, language(interaction))
        await interaction.edit_original_response(
            view=drawn.view, attachments=drawn.files, allowed_mentions=NONE
        )

    async def open(
        self,
        interaction: discord.Interaction[Any],
        dialog: Awaitable[discord.ui.Modal],
        otherwise: Callable[[], discord.ui.Modal] | None = None,
    ) -> None:
        """Open a dialog, which has to be the first reaction: when it is slow, ``otherwise`` makes it."""
        self.track()
        with speaking(language(interaction)):
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
            with speaking(language(interaction)):
                modal = otherwise()
        else:
            task.cancel()
            await self.answer(interaction, _known(Notice(TOO_SLOW, ok=False)))
            return
        await _quietly(interaction.response.send_modal(modal))

    async def _give(
        self, interaction: discord.Interaction[Any], work: Awaitable[AnyCard], *, turns: bool
    ) -> AnyCard:
        self.track()
        task = asyncio.ensure_future(outcome(work))
        await asyncio.wait({task}, timeout=self._after_s)
        if task.done():
            await _quietly(self._respond(interaction, task.result(), turns))
        elif await _quietly(interaction.response.defer(ephemeral=True, thinking=not turns)):
            await self._follow(interaction, await task, turns)
        return await task

    async def _respond(self, interaction: discord.Interaction[Any], card: AnyCard, turns: bool) -> None:
        """The first reaction, with the answer in it."""
        drawn, place = draw(card, language(interaction)), place_of(interaction, card, turns=turns)
        if place is Place.HERE:
            await interaction.response.edit_message(
                view=drawn.view, attachments=drawn.files, allowed_mentions=NONE
            )
        else:
            await interaction.response.send_message(
                view=drawn.view,
                files=drawn.files,
                ephemeral=place is Place.PRIVATE,
                allowed_mentions=NONE,
            )

    async def _follow(self, interaction: discord.Interaction[Any], card: AnyCard, turns: bool) -> None:
        """The answer after an acknowledgement, which for a command is "is thinking"."""
        place = place_of(interaction, card, turns=turns)
        if place is Place.HERE or (place is Place.PRIVATE and not turns):
            await self.replace(interaction, card)
            return
        if not turns:
            await self.replace(interaction, Notice(BELOW))
        drawn = draw(card, language(interaction))
        await interaction.followup.send(
            view=drawn.view, files=drawn.files, ephemeral=place is Place.PRIVATE, allowed_mentions=NONE
        )


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
