"""The product's Slack side, whole: real Bolt and SDK clients against the local server, real services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.slack.app import SlackApp
from bot.platforms.slack.client import Clients
from bot.platforms.slack.connection import workspace_of
from bot.platforms.slack.poster import SlackPoster
from bot.platforms.slack.transports import Socket
from bot.platforms.slack.workspaces import OneWorkspace
from bot.services.commands import Platform
from bot.services.deliveries import DeliveryService
from bot.services.panels import Feature, Panels
from tests.e2e.slack.server import APP_TOKEN, BOT_TOKEN, BOT_USER, CHANNEL, TEAM, SlackServer
from tests.unit.services.fakes.world import World, challenge, question

ADA, GRACE = "U0ADA", "U0GRACE"
RIGHT = "```\nprint(42)\n```"
WRONG = "```\nprint(41)\n```"


class Slack:
    """The server, the app on it, and a member's hands."""

    def __init__(self, server: SlackServer, world: World, clients: Clients, app: SlackApp) -> None:
        self.server = server
        self.world = world
        self.clients = clients
        self.app = app
        self.poster = SlackPoster(clients, app.workspaces, world.clock)
        self.deliveries = DeliveryService(
            world.store.begin,
            {Platform.SLACK: self.poster},
            world.clock,
            world.signals,
            world.services.panels,
        )

    def command_body(self, name: str, text: str = "", user: str = ADA, **more: Any) -> dict[str, Any]:
        return {
            "command": f"/{name}",
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "team_id": TEAM,
            "channel_id": CHANNEL,
            "channel_name": "daily",
            "trigger_id": self.server.trigger(),
            "response_url": self.server.response_url(user),
            **more,
        }

    async def command(self, name: str, text: str = "", user: str = ADA) -> dict[str, Any]:
        return await self.server.send("slash_commands", self.command_body(name, text, user))

    def press_body(self, action: dict[str, Any], user: str = ADA, **more: Any) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "channel": {"id": CHANNEL, "name": "daily"},
            "container": {"type": "message", "channel_id": CHANNEL},
            "trigger_id": self.server.trigger(),
            "response_url": self.server.response_url(user),
            "actions": [{"action_ts": f"{self.server.now():.6f}", **action}],
            **more,
        }

    async def press(self, action_id: str, user: str = ADA, **more: Any) -> dict[str, Any]:
        return await self.server.send(
            "interactive",
            self.press_body({"type": "button", "action_id": action_id, "block_id": "b"}, user, **more),
        )

    async def submit_view(
        self, view: dict[str, Any], values: dict[str, Any], user: str = ADA
    ) -> dict[str, Any]:
        """Submit a dialog with the fields' values by their ids."""
        state = {name: {name: value} for name, value in values.items()}
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "trigger_id": self.server.trigger(),
            "view": {**view, "state": {"values": state}},
        }
        return await self.server.send("interactive", payload)

    async def say(self, kind: str, user: str = ADA, channel: str = CHANNEL, **message: Any) -> dict[str, Any]:
        event = {"type": kind, "user": user, "channel": channel, "ts": self.server.ts(), **message}
        return await self.event(event)

    async def event(self, event: dict[str, Any], event_id: str = "") -> dict[str, Any]:
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": event_id or f"Ev{self.server.ts()}",
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": event,
        }
        return await self.server.send("events_api", payload)

    async def deliver(self) -> None:
        while await self.deliveries.run_once():
            pass

    async def open_round(self) -> None:
        """A question and a challenge of the day, posted in the channel."""
        await self.set_up()
        await self.deliver()

    async def set_up(self) -> None:
        await self.world.load(question("lists"), challenge("forty-two", hints=2))
        actor = self.app._reader.command(self.command_body("warmup")).actor("Ada", is_admin=True)
        await self.world.set_up(actor, at_once=True)


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    server = SlackServer(time.time)
    server.add_user(ADA, "Ada", is_admin=True, tz="Europe/Berlin")
    server.add_user(GRACE, "Grace")
    async with server.running():
        yield server


@pytest.fixture
def features() -> Sequence[Feature]:
    """Panels instead of the product's own; a module of tests may bring some."""
    return ()


@pytest.fixture
async def unconnected(server: SlackServer, features: Sequence[Feature]) -> AsyncIterator[Slack]:
    """The app without a transport."""
    world = World()
    if features:
        world.services = replace(world.services, panels=Panels(features))
    server.now = lambda: world.clock.now().timestamp()
    clients = Clients(f"{server.base}/api/")
    own = OneWorkspace(await workspace_of(clients, BOT_TOKEN), world.services.leaving)
    app = SlackApp(world.services, clients, own, world.clock, signing_secret="")
    yield Slack(server, world, clients, app)
    await app.drain(5)
    await clients.close()


@pytest.fixture
async def slack(unconnected: Slack) -> AsyncIterator[Slack]:
    """The app connected by Socket Mode."""
    stop = asyncio.Event()
    socket = Socket(unconnected.app, unconnected.clients, APP_TOKEN)
    running = asyncio.ensure_future(socket.run(stop))
    await unconnected.server.until(lambda: unconnected.server.connections)
    yield unconnected
    stop.set()
    await running
