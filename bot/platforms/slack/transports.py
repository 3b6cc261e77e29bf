"""The two ways that payloads come: Socket Mode, and signed requests over HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.platforms.slack.app import Begun, SlackApp
from bot.platforms.slack.client import LIBRARY_LOG, Clients

log = logging.getLogger(__name__)

PING_S = 5.0
"""How often the connection is looked after; also the pause before another try to connect."""
LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request that are read; Slack's own are far smaller."""


class Socket:
    """Socket Mode: no public address is needed. A lost connection is made again by itself."""

    def __init__(self, app: SlackApp, clients: Clients, app_token: str) -> None:
        self._app = app
        self._client = SocketModeClient(
            app_token=app_token,
            logger=LIBRARY_LOG,
            web_client=clients.web(),
            ping_interval=PING_S,
        )
        self._client.socket_mode_request_listeners.append(self._handle)

    async def run(self, stop: asyncio.Event) -> None:
        """Connect, and stay connected until told to stop; what is under way is finished."""
        try:
            await self._client.connect()  # type: ignore[no-untyped-call]
            log.info("connected to Slack by Socket Mode")
            await stop.wait()
        finally:
            await self._client.close()  # type: ignore[no-untyped-call]
            await self._app.drain(grace_s=4.0)

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        bolt = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request))
        response, work = await self._app.dispatch(bolt)
        try:
            await send_async_response(client, request, response, 0.0)
        finally:
            self._app.start(work)


def http_app(app: SlackApp | None, pages: Sequence[Route] = ()) -> Starlette:
    """HTTP mode: ``POST /events``, where Bolt checks the signature and its age (five minutes).

    Without an ``app`` events come another way, and there are only ``pages`` for browsers.
    """
    return Starlette(routes=[*([_events(app)] if app else []), *pages])


def _events(app: SlackApp) -> Route:

    async def events(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        try:
            bolt = to_async_bolt_request(request, body)
        except UnicodeDecodeError:
            return PlainTextResponse("not UTF-8", 400)
        answer, work = await app.dispatch(bolt)
        response = to_starlette_response(answer)
        response.background = BackgroundTask(_begin, app, work)
        return response

    return Route("/events", events, methods=["POST"])


async def _read(request: Request) -> bytes | None:
    """The body; None when it is larger than anything that Slack sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


async def _begin(app: SlackApp, work: Begun | None) -> None:
    app.start(work)
