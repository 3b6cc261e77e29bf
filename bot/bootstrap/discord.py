"""Discord, as far as the settings ask for it. What is wrong with it stops nothing else.

The client library is imported only where there is a token: it takes a third of a second and 20 MB.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import structlog

from bot.bootstrap.bank_files import UploadedBanks
from bot.bootstrap.clock import SystemClock
from bot.bootstrap.failures import CannotStart
from bot.bootstrap.loops import keep_going
from bot.config import Settings
from bot.services.app import Services
from bot.services.commands import Platform
from bot.services.ports import Poster, Roles
from bot.storage.turns import Turn

log = structlog.get_logger(__name__)


@asynccontextmanager
async def discord_poster(settings: Settings) -> AsyncIterator[dict[Platform, Poster]]:
    """The way to post on Discord, when there is a token. Raises ``CannotStart`` for a bad address."""
    if settings.discord_token is None:
        yield {}
        return
    from bot.platforms.discord.poster import DiscordPoster

    _set_base(settings)
    poster = DiscordPoster(settings.discord_token.get_secret_value(), SystemClock())
    try:
        yield {Platform.DISCORD: poster}
    finally:
        await poster.close()


@asynccontextmanager
async def discord_roles(settings: Settings) -> AsyncIterator[dict[Platform, Roles]]:
    """The way to give roles on Discord, when there is a token."""
    if settings.discord_token is None:
        yield {}
        return
    from bot.platforms.discord.poster import DiscordPoster
    from bot.platforms.discord.roles import DiscordRoles

    _set_base(settings)
    poster = DiscordPoster(settings.discord_token.get_secret_value(), SystemClock())
    try:
        yield {Platform.DISCORD: DiscordRoles(poster.api)}
    finally:
        await poster.close()


def discord_client(settings: Settings, services: Services, url: str) -> list[Coroutine[None, None, None]]:
    """What to run for commands and messages: nothing, or the connection until cancelled.

    Of several processes on the database at ``url`` one is connected, and another takes over when it is gone.
    """
    if settings.discord_token is None:
        return []
    token = settings.discord_token.get_secret_value()
    return [Turn(url, "discord gateway").hold(lambda: _run(token, settings, services))]


async def _run(token: str, settings: Settings, services: Services) -> None:
    from bot.platforms.discord.client import WarmupClient, connect

    _set_base(settings)

    async def once() -> None:
        if not await connect(WarmupClient(services, UploadedBanks()), token):
            log.error("Discord does not accept DISCORD_TOKEN: make a new one and start again")
            await asyncio.Event().wait()

    await keep_going("discord", once)


def _set_base(settings: Settings) -> None:
    from bot.platforms.discord.addresses import BadBase, use_base

    try:
        use_base(settings.discord_api_base)
    except BadBase as error:
        raise CannotStart(f"DISCORD_API_BASE cannot be used: {error}") from error
