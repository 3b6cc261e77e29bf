"""Installation by OAuth: two pages in a browser, ``install`` and ``oauth_redirect``, with Bolt's own flow.

Bolt checks the state and the browser's cookie and exchanges the code for a token; what it keeps goes to the
services, which seal the token. https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as BoltInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.slack.client import FAILURES, LIBRARY_LOG, Clients
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.workspaces import InstalledWorkspaces
from bot.services.installations import Installation, InstallationService

INSTALL, REDIRECT = "/install", "/oauth_redirect"
"""Below the place where the web server takes Slack's requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What Slack has given for installing the app by OAuth: *Basic Information*, *App Credentials*.

    ``redirect_url`` is one of the app's redirect addresses; empty for the first one.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_url: str = ""


class _States(AsyncOAuthStateStore):
    def __init__(self, installations: InstallationService) -> None:
        self._installations = installations

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        return await self._installations.begin_one()

    async def async_consume(self, state: str) -> bool:
        return await self._installations.was_begun(state)


class _Store(AsyncInstallationStore):
    """Only saves: tokens are found by ``InstalledWorkspaces``, after the acknowledgement."""

    def __init__(self, installations: InstallationService, workspaces: InstalledWorkspaces) -> None:
        self._installations = installations
        self._workspaces = workspaces

    async def async_save(self, installation: BoltInstallation) -> None:
        if not installation.team_id or not installation.bot_token:
            raise BoltError("the app can be installed into a workspace, not into a whole organization")
        await self._installations.save(
            Installation(
                workspace=installation.team_id,
                name=installation.team_name or "",
                bot_user=installation.bot_user_id or "",
                bot=installation.bot_id or "",
                token=installation.bot_token,
                scopes=",".join(installation.bot_scopes or ()),
                installed_by=installation.user_id or "",
            )
        )
        self._workspaces.forget(installation.team_id)


def install_routes(
    clients: Clients,
    distribution: Distribution,
    installations: InstallationService,
    workspaces: InstalledWorkspaces,
) -> list[Route]:
    """The two pages."""
    flow = AsyncOAuthFlow(
        client=clients.web(),
        logger=LIBRARY_LOG,
        settings=AsyncOAuthSettings(
            client_id=distribution.client_id,
            client_secret=distribution.client_secret,
            scopes=list(SCOPES),
            user_scopes=[],
            redirect_uri=distribution.redirect_url or None,
            authorization_url=urljoin(clients.base, "../oauth/v2/authorize"),
            installation_store=_Store(installations, workspaces),
            state_store=_States(installations),
            logger=LIBRARY_LOG,
        ),
    )

    def page(handle: Callable[[Any], Awaitable[BoltResponse]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                made = await handle(to_async_bolt_request(request, b""))
            except FAILURES:
                LIBRARY_LOG.warning("an installation failed: Slack does not answer")
                made = BoltResponse(status=502, body="Slack does not answer. Please begin once more.")
            response = to_starlette_response(made)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["Cache-Control"] = "no-store"
            return response

        return answer

    return [
        Route(INSTALL, page(flow.handle_installation), methods=["GET"]),
        Route(REDIRECT, page(flow.handle_callback), methods=["GET"]),
    ]
