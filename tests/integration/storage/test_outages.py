"""PostgreSQL away, restarting, or not there yet: callers are told to try again, and nothing else breaks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.services.errors import Unavailable
from bot.storage import database as database_module
from bot.storage.database import Database, wait_until_up
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate
from tests.integration.storage.samples import NOON, cut_all, enter


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


async def test_an_error_of_our_own_is_not_disguised_and_tells_no_values(database: Database) -> None:
    place = await enter(database)

    async def wrong() -> None:
        async with database.begin() as work:
            await work.directory.set_zone(place.community.id, "UTC")
            await work.audit.note(-1, None, "secret", "secret", NOON)

    with pytest.raises(IntegrityError) as error:
        await wrong()
    assert "secret" not in str(error.value)


async def test_a_cancelled_transaction_is_rolled_back_and_its_connection_serves_again(
    database: Database,
) -> None:
    await enter(database)
    inside = asyncio.Event()

    async def wait_for_ever() -> None:
        async with database.begin() as work:
            await work.directory.set_zone(1, "Asia/Tokyo")
            inside.set()
            await work.database_now()
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(wait_for_ever())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.begin() as work:
        assert (await work.directory.community(1)).zone == "UTC"
