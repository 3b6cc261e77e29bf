"""The database of this process: the server that ``DATABASE_URL`` names, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.config import Settings
from bot.storage.database import Database, wait_until_up
from bot.storage.embedded import EmbeddedPostgres


@asynccontextmanager
async def database(settings: Settings, *, join: bool = True) -> AsyncIterator[str]:
    """Gives a database URL. The embedded server is started, or (``join``) a running one is used."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
    else:
        async with EmbeddedPostgres(settings.data_dir, join=join) as url:
            yield url


@asynccontextmanager
async def connected(url: str, *, application: str = "warmup") -> AsyncIterator[Database]:
    """Gives the database once it answers and has the tables of this program.

    Raises ``SchemaTooOld`` and ``SchemaTooNew``; waits for a server that is not up yet.
    """
    await wait_until_up(url)
    async with Database(url, application=application) as opened:
        await opened.require_current_schema()
        yield opened
