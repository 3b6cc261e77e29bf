"""Listening, serving and stopping."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.web.server import CannotListen, listen, port_of, serve


class Site:
    """An application with one quick answer and one that only ends when told to."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.opened = asyncio.Event()
        self.app = Starlette(routes=[Route("/", self.hello), Route("/stream", self.stream)])

    async def hello(self, _request: Request) -> Response:
        return PlainTextResponse("hello")

    async def stream(self, _request: Request) -> Response:
        async def forever() -> AsyncIterator[str]:
            yield "first\n"
            self.opened.set()
            await self.end.wait()
            yield "last\n"

        return StreamingResponse(forever())


async def test_it_serves_until_told_to_stop_and_then_lets_go_of_the_port() -> None:
    listener = listen("127.0.0.1", 0)
    port, stopping = port_of(listener), asyncio.Event()
    serving = asyncio.create_task(serve(Site().app, listener, stopping=stopping))
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{port}/")).text == "hello"
    stopping.set()
    await serving
    listen("127.0.0.1", port).close()


@pytest.mark.failure(36)
async def test_streams_that_would_never_end_are_ended_and_finish() -> None:
    site, stopping = Site(), asyncio.Event()
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{port_of(listener)}/stream"
    serving = asyncio.create_task(serve(site.app, listener, stopping=stopping, before_stop=site.end.set))
    async with httpx.AsyncClient() as client:
        getting = asyncio.create_task(client.get(url))
        await site.opened.wait()
        stopping.set()
        assert (await getting).text == "first\nlast\n"
    await serving


async def test_cancelling_stops_in_the_same_way() -> None:
    site = Site()
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{port_of(listener)}/stream"
    serving = asyncio.create_task(
        serve(site.app, listener, stopping=asyncio.Event(), before_stop=site.end.set)
    )
    async with httpx.AsyncClient() as client:
        getting = asyncio.create_task(client.get(url))
        await site.opened.wait()
        serving.cancel()
        assert (await getting).text == "first\nlast\n"
    with pytest.raises(asyncio.CancelledError):
        await serving


def test_a_taken_port_is_one_clear_sentence() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(CannotListen) as refused:
        listen("127.0.0.1", port := port_of(taken))
    assert str(refused.value) == (
        f"Cannot listen on 127.0.0.1 port {port}: it is taken: stop the other program"
        " or set WARMUP_WEB_PORT to another port."
    )


def test_an_address_of_another_machine_is_one_clear_sentence() -> None:
    with pytest.raises(CannotListen, match="WARMUP_WEB_HOST"):
        listen("192.0.2.1", 0)


def test_a_name_that_does_not_exist_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> socket.socket:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_server", unknown)
    with pytest.raises(CannotListen, match="Name or service not known"):
        listen("no.such.host.invalid", 8000)
