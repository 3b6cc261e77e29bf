"""The connection to Discord: which events are asked for, and to whom they go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.platforms.discord.addresses import gateway_of
from bot.platforms.discord.admin import Admin
from bot.platforms.discord.admin_commands import add_admin_commands
from bot.platforms.discord.answering import Answers
from bot.platforms.discord.attachments import Downloads
from bot.platforms.discord.buttons import Button
from bot.platforms.discord.commands import Tree, add_commands
from bot.platforms.discord.completing import Completions
from bot.platforms.discord.conversation import Conversation
from bot.platforms.discord.counting import Counts
from bot.platforms.discord.feature_commands import add_feature_commands
from bot.platforms.discord.messages import Messages
from bot.platforms.discord.registering import register
from bot.platforms.discord.translating import Translator
from bot.services.app import Services
from bot.services.commands import Platform
from bot.services.community_banks import BankFiles
from bot.services.errors import ServiceError

log = structlog.get_logger(__name__)

TRY_AGAIN_S = (1.0, 5.0, 30.0, 300.0)
"""Pauses while the database does not take what Discord tells only once."""


def intents() -> discord.Intents:
    """Guilds and channels, and messages for those that mention the bot. Nothing that needs approval."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    return wanted


class WarmupClient(discord.AutoShardedClient):
    """One bot account on as many shards as Discord asks for. Keeps no members and no messages."""

    def __init__(
        self,
        services: Services,
        files: BankFiles | None = None,
        *,
        answers: Answers | None = None,
        counts: Counts | None = None,
    ) -> None:
        super().__init__(
            intents=intents(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30.0,
        )
        self._services = services
        self._downloads = Downloads()
        self._counts = counts or Counts(services)
        answers = self._answers = answers or Answers()
        self.conversation = Conversation(services, answers, self._downloads, self._counts)
        self._messages = Messages(services, answers, self._downloads)
        self.tree = Tree(self, self.conversation)
        completions = Completions(services)
        add_commands(self.tree, self.conversation, completions)
        add_admin_commands(self.tree, Admin(services, answers, self._downloads, files))
        add_feature_commands(self.tree, self.conversation.features, completions)

    async def setup_hook(self) -> None:
        """Before the gateway is dialled: buttons of any age are known, commands are registered if changed."""
        self.add_dynamic_items(Button)
        await self.tree.set_translator(Translator())
        await gateway_of(self.http)
        try:
            await register(self.tree)
        except (discord.HTTPException, app_commands.AppCommandError) as error:
            log.error("commands could not be registered; the known ones stay", reason=str(error))

    async def close(self) -> None:
        """Give the answers that are under way, then leave the gateway."""
        await self._answers.drain()
        await self._counts.close()
        await self._downloads.close()
        await super().close()

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button was pressed."""
        await self.conversation.press(interaction, custom_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Dialogs; commands and buttons find their way by themselves."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.conversation.dialog(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """A message, of which only some have a text for us."""
        if self.user is not None:
            await self._messages.received(message, self.user)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Added to a server, perhaps again: what was kept of it is there."""
        await self._told_of(guild, self._services.leaving.came_back)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Removed from a server: it hears no more of us, and what it had is kept for the retention time."""
        await self._told_of(guild, self._services.leaving.left)

    async def _told_of(self, guild: discord.Guild, tell: Callable[[Platform, str], Awaitable[bool]]) -> None:
        for pause_s in TRY_AGAIN_S:
            try:
                await tell(Platform.DISCORD, str(guild.id))
                return
            except ServiceError as error:
                log.warning("cannot note that a server came or went", guild=guild.id, reason=str(error))
                await asyncio.sleep(pause_s)

    async def on_ready(self) -> None:
        """Connected."""
        log.info("connected to Discord", guilds=len(self.guilds), shards=self.shard_count)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A handler failed: say so in the log and go on."""
        log.exception("a Discord event failed", event=event_method)


async def connect(client: WarmupClient, token: str) -> bool:
    """Be connected until cancelled; False when Discord does not accept the token.

    discord.py reconnects and resumes by itself. What it gives up on is raised, for a new client to try.
    """
    try:
        async with client:
            await client.start(token)
    except discord.LoginFailure:
        return False
    raise ConnectionError("the connection to Discord ended")
