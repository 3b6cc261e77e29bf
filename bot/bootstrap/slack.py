"""Slack, as far as the settings ask for it. What is wrong with it stops nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.bootstrap.bank_files import UploadedBanks
from bot.bootstrap.clock import SystemClock
from bot.bootstrap.database import connected, database
from bot.bootstrap.loops import draining
from bot.config import Settings
from bot.platforms.slack.app import SlackApp
from bot.platforms.slack.client import Clients
from bot.platforms.slack.commands import Names
from bot.platforms.slack.connection import BadToken, workspace_of
from bot.platforms.slack.installing import Distribution, install_routes
from bot.platforms.slack.manifest import as_json
from bot.platforms.slack.poster import SlackPoster
from bot.platforms.slack.transports import Socket, http_app
from bot.platforms.slack.workspaces import AnyWorkspace, InstalledWorkspaces, OneWorkspace, Workspaces
from bot.services.app import Services, build_services
from bot.services.commands import Platform
from bot.services.installations import InstallationService
from bot.services.ports import Begin, Poster
from bot.storage.sealing import BadKey, FernetSeal

log = structlog.get_logger(__name__)

HTTP_PATH = "/slack"
"""Where the web server takes Slack's requests in HTTP mode: ``/slack/events``."""
GRACE_S = 5.0


@asynccontextmanager
async def slack_poster(settings: Settings, begin: Begin) -> AsyncIterator[dict[Platform, Poster]]:
    """The way to post on Slack, when there is a token or tokens are installed."""
    installations = _installations(settings, begin)
    own = AnyWorkspace(settings.slack_bot_token.get_secret_value()) if settings.slack_bot_token else None
    workspaces = InstalledWorkspaces(installations, own) if installations else own
    if workspaces is None:
        yield {}
        return
    clients = Clients(settings.slack_api_base)
    try:
        yield {Platform.SLACK: SlackPoster(clients, workspaces, SystemClock())}
    finally:
        await clients.close()


def _installations(settings: Settings, begin: Begin) -> InstallationService | None:
    """Installations by OAuth, when the settings ask for them and have a key; else the log says what to do."""
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        return None
    try:
        seal = token_seal(settings)
    except BadKey as error:
        log.error("Slack cannot be installed by OAuth", reason=str(error), setting="WARMUP_TOKEN_KEYS")
        return None
    return InstallationService(begin, SystemClock(), seal)


def token_seal(settings: Settings) -> FernetSeal:
    """What tokens are encrypted with. Raises ``BadKey``."""
    keys = settings.seal_keys.get_secret_value() if settings.seal_keys else ""
    return FernetSeal([key.strip() for key in keys.split(",") if key.strip()])


def slack_socket(settings: Settings, services: Services, begin: Begin) -> list[Coroutine[None, None, None]]:
    """What to run for Socket Mode: nothing, or the connection until cancelled."""
    installations = _installations(settings, begin)
    if settings.slack_app_token is None or (settings.slack_bot_token is None and installations is None):
        return []
    return [_run_socket(settings, services, installations)]


async def _run_socket(
    settings: Settings, services: Services, installations: InstallationService | None
) -> None:
    assert settings.slack_app_token is not None
    clients = Clients(settings.slack_api_base)
    try:
        workspaces = await _workspaces(settings, services, installations, clients)
        app = _app(settings, services, workspaces, clients)
        socket = Socket(app, clients, settings.slack_app_token.get_secret_value())
        await draining(socket.run, GRACE_S)
    finally:
        await clients.close()


class SlackWeb:
    """The web server's part: Slack's signed requests in HTTP mode, and the pages that install the app.

    Requests are taken as soon as the settings' token is known to be good; until then the answer is 503,
    after which Slack sends the same again.
    """

    def __init__(
        self, settings: Settings, services: Services, installations: InstallationService | None
    ) -> None:
        self._settings = settings
        self._services = services
        self._installations = installations
        self._http: ASGIApp | None = None

    async def run(self) -> None:
        """Connect, and keep the connections for answers until cancelled."""
        settings = self._settings
        clients = Clients(settings.slack_api_base)
        app: SlackApp | None = None
        try:
            workspaces = await _workspaces(settings, self._services, self._installations, clients)
            if settings.slack_app_token is None:
                app = _app(settings, self._services, workspaces, clients)
                log.info("taking Slack's requests", path=f"{HTTP_PATH}/events")
            pages = self._pages(clients, workspaces)
            if pages:
                log.info("Slack workspaces can install the app", path=f"{HTTP_PATH}/install")
            self._http = http_app(app, pages)
            await asyncio.Event().wait()
        finally:
            if app is not None:
                await app.drain(GRACE_S)
            await clients.close()

    def _pages(self, clients: Clients, workspaces: Workspaces) -> list[Route]:
        settings = self._settings
        if not isinstance(workspaces, InstalledWorkspaces) or self._installations is None:
            return []
        assert settings.slack_client_id is not None
        assert settings.slack_client_secret is not None
        distribution = Distribution(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            redirect_url=settings.slack_redirect_url or "",
        )
        return install_routes(clients, distribution, self._installations, workspaces)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI."""
        if self._http is not None:
            await self._http(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def slack_web(settings: Settings, services: Services, begin: Begin) -> SlackWeb | None:
    """HTTP mode, when there is a signing secret and no token for Socket Mode; and installing by OAuth."""
    installations = _installations(settings, begin)
    if settings.slack_bot_token is None and installations is None:
        return None
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        log.error("Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) as well")
        return None
    if settings.slack_app_token is not None and installations is None:
        return None
    return SlackWeb(settings, services, installations)


class NoStore:
    """Stands where the database would, for what is known without one. Raises ``RuntimeError`` when asked."""

    @property
    def quick(self) -> NoReturn:
        """Never used."""
        raise RuntimeError("a manifest needs no database")

    def begin(self) -> NoReturn:
        """Never opened."""
        raise RuntimeError("a manifest needs no database")


def slack_manifest(prefix: str = "", url: str = "", redirect: str = "") -> str:
    """The app manifest as JSON, with the commands that this release has. Raises ``ValueError``."""
    services = build_services(NoStore(), SystemClock(), bank_files=UploadedBanks())
    return as_json(services.panels.commands, Names(prefix), url, redirect)


async def seal_again(settings: Settings) -> int:
    """Encrypt every kept token with the first key; how many. Raises ``BadKey`` and ``Unsealed``."""
    async with database(settings) as url, connected(url) as opened:
        return await InstallationService(opened.begin, SystemClock(), token_seal(settings)).seal_again()


async def _workspaces(
    settings: Settings, services: Services, installations: InstallationService | None, clients: Clients
) -> Workspaces:
    """Where the app is; with a token that Slack refuses this says so and waits until it is cancelled."""
    own: OneWorkspace | None = None
    if settings.slack_bot_token is not None:
        try:
            workspace = await workspace_of(clients, settings.slack_bot_token.get_secret_value())
        except BadToken as error:
            log.error(str(error))
            await asyncio.Event().wait()
            raise
        log.info("Slack knows the token", workspace=workspace.name)
        own = OneWorkspace(workspace, services.leaving)
    if installations is not None:
        return InstalledWorkspaces(installations, own)
    assert own is not None
    return own


def _app(settings: Settings, services: Services, workspaces: Workspaces, clients: Clients) -> SlackApp:
    secret = settings.slack_signing_secret
    return SlackApp(
        services,
        clients,
        workspaces,
        SystemClock(),
        signing_secret=secret.get_secret_value() if secret else "",
        names=Names(settings.slack_command_prefix),
        admins=frozenset(settings.slack_admins),
    )
