"""How a command runs its work: settings read, logs set up, every expected failure one clear sentence."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import uvloop

from bot.bootstrap import logs
from bot.bootstrap.failures import EXPECTED
from bot.cli.output import refuse, warn
from bot.config import BadSettings, Settings, read_settings

Result = TypeVar("Result")


def settings(*, platforms: bool = True) -> Settings:
    """The settings of this process; leaves with status 2 when the environment cannot be used."""
    try:
        found = read_settings(platforms=platforms)
    except BadSettings as error:
        refuse(str(error), 2)
    logs.configure(found)
    return found


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """While a large bank is read: there are no cycles, and the search for them is a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run(
    work: Callable[[Settings], Awaitable[Result]],
    *,
    platforms: bool = True,
    make_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> Result:
    """Run ``work`` with the settings in an event loop of its own (asyncio's, unless ``make_loop`` makes one).

    What can be expected to fail (no database, no sandbox, a taken port) leaves with status 1 and says so.
    """
    given = settings(platforms=platforms)

    async def started() -> Result:
        return await work(given)

    try:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            return runner.run(started())
    except EXPECTED as error:
        detail = getattr(error, "detail", "")
        refuse(f"{error} ({detail})" if detail else str(error))


def serve(
    role: Callable[[Settings], Awaitable[None]], *, platforms: bool = True, quiet: bool = False
) -> None:
    """Run a role until SIGTERM or Ctrl-C, then let it stop in order; a second signal ends it at once.

    ``quiet`` leaves the talking to the process that started this one.
    """

    async def until_told_to_stop(given: Settings) -> None:
        loop = asyncio.get_running_loop()
        running = asyncio.ensure_future(role(given))
        told = False

        def stop() -> None:
            nonlocal told
            if told:
                os._exit(130)
            told = True
            if not quiet:
                warn("stopping; a second signal ends it at once")
            running.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        try:
            await running
        except asyncio.CancelledError:
            if not told:
                raise

    # Those that talk to people spend their time in the loop; a worker spends it in the sandbox.
    run(until_told_to_stop, platforms=platforms, make_loop=uvloop.new_event_loop if platforms else None)
    # The interpreter's last search for cycles takes most of a second of a core, and frees what ends anyway.
    gc.freeze()
