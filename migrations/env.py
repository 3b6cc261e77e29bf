"""How Alembic gets its connection: it is handed one, opens one by DATABASE_URL, or writes SQL (--sql)."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from bot.storage.engine import make_engine
from bot.storage.tables import Base
from bot.storage.tables.base import Number, StorableText


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Migrations are frozen: they name PostgreSQL's types, never ours, which may change."""
    if kind == "type" and isinstance(item, StorableText | Number):
        return f"sa.{item.impl_instance!r}"
    return False


def configure(**target: Any) -> None:
    context.configure(target_metadata=Base.metadata, render_item=render_item, compare_type=True, **target)


def run(connection: Connection) -> None:
    configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run() -> None:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("Set DATABASE_URL, or run ./warmup migrate.")
    engine = make_engine(url, pool_size=1)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if context.is_offline_mode():
    configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif connection := context.config.attributes.get("connection"):
    run(connection)
else:
    asyncio.run(connect_and_run())
