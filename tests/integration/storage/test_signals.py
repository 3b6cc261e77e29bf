"""Bells ring with the commit, in every process, and again after the connection was lost."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.services.ports import Bell, Topic
from bot.storage.database import Database

SOON = 30.0
"""Seconds a ring may take before the test gives up; it comes at once."""


async def quiet(bell: Bell) -> None:
    """Take the ring that every new connection gives."""
    await bell.wait(SOON)


async def test_a_ring_goes_out_with_the_commit(database: Database, database_url: str) -> None:
    async with Database(database_url) as other:
        bell = other.signals.bell(Topic.GRADING)
        await quiet(bell)
        async with database.begin() as work:
            work.ring(Topic.GRADING)
            assert not await bell.wait(0)
        assert await bell.wait(SOON)
        assert not await bell.wait(0)


async def test_a_ring_that_is_rolled_back_is_not_heard(database: Database) -> None:
    bell, heard = database.signals.bell(Topic.DELIVERIES), database.signals.bell(Topic.GRADING)
    await quiet(bell)
    await quiet(heard)

    async def fail() -> None:
        async with database.begin() as work:
            work.ring(Topic.DELIVERIES)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.begin() as work:
        work.ring(Topic.GRADING)
    assert await heard.wait(SOON)  # what came after it has been heard
    assert not await bell.wait(0)


async def test_a_closed_bell_is_silent(database: Database) -> None:
    bell, open_one = (database.signals.bell(Topic.GRADING) for _ in range(2))
    await quiet(bell)
    await quiet(open_one)
    bell.close()
    async with database.begin() as work:
        work.ring(Topic.GRADING)
    assert await open_one.wait(SOON)
    assert not await bell.wait(0)


@pytest.mark.failure(6)
async def test_listening_resumes_when_the_connection_was_cut(database: Database) -> None:
    bell = database.signals.bell(Topic.MESSAGES)
    await quiet(bell)
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert await bell.wait(SOON)  # the new connection rings: something may have been missed
    async with database.begin() as work:
        work.ring(Topic.MESSAGES)
    assert await bell.wait(SOON)
