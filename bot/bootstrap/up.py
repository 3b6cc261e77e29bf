"""``warmup up``: everything that one machine needs, in one process and its children."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.bootstrap.banks import load_bundled
from bot.bootstrap.children import Child
from bot.bootstrap.database import connected, database
from bot.bootstrap.discord import discord_client
from bot.bootstrap.loops import together
from bot.bootstrap.playground import set_up_channel
from bot.bootstrap.roles import paced_services, run_deliveries, run_rounds, slack_socket
from bot.bootstrap.web import run_web
from bot.config import Settings, worker_environment
from bot.storage.database import wait_until_up
from bot.storage.migrate import migrate
from bot.web.server import listen, port_of

WORKER_GRACE_S = 5.5
"""A worker has four seconds to drain; one that is not gone by then is ended. A stop takes ten at most."""

Say = Callable[[str], None]
"""Tells the person at the terminal how far it is."""


async def up(settings: Settings, *, say: Say) -> None:
    """Run everything until cancelled. Raises what ``bot.bootstrap.failures.EXPECTED`` lists."""
    listener = listen(settings.web_host, settings.web_port)
    say("starting the database" if settings.database_url is None else "connecting to the database")
    async with database(settings, join=False) as url:
        await wait_until_up(url)
        migrated = await migrate(url)
        if migrated.before is None:
            say("made the tables")
        async with connected(url) as opened, grading_worker(url) as worker:
            services = paced_services(settings, opened)
            questions = await load_bundled(settings, services)
            say(f"{questions} questions and challenges are ready")
            await set_up_channel(services)
            say(_greeting(settings, listener))
            await together(
                until_stopped(worker),
                run_web(settings, opened, services, listener),
                run_rounds(settings, opened, services),
                run_deliveries(settings, opened, services),
                *slack_socket(settings, services, opened.begin),
                *discord_client(settings, services, url),
            )


@asynccontextmanager
async def grading_worker(url: str) -> AsyncIterator[Child]:
    """A worker process for the time of the block, started again whenever it ends."""
    command = [sys.executable, "-m", "bot", "worker", "--parent", str(os.getpid())]
    child = Child("worker", command, worker_environment(url))
    await child.start()
    try:
        yield child
    finally:
        await child.stop(WORKER_GRACE_S)


async def until_stopped(worker: Child) -> None:
    """Wait until cancelled, then stop the worker: while the others stop, so that the times do not add up."""
    try:
        await asyncio.Event().wait()
    finally:
        await worker.stop(WORKER_GRACE_S)


def _greeting(settings: Settings, listener: socket.socket) -> str:
    host = settings.web_host if settings.web_host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return (
        f"open http://{host}:{port_of(listener)}\n"
        "        answer today's question, submit code, type /leaderboard; Ctrl-C stops everything"
    )
