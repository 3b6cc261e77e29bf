"""PostgreSQL for tests: one server for the whole run, and an empty, migrated database for each test.

``DATABASE_URL`` names a server to use instead (its user must be allowed to create databases). Other tests use
these fixtures by importing them into their ``conftest.py``.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from bot.storage.address import normalise
from bot.storage.database import Database
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate
from bot.storage.tables import Base

EMPTY = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    TRUNCATE {} RESTART IDENTITY CASCADE
""".format(", ".join(Base.metadata.tables))
"""Emptying the tables takes a tenth of the time that a new database does."""


def with_name(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(normalise(url))
    return urlunsplit(parts._replace(path=f"/{name}"))


async def execute(url: str, statement: str) -> None:
    """Run one statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def drop(url: str, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    await execute(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server: given, or embedded and quick rather than safe."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield normalise(given)
        return
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


@pytest.fixture(scope="session")
def template(postgres: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    name = f"warmup_template_{uuid.uuid4().hex[:8]}"

    async def make() -> None:
        await execute(postgres, f'CREATE DATABASE "{name}"')
        await migrate(with_name(postgres, name))

    asyncio.run(make())
    yield name
    asyncio.run(drop(postgres, name))


@pytest.fixture
async def empty_url(postgres: str) -> AsyncIterator[str]:
    """The URL of a new, empty database."""
    name = f"warmup_{uuid.uuid4().hex[:12]}"
    await execute(postgres, f'CREATE DATABASE "{name}"')
    yield with_name(postgres, name)
    await drop(postgres, name)


@pytest.fixture
async def own_url(postgres: str, template: str) -> AsyncIterator[str]:
    """The URL of a new, migrated database, for tests that change its tables."""
    name = f"warmup_{uuid.uuid4().hex[:12]}"
    await execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield with_name(postgres, name)
    await drop(postgres, name)


@pytest.fixture(scope="session")
def shared_url(postgres: str, template: str) -> Iterator[str]:
    """The URL of the database that all tests of a run use one after the other."""
    name = f"warmup_{uuid.uuid4().hex[:12]}"
    asyncio.run(execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield with_name(postgres, name)
    asyncio.run(drop(postgres, name))


@pytest.fixture
async def database_url(shared_url: str) -> AsyncIterator[str]:
    """The URL of a migrated database without a row in it."""
    yield shared_url
    await execute(shared_url, EMPTY)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database without a row in it, ready for transactions and signals."""
    async with Database(database_url) as opened:
        yield opened
