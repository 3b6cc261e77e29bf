"""A guild on the local Discord, with the services over fakes and the real client between them."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.bootstrap.bank_files import UploadedBanks
from bot.pictures import Painter
from bot.platforms.discord.addresses import use_base
from bot.platforms.discord.answering import Answers
from bot.platforms.discord.client import WarmupClient
from bot.platforms.discord.counting import Counts
from bot.platforms.discord.poster import DiscordPoster
from bot.services.commands import Actor, Platform
from bot.services.deliveries import DeliveryService
from bot.services.panels import Feature, Panels
from tests.e2e.discord.server import CHANNEL, GUILD, TOKEN, Discord
from tests.unit.services.fakes.world import World, challenge, question

ADMIN = Actor(
    platform=Platform.DISCORD, community=GUILD, channel=CHANNEL, member="500", name="Owner", is_admin=True
)


class ServerClock:
    """The services' clock is the local Discord's."""

    def __init__(self, server: Discord) -> None:
        self._server = server

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._server.now, UTC)


@dataclass
class Guild:
    """What a test holds."""

    server: Discord
    world: World
    client: WarmupClient
    poster: DiscordPoster
    deliveries: DeliveryService
    running: asyncio.Task[None]

    def pass_time(self, seconds: float) -> None:
        self.server.now += seconds
        self.world.clock.time = datetime.fromtimestamp(self.server.now, UTC)

    async def deliver(self) -> None:
        while await self.deliveries.run_once():
            pass

    async def post_round(self) -> None:
        """Today's question and challenge, into the channel."""
        await self.world.set_up(ADMIN, at_once=True)
        await self.deliver()

    async def restart(self, **options: float) -> None:
        """Another process takes over."""
        await self.leave()
        self.client, self.running = await connect(self.server, self.world, **options)

    async def leave(self) -> None:
        await self.client.close()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running


async def connect(
    server: Discord, world: World, *, after_s: float = 30.0
) -> tuple[WarmupClient, asyncio.Task[None]]:
    """A client that is logged in and listens; by default it has all the time of the world to answer."""
    use_base(server.base)
    client = WarmupClient(
        world.services, UploadedBanks(), answers=Answers(after_s, after_s), counts=Counts(world.services, 0.0)
    )
    before = server.identified
    running = asyncio.create_task(client.start(TOKEN))
    ready = asyncio.ensure_future(server.until(lambda: server.identified > before))
    await asyncio.wait({ready, running}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        ready.cancel()
        running.result()
    return client, running


async def open_guild(*features: Feature, world: World | None = None) -> Guild:
    """A fresh server, a fresh world, perhaps with features of its own."""
    server = Discord()
    await server.start()
    world = world or World()
    world.services = replace(world.services, pictures=Painter())
    if features:
        world.services = replace(world.services, panels=Panels(features))
    await world.load(question("lists"), question("dicts", topic="data"), challenge("answer", hints=2))
    client, running = await connect(server, world)
    poster = DiscordPoster(TOKEN, ServerClock(server))
    deliveries = DeliveryService(
        world.store.begin,
        {Platform.DISCORD: poster},
        ServerClock(server),
        world.signals,
        world.services.panels,
    )
    return Guild(server, world, client, poster, deliveries, running)


async def close_guild(guild: Guild) -> None:
    await guild.leave()
    await guild.poster.close()
    await guild.server.stop()
    use_base(None)
