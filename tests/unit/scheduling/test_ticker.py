"""Ticks are steady, do not overlap, survive their own failures, and follow a clock that is set."""

import asyncio

import pytest

from bot.scheduling import Tick, Ticker


class Clock:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def wall(self) -> float:
        return 1_000_000.0 + self.ahead

    def monotonic(self) -> float:
        return 0.0


async def test_every_tick_is_called_at_once_and_again():
    calls: asyncio.Queue[str] = asyncio.Queue()

    async def call() -> None:
        calls.put_nowait("rounds")

    ticker = Ticker([Tick("rounds", 0.01, call)])
    ticker.start()
    assert [await calls.get() for _ in range(3)] == ["rounds"] * 3
    await ticker.stop()


async def test_a_tick_that_fails_comes_again():
    calls: asyncio.Queue[int] = asyncio.Queue()

    async def call() -> None:
        calls.put_nowait(1)
        raise RuntimeError("the database is away")

    ticker = Ticker([Tick("rounds", 0.01, call)])
    ticker.start()
    await calls.get()
    await calls.get()
    await ticker.stop()


async def test_stopping_lets_a_running_tick_finish():
    started, release, finished = asyncio.Event(), asyncio.Event(), []

    async def call() -> None:
        started.set()
        await release.wait()
        finished.append(True)

    ticker = Ticker([Tick("rounds", 60, call)])
    ticker.start()
    await started.wait()
    stopping = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping
    assert finished == [True]


@pytest.mark.failure(36)
async def test_stopping_cancels_a_tick_that_outlasts_the_grace():
    started, outcome = asyncio.Event(), []

    async def call() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            outcome.append("cancelled")
            raise

    ticker = Ticker([Tick("rounds", 60, call)])
    ticker.start()
    await started.wait()
    await ticker.stop(grace_s=0)
    assert outcome == ["cancelled"]


@pytest.mark.failure(15)
async def test_a_clock_set_back_a_day_does_not_silence_the_ticks():
    clock, calls = Clock(), asyncio.Queue()

    async def call() -> None:
        calls.put_nowait(1)

    ticker = Ticker([Tick("rounds", 3600, call)], wall=clock.wall, monotonic=clock.monotonic)
    ticker.start()
    await calls.get()
    assert not ticker.check_clock()
    clock.ahead = -86_400.0
    assert ticker.check_clock()
    await calls.get()
    assert not ticker.check_clock()
    await ticker.stop()


async def test_stopping_what_was_never_started_is_fine():
    await Ticker([]).stop()
