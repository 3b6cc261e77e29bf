"""Single statements on connections of their own, for what has to be quick: no transaction, no session.

A statement by itself is a transaction. Each connection keeps its statements prepared, so that one costs a
round trip and nothing else. A connection that the server has closed is noticed before it is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped]

from bot.storage.engine import connect
from bot.storage.errors import connecting, translated

PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan", "jit": "off"}
"""To plan these statements takes several times as long as to run them, and every run takes the same way."""

LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError, OSError)
"""Errors after which a statement that only reads may be sent again on a new connection."""


class Direct:
    """A few connections to one database, opened when they are needed; ``close`` ends them."""

    def __init__(self, url: str, *, size: int, application: str) -> None:
        self._url = url
        self._application = application
        self._idle: list[asyncpg.Connection[asyncpg.Record]] = []
        self._room = asyncio.Semaphore(size)

    async def read(self, statement: str, *values: object) -> Sequence[asyncpg.Record]:
        """The rows of a statement that changes nothing; sent a second time when the connection was broken.

        Raises ``Unavailable``.
        """
        with translated():
            try:
                async with self.connection() as connection:
                    return list(await connection.fetch(statement, *values))
            except LOST:
                async with self.connection(fresh=True) as connection:
                    return list(await connection.fetch(statement, *values))

    async def write(self, statement: str, *values: object) -> Sequence[asyncpg.Record]:
        """The rows of a statement that changes something; when ``Unavailable`` is raised nobody knows."""
        with translated():
            async with self.connection() as connection:
                return list(await connection.fetch(statement, *values))

    @asynccontextmanager
    async def connection(self, *, fresh: bool = False) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """A connection to use alone. Raises ``Unavailable`` when the server cannot be reached.

        A ``fresh`` one is new, and those that wait idle are closed: what broke one broke them all.
        """
        async with self._room:
            if fresh:
                await self._end_idle()
            connection = await self._take()
            try:
                yield connection
            except BaseException:
                connection.terminate()
                raise
            if not connection.is_closed():
                self._idle.append(connection)

    async def _take(self) -> asyncpg.Connection[asyncpg.Record]:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        with connecting():
            return await connect(self._url, application=self._application, settings=PLANNED_ONCE)

    async def _end_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.terminate()

    async def close(self) -> None:
        """End every connection that is not in use."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()
