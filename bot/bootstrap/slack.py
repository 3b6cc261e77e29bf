"""Slack, as far as the settings ask for it. What is wrong with it stops nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.bootstrap.clock import SystemClock
from bot.bootstrap.loops import draining
from bot.config import Settings
from bot.platforms.slack.app import SlackApp
from bot.platforms.slack.client import Clients
from bot.platforms.slack.commands import Names
from bot.platforms.slack.connection import BadToken, workspace_of
from bot.platforms.slack.manifest import as_json
from bot.platforms.slack.poster import SlackPoster
from bot.platforms.slack.transports import Socket, http_app
from bot.services.app import Services, build_services
from bot.services.commands import Platform
from bot.services.ports import Poster

log = structlog.get_logger(__name__)

HTTP_PATH = "/slack"
"""Where the web server takes Slack's requests in HTTP mode: ``/slack/events``."""
GRACE_S = 5.0


@asynccontextmanager
async def slack_poster(settings: Settings) -> AsyncIterator[dict[Platform, Poster]]:
    """The way to post on Slack, when there is a token."""
    if settings.slack_bot_token is None:
        yield {}
        return
    clients = Clients(settings.slack_api_base)
    try:
        token = settings.slack_bot_token.get_secret_value()
        yield {Platform.SLACK: SlackPoster(clients, token, SystemClock())}
    finally:
        await clients.close()


def slack_socket(settings: Settings, services: Services) -> list[Coroutine[None, None, None]]:
    """What to run for Socket Mode: nothing, or the connection until cancelled."""
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        return []
    return [_run_socket(settings, services)]


async def _run_socket(settings: Settings, services: Services) -> None:
    assert settings.slack_app_token is not None
    clients = Clients(settings.slack_api_base)
    try:
        app = await _connected(settings, services, clients)
        socket = Socket(app, clients, settings.slack_app_token.get_secret_value())
        await draining(socket.run, GRACE_S)
    finally:
        await clients.close()


class SlackWeb:
    """HTTP mode: takes Slack's signed requests as soon as the token is known to be good.

    Until then the answer is 503, after which Slack sends the same again.
    """

    def __init__(self, settings: Settings, services: Services) -> None:
        self._settings = settings
        self._services = services
        self._http: ASGIApp | None = None

    async def run(self) -> None:
        """Connect, and keep the connections for answers until cancelled."""
        clients = Clients(self._settings.slack_api_base)
        try:
            app = await _connected(self._settings, self._services, clients)
            self._http = http_app(app)
            log.info("taking Slack's requests", path=f"{HTTP_PATH}/events")
            try:
                await asyncio.Event().wait()
            finally:
                await app.drain(GRACE_S)
        finally:
            await clients.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI."""
        if self._http is not None:
            await self._http(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def slack_web(settings: Settings, services: Services) -> SlackWeb | None:
    """HTTP mode, when there is a signing secret and no token for Socket Mode."""
    if settings.slack_bot_token is None or settings.slack_app_token is not None:
        return None
    if settings.slack_signing_secret is None:
        log.error("Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) as well")
        return None
    return SlackWeb(settings, services)


class NoStore:
    """Stands where the database would, for what is known without one. Raises ``RuntimeError`` when asked."""

    @property
    def quick(self) -> NoReturn:
        """Never used."""
        raise RuntimeError("a manifest needs no database")

    def begin(self) -> NoReturn:
        """Never opened."""
        raise RuntimeError("a manifest needs no database")


def slack_manifest(prefix: str = "", url: str = "") -> str:
    """The app manifest as JSON, with the commands that this release has. Raises ``ValueError``."""

    services = build_services(NoStore(), SystemClock())
    return as_json(services.panels.commands, Names(prefix), url)


async def _connected(settings: Settings, services: Services, clients: Clients) -> SlackApp:
    """The app; with a token that Slack refuses this says so and waits until it is cancelled."""
    assert settings.slack_bot_token is not None
    secret = settings.slack_signing_secret
    try:
        workspace = await workspace_of(clients, settings.slack_bot_token.get_secret_value())
    except BadToken as error:
        log.error(str(error))
        await asyncio.Event().wait()
        raise
    log.info("Slack knows the token", workspace=workspace.name)
    return SlackApp(
        services,
        clients,
        workspace,
        SystemClock(),
        signing_secret=secret.get_secret_value() if secret else "",
        names=Names(settings.slack_command_prefix),
        admins=frozenset(settings.slack_admins),
    )
