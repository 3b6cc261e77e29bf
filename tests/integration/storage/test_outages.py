"""PostgreSQL away, restarting, or not there yet: callers are told to try again, and nothing else breaks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.services.errors import Unavailable
from bot.storage import database as database_module
from bot.storage.database import Database, wait_until_up
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate
from tests.integration.storage.samples import enter


async def cut_all(database: Database) -> None:
    """End every connection to the database but the one that does it, as a restart would."""
    async with database.engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


@pytest.mark.failure(6)
async def test_a_pool_of_dead_connections_serves_the_next_caller(database: Database) -> None:
    await asyncio.gather(*(enter(database, f"m{n}") for n in range(5)))
    await cut_all(database)
    for _ in range(5):
        await enter(database)


@pytest.mark.failure(6)
async def test_a_transaction_that_loses_its_connection_says_try_again(database: Database) -> None:
    await enter(database)

    async def lose() -> None:
        async with database.begin() as work:
            await work.directory.set_zone(1, "Asia/Tokyo")
            await cut_all(database)
            await work.database_now()

    with pytest.raises(Unavailable, match="try again"):
        await lose()
    async with database.begin() as work:
        assert (await work.directory.community(1)).zone == "UTC"


@pytest.mark.failure(6)
async def test_a_commit_that_loses_its_connection_says_try_again(database: Database) -> None:
    await enter(database)

    async def lose() -> None:
        async with database.begin() as work:
            await work.directory.set_zone(1, "Asia/Tokyo")
            await cut_all(database)

    with pytest.raises(Unavailable):
        await lose()


@pytest.mark.failure(6)
async def test_two_that_wait_for_each_other_are_told_to_try_again(database: Database) -> None:
    one, two = [(await enter(database, name)).member.id for name in ("ada", "grace")]
    both_hold = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.begin() as work:
            await work.ledger.lock_member(first)
            await both_hold.wait()
            await work.ledger.lock_member(second)

    results = await asyncio.gather(lock(one, two), lock(two, one), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Unavailable"]


@pytest.mark.failure(6)
@pytest.mark.failure(7)
async def test_away_at_start_and_back_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    url = await server.start()
    await migrate(url)
    async with Database(url) as database:
        await enter(database)
        await server.stop()
        for call in (database.ping(), database.require_current_schema(), enter(database)):
            with pytest.raises(Unavailable, match="try again"):
                await call
        with pytest.raises(Unavailable, match="try again"):
            await migrate(url)
        said_so = asyncio.Event()
        monkeypatch.setattr(database_module.log, "warning", lambda *_: said_so.set())
        waiting = asyncio.create_task(wait_until_up(url))
        async with asyncio.timeout(30):
            await said_so.wait()
        assert not waiting.done()
        waiting.cancel()
    url = await server.start()
    await wait_until_up(url)
    async with Database(url) as database:
        await database.ping()
        await enter(database)
    await server.stop()


async def test_an_error_of_our_own_is_not_disguised(database: Database) -> None:
    async def wrong() -> None:
        async with database.begin() as work:
            await work.directory.set_zone("no number", "UTC")  # type: ignore[arg-type]

    with pytest.raises(Exception, match="no number") as error:
        await wrong()
    assert not isinstance(error.value, Unavailable)
