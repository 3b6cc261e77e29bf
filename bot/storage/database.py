"""The database as the rest of the program sees it: transactions, signals, and whether it is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.services.errors import Unavailable
from bot.storage.direct import Direct
from bot.storage.engine import make_engine
from bot.storage.errors import connecting, translated
from bot.storage.messages import SqlMessages
from bot.storage.migrate import require_current
from bot.storage.quick import SqlQuick
from bot.storage.signals import PostgresSignals
from bot.storage.unit_of_work import SqlUnitOfWork

log = logging.getLogger(__name__)

PAUSES_S = (0.5, 1.0, 2.0, 5.0)
"""Between tries to reach a database that is away; the last one repeats."""


class Database:
    """One PostgreSQL, by its URL; see ``bot.storage.address`` for the spellings.

    Implements ``bot.services.ports.Store``; ``messages`` is the playground's history. ``async with`` keeps
    the listener for ``signals`` and closes all connections at the end.
    """

    def __init__(self, url: str, *, pool_size: int = 10, application: str = "warmup") -> None:
        self.url = url
        self.engine = make_engine(url, pool_size=pool_size, application=application)
        self.signals = PostgresSignals(url, application=application)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self.messages = SqlMessages(self._transaction)
        self._direct = Direct(url, size=pool_size, application=application)
        self.quick = SqlQuick(self._direct, self.begin)

    async def __aenter__(self) -> Database:
        await self.signals.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.signals.__aexit__()
        await self._direct.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlUnitOfWork]:
        """Open a transaction: it commits at the end of the block, and rolls back when the block raises.

        Raises ``Unavailable`` when the database is away at any moment of it; nothing is recorded then.
        """
        async with self._transaction() as session:
            work = SqlUnitOfWork(session)
            yield work
            await work.send_rings()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        with translated():
            async with self._sessions() as session:
                with connecting():
                    await session.connection()
                yield session
                await session.commit()

    async def ping(self) -> None:
        """Raise ``Unavailable`` unless the database answers."""
        with connecting():
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))

    async def require_current_schema(self) -> None:
        """Raise ``SchemaTooOld`` or ``SchemaTooNew`` unless the tables are those of this program."""
        await require_current(self.engine)


async def wait_until_up(url: str) -> None:
    """Return as soon as the database answers; says in the log what it waits for. Cancel it to give up."""
    engine = make_engine(url, pool_size=1)
    tries = 0
    try:
        while True:
            try:
                with connecting():
                    async with engine.connect() as connection:
                        await connection.execute(text("SELECT 1"))
            except Unavailable as error:
                pause = PAUSES_S[min(tries, len(PAUSES_S) - 1)]
                log.warning("the database is not answering (%s); trying again in %s s", error.detail, pause)
                tries += 1
                await asyncio.sleep(pause)
            else:
                return
    finally:
        await engine.dispose()
