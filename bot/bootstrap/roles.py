"""The role ``bot``, and what it shares with ``up``: each runs until it is cancelled.

What a process does not use is not imported: a platform's library takes ten to twenty megabytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import structlog

from bot.bootstrap.alive import pulse
from bot.bootstrap.bank_files import UploadedBanks
from bot.bootstrap.clock import SystemClock
from bot.bootstrap.database import connected, database
from bot.bootstrap.discord import discord_client, discord_poster, discord_roles
from bot.bootstrap.loops import draining, keep_going, together
from bot.bootstrap.upkeep import keep_of
from bot.config import Settings
from bot.domain.accepting import Pace
from bot.pictures import Painter
from bot.platforms.playground.messages import History
from bot.platforms.playground.poster import PlaygroundPoster
from bot.scheduling import Tick, Ticker
from bot.services.app import Services, build_services
from bot.services.commands import Platform
from bot.services.deliveries import DeliveryService
from bot.services.errors import ServiceError
from bot.services.ports import Begin, Poster
from bot.services.reward_sync import RewardSync
from bot.storage.database import Database

log = structlog.get_logger(__name__)

ROUNDS_EVERY_S = 15.0
"""How often rounds are opened and closed: a post is at most this late."""
REWARDS_EVERY_S = 60.0
"""How often is looked whether a community's roles are due."""
PURGE_EVERY_S = 3600.0
"""How often what is too old is taken."""

LEARNING_EVERY_S = 20.0
"""How often answers are looked through and reminders written."""
WEIGHTS_EVERY_S = 3_600.0
"""How often one member's review weights may be fitted: it takes seconds of a core."""

BOARDS_EVERY_S = 10.0
"""How often large leaderboards are tended; they are right at any time, and quicker afterwards."""

NO_PLATFORM = (
    "no chat platform is connected: set DISCORD_TOKEN, or SLACK_BOT_TOKEN with SLACK_APP_TOKEN "
    "(docs/reference/settings.md says more), and start again; until then the playground alone has rounds"
)
"""What ``warmup bot`` says to somebody who gave it no token."""


def paced_services(settings: Settings, opened: Database) -> Services:
    """The services for people, with the operator's bounds on how fast they may hand in."""
    pace = Pace(cooldown=timedelta(seconds=settings.submit_cooldown_s), attempts=settings.daily_attempts)
    return build_services(opened, SystemClock(), pace=pace, pictures=Painter(), bank_files=UploadedBanks())


async def bot(settings: Settings) -> None:
    """Open and close rounds, and deliver what is in the outbox."""
    async with database(settings) as url, connected(url) as opened:
        services = paced_services(settings, opened)
        if not settings.wants_discord and not settings.wants_slack:
            log.warning(NO_PLATFORM)
        await together(
            run_rounds(settings, opened, services),
            run_deliveries(settings, opened, services),
            *slack_socket(settings, services, opened.begin),
            *discord_client(settings, services, url),
            pulse(settings, "bot"),
        )


async def run_rounds(settings: Settings, opened: Database, services: Services) -> None:
    """Open and close rounds, and do all else that goes by the clock, at steady ticks until cancelled."""

    async def tick() -> None:
        try:
            await services.rounds.tick()
        except ServiceError as error:
            log.warning("rounds have to wait", reason=str(error))

    async def purge() -> None:
        taken = await services.leaving.purge(keep_of(settings))
        if any(taken.values()):
            log.info("purged", **taken)

    async with discord_roles(settings) as given:
        rewards = RewardSync(opened, given, SystemClock())
        ticks = [
            Tick("rounds", ROUNDS_EVERY_S, tick),
            Tick("rewards", REWARDS_EVERY_S, partial(_unless_away, rewards.run_due)),
            Tick("boards", BOARDS_EVERY_S, partial(_unless_away, services.leaderboards.tend)),
            Tick("learning", LEARNING_EVERY_S, partial(_unless_away, services.learning.tick)),
            Tick("purge", PURGE_EVERY_S, partial(_unless_away, purge)),
            Tick("weights", WEIGHTS_EVERY_S, partial(_unless_away, services.learning.fit)),
        ]
        ticker = Ticker(ticks)
        ticker.start()
        try:
            await asyncio.Event().wait()
        finally:
            await ticker.stop(grace_s=3.0)


async def _unless_away(call: Callable[[], Awaitable[object]]) -> None:
    try:
        await call()
    except ServiceError as error:
        log.warning("this has to wait", reason=str(error))


async def run_deliveries(settings: Settings, opened: Database, services: Services) -> None:
    """Send what is in the outbox until cancelled."""
    posters: dict[Platform, Poster] = {Platform.PLAYGROUND: PlaygroundPoster(History(opened.messages))}
    async with _slack_poster(settings, opened.begin) as slack, discord_poster(settings) as discord:
        posters |= slack | discord
        deliveries = DeliveryService(opened.begin, posters, SystemClock(), opened.signals, services.panels)
        await keep_going("deliveries", lambda: draining(deliveries.run, 3.0))


def slack_socket(settings: Settings, services: Services, begin: Begin) -> list[Coroutine[None, None, None]]:
    """What to run for Slack's Socket Mode: nothing, or the connection until cancelled."""
    if settings.slack_app_token is None:
        return []
    from bot.bootstrap.slack import slack_socket

    return slack_socket(settings, services, begin)


@asynccontextmanager
async def _slack_poster(settings: Settings, begin: Begin) -> AsyncIterator[dict[Platform, Poster]]:
    """The way to post on Slack, when the settings name a workspace or let workspaces install the app."""
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        yield {}
        return
    from bot.bootstrap.slack import slack_poster

    async with slack_poster(settings, begin) as poster:
        yield poster
