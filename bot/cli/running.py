"""How a command runs its work: settings read, logs set up, every expected failure one clear sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.bootstrap import logs
from bot.bootstrap.failures import EXPECTED
from bot.cli.output import refuse
from bot.config import BadSettings, Settings, read_settings

Result = TypeVar("Result")


def settings() -> Settings:
    """The settings of this process; leaves with status 2 when the environment cannot be used."""
    try:
        found = read_settings()
    except BadSettings as error:
        refuse(str(error), 2)
    logs.configure(found)
    return found


def run(work: Callable[[Settings], Awaitable[Result]]) -> Result:
    """Run ``work`` with the settings in an event loop of its own.

    What can be expected to fail (no database, no sandbox, a taken port) leaves with status 1 and says so.
    """
    given = settings()

    async def started() -> Result:
        return await work(given)

    try:
        return asyncio.run(started())
    except EXPECTED as error:
        detail = getattr(error, "detail", "")
        refuse(f"{error} ({detail})" if detail else str(error))
