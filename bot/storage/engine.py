"""The engine: connections made by asyncpg itself, pooled by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage.address import normalise
from bot.storage.tables.base import to_json

CONNECT_TIMEOUT_S = 10
COMMAND_TIMEOUT_S = 120
"""No statement of ours takes this long; a connection that hangs is given up."""


async def connect(
    url: str, *, application: str = "warmup", settings: Mapping[str, str] | None = None
) -> asyncpg.Connection[asyncpg.Record]:
    """One connection of its own, outside any pool. ``url`` is a database URL in any accepted spelling.

    ``application`` is the name that the server shows for it; see ``bot.storage.presence``. ``settings`` are
    PostgreSQL's, for the session.
    """
    return await asyncpg.connect(
        normalise(url),
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings={"application_name": application, **(settings or {})},
    )


def make_engine(url: str, *, pool_size: int = 10, application: str = "warmup") -> AsyncEngine:
    """An engine for a database URL in any accepted spelling.

    The driver reads the URL, not SQLAlchemy, so that ``sslmode``, ``sslrootcert`` and socket folders mean
    what PostgreSQL's manual says. Connections are tested before use: after a restart of the server the
    next caller gets a fresh one.
    """
    normalise(url)  # a bad setting is told now, not at the first query

    async def creator() -> asyncpg.Connection[asyncpg.Record]:
        return await connect(url, application=application)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=creator,
        pool_pre_ping=True,
        hide_parameters=True,  # errors go to the log; what members wrote and reply tokens do not
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=CONNECT_TIMEOUT_S,
        json_serializer=to_json,
    )
