"""A turn is one process's at a time, and another's as soon as that one is gone. Failures 6 and 13."""

from __future__ import annotations

import asyncio
import contextlib

from bot.storage.engine import connect
from bot.storage.turns import Turn

AWAITED = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
END = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'warmup turn work'
"""


class Process:
    """One that wants to do the work; ``at_it`` while it does."""

    def __init__(self, url: str) -> None:
        self.at_it = asyncio.Event()
        self.stopped = asyncio.Event()
        self._turn = Turn(url, "work", try_every_s=0.02)
        self.running = asyncio.create_task(self._turn.hold(self._work))

    async def _work(self) -> None:
        self.at_it.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.at_it.clear()
            self.stopped.set()

    async def end(self) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running


async def test_one_works_and_the_next_takes_over_when_it_ends(database_url: str) -> None:
    first = Process(database_url)
    await first.at_it.wait()
    second = Process(database_url)
    third = Process(database_url)
    async with asyncio.timeout(30):
        await first.end()
        assert first.stopped.is_set()
        waiting = {asyncio.create_task(each.at_it.wait()) for each in (second, third)}
        _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert len(pending) == 1, "two are at it"
        for task in pending:
            task.cancel()
    await second.end()
    await third.end()


async def test_whoever_lost_the_turn_to_another_stops_and_waits_again(database_url: str) -> None:
    process = Process(database_url)
    await process.at_it.wait()
    thief = await connect(database_url)
    waiting = asyncio.create_task(
        thief.execute("SELECT pg_advisory_lock($1)", Turn(database_url, "work").key)
    )
    plain = await connect(database_url)
    async with asyncio.timeout(30):
        while not await plain.fetchval(AWAITED):
            pass
        await plain.fetchval(END)
        await waiting
        await process.stopped.wait()
        await thief.close()
        await process.at_it.wait()
    await plain.close()
    await process.end()


async def test_a_lost_connection_alone_does_not_stop_the_work(database_url: str) -> None:
    process = Process(database_url)
    await process.at_it.wait()
    plain = await connect(database_url)
    async with asyncio.timeout(30):
        ended = await plain.fetchval(END)
        while not await plain.fetchval(HELD):
            pass
    assert ended == 1
    assert not process.stopped.is_set()
    await plain.close()
    await process.end()


async def test_work_that_ends_by_itself_gives_the_turn_back(database_url: str) -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("once")

    await Turn(database_url, "short").hold(work)
    await Turn(database_url, "short").hold(work)
    assert done == ["once", "once"]
