"""Listening and serving, with an end that others decide about."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 4
"""Seconds that open requests get to finish when the server stops."""


class CannotListen(Exception):
    """The address cannot be used. The text says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Bind an address before anything else is started; port 0 takes a free one (see ``port_of``).

    Raises ``CannotListen``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                reason = "it is taken: stop the other program or set WARMUP_WEB_PORT to another port"
            case errno.EACCES:
                reason = "that needs more rights: set WARMUP_WEB_PORT to a port above 1023"
            case errno.EADDRNOTAVAIL:
                reason = "this machine has no such address: set WARMUP_WEB_HOST to one that it has"
            case _:
                reason = f"{error.strerror or error}: check WARMUP_WEB_HOST and WARMUP_WEB_PORT"
        raise CannotListen(f"Cannot listen on {host} port {port}: {reason}.") from None


def port_of(listener: socket.socket) -> int:
    """The port that a socket is bound to."""
    port: int = listener.getsockname()[1]
    return port


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the process has one place that decides about its end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    stopping: asyncio.Event,
    before_stop: Callable[[], None] | None = None,
) -> None:
    """Serve until ``stopping`` is set, or this task is cancelled; then finish open requests and return.

    ``before_stop`` ends responses that would never end by themselves, such as live streams. Requests that
    are open after ``GRACE_S`` are cut off.
    """
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="web-server")
    waiting = asyncio.create_task(stopping.wait(), name="web-server-stop")
    try:
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        if before_stop is not None:
            before_stop()
        server.should_exit = True
        await serving
