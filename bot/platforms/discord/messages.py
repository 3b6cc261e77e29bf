"""Code in ordinary messages: one that mentions the bot or replies to it, and direct messages.

Discord hands out the text of exactly these without the privileged intent for message content.
"""

from __future__ import annotations

from typing import Any

import discord
import structlog

from bot.domain.content import SourceFile
from bot.locales import language_of, msgid
from bot.platforms.discord import actors, buttons
from bot.platforms.discord.answering import NONE, Answers, outcome
from bot.platforms.discord.attachments import Downloads
from bot.platforms.discord.conversation import show_until_verdict
from bot.platforms.discord.reading import has_block, named_challenge, replied_challenge
from bot.platforms.discord.render import AnyCard, draw
from bot.services.app import Services
from bot.services.cards import Notice
from bot.services.commands import Actor, ReplyTarget, SubmitCode

log = structlog.get_logger(__name__)

HANDING_IN = Notice(msgid("Handing in your code…"))
HOW = Notice(
    msgid(
        "To hand in code, mention me with a code block (three backticks before and after) or a file, "
        "reply to the challenge with one, or type `/submit`. `/help` shows everything."
    )
)


class Messages:
    """Answers messages to the bot by a reply, in which receipt and verdict then appear."""

    def __init__(self, services: Services, answers: Answers, downloads: Downloads) -> None:
        self._services = services
        self._answers = answers
        self._downloads = downloads

    async def received(self, message: discord.Message, me: discord.abc.User) -> None:
        """A message came in; everything that is not for the bot is passed over."""
        if message.author.bot or not _is_for(message, me):
            return
        self._answers.track()
        if not has_block(message.content) and not message.attachments:
            if message.guild is None or not replied_challenge(message):
                await self._reply(message, HOW)
            return
        placeholder = await self._reply(message, HANDING_IN)
        reply = ReplyTarget()
        if placeholder is not None:
            reply = ReplyTarget(
                message=f"{placeholder.channel.id}:{placeholder.id}", language=_language(message)
            )
        actor = actors.of_message(message)
        card = await outcome(self._submit(message, actor, reply))
        if placeholder is None:
            return
        shown = placeholder

        language = _language(message)

        async def show(card: AnyCard) -> None:
            drawn = draw(card, language)
            await shown.edit(view=drawn.view, attachments=drawn.files, allowed_mentions=NONE)

        await show_until_verdict(self._services, actor, card, show)

    async def _submit(self, message: discord.Message, actor: Actor, reply: ReplyTarget) -> AnyCard:
        files: tuple[SourceFile, ...] = ()
        if not has_block(message.content):
            files = await self._downloads.sources([each.to_dict() for each in message.attachments])
        return await self._services.submissions.submit(
            SubmitCode(
                actor=actor,
                event_id=str(message.id),
                challenge=await self._challenge(message, actor),
                text="" if files else message.content,
                files=files,
                at=message.created_at,
                reply=reply,
            )
        )

    async def _challenge(self, message: discord.Message, actor: Actor) -> str | None:
        replied = replied_challenge(message)
        if replied and not replied.endswith(buttons.SHORTENED):
            return replied
        challenges = await self._services.challenges.names(actor)
        if replied:
            start = replied.removesuffix(buttons.SHORTENED)
            return next((key for key, _ in challenges if key.startswith(start)), None)
        return named_challenge(message.content, challenges)

    async def _reply(self, message: discord.Message, card: AnyCard) -> Any | None:
        """Reply once, also when the gateway tells of the message twice; None where that is not allowed."""
        try:
            return await message.reply(
                view=draw(card, _language(message)).view,
                nonce=str(message.id),
                allowed_mentions=NONE,
                mention_author=False,
            )
        except (discord.Forbidden, discord.NotFound) as error:
            log.info("cannot reply to a message", reason=str(error))
            return None


def _language(message: discord.Message) -> str:
    """What is spoken where a message was written: the writer's own language is not told."""
    return language_of(str(message.guild.preferred_locale)) if message.guild is not None else "en"


def _is_for(message: discord.Message, me: discord.abc.User) -> bool:
    return message.guild is None or any(user.id == me.id for user in message.mentions)
