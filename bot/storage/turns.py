"""One process at a time: a turn is an advisory lock on a connection of its own, gone with the process.

There is no time after which a turn expires and nothing to clean up: the server lets go of the lock when the
connection ends, however it ends.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import asyncpg  # type: ignore[import-untyped]
import structlog

from bot.storage.engine import connect

log = structlog.get_logger(__name__)

TRY_EVERY_S = 2.0
"""How soon another process takes over."""
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Turn:
    """The right to do ``name``, which one process on the database has."""

    def __init__(self, url: str, name: str, *, try_every_s: float = TRY_EVERY_S) -> None:
        self._url = url
        self._name = name
        self.key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        """The lock's number in the database."""
        self._try_every_s = try_every_s
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def hold(self, work: Callable[[], Awaitable[None]]) -> None:
        """Wait for the turn, then do the work; when the turn goes to another, stop and wait again.

        While the database is away the work goes on: nobody else can have the turn either.
        """
        try:
            while True:
                await self._wait()
                working = asyncio.ensure_future(work())
                try:
                    if await self._kept(working):
                        return
                finally:
                    working.cancel()
                    await asyncio.gather(working, return_exceptions=True)
        finally:
            await self._let_go()

    async def _wait(self) -> None:
        told = False
        while (ours := await self._try()) is not True:
            if ours is False and not told:
                log.info("another process has this turn", turn=self._name)
                told = True
            await asyncio.sleep(self._try_every_s)

    async def _kept(self, working: asyncio.Future[None]) -> bool:
        """Whether the work came to its end; False when another process has the turn."""
        while True:
            await asyncio.wait({working}, timeout=self._try_every_s)
            if working.done():
                working.result()
                return True
            if await self._try() is False:
                return False

    async def _try(self) -> bool | None:
        """Whether the turn is ours; None when the database cannot say."""
        try:
            if self._connection is not None and not self._connection.is_closed():
                await self._connection.fetchval("SELECT 1")
                return True
            connection = await connect(self._url, application=f"warmup turn {self._name}")
        except LOST:
            await self._let_go()
            return None
        try:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", self.key):
                self._connection, connection = connection, None
                return True
        except LOST:
            return None
        finally:
            if connection is not None:
                connection.terminate()
        return False

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
