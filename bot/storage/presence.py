"""Which workers are there: the server itself knows, by the names of their connections.

A process that is gone has no connection, so there is nothing to expire and nothing to clean up.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.errors import connecting

WORKER = "warmup worker "
"""How the name of a worker's connections begins; what follows is different for each worker."""
NAME_LIMIT = 63
"""Bytes that PostgreSQL keeps of an ``application_name``."""
COUNT = text(
    "SELECT count(DISTINCT application_name) FROM pg_stat_activity "
    "WHERE datname = current_database() AND starts_with(application_name, :prefix)"
)


def worker_application(name: str) -> str:
    """What the connections of the worker ``name`` are called."""
    return (WORKER + name).encode("ascii", "replace")[:NAME_LIMIT].decode()


async def count_workers(engine: AsyncEngine) -> int:
    """How many grading workers are connected right now. Raises ``Unavailable``."""
    with connecting():
        async with engine.connect() as connection:
            return int(await connection.scalar(COUNT, {"prefix": WORKER}) or 0)
