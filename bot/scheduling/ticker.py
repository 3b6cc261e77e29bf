"""Steady ticks, on APScheduler.

Only interval triggers in UTC with jobs kept in memory are used. Calendar triggers lose and double local
days around clock changes, and a shared job store fires twice with two processes; so each tick asks the
database what is due, and the database makes it happen once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

CLOCK_JUMP_S = 5.0
"""A wall clock that moves this much against the monotonic one was set; the ticks then start afresh."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing to call every ``seconds``, first at once. Calls of one tick never overlap."""

    name: str
    seconds: float
    call: Callable[[], Awaitable[object]]


class Ticker:
    """Runs ticks until stopped. A tick that raises is logged and comes again at its next turn.

    A tick that was late (a suspended machine, a stalled loop) runs once, however late it is.
    """

    def __init__(
        self,
        ticks: list[Tick],
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ticks = ticks
        self._wall = wall
        self._monotonic = monotonic
        self._running: set[asyncio.Task[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._offset = 0.0
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, inside a running event loop; every tick is called at once and then at its interval."""
        for tick in self._ticks:
            self._scheduler.add_job(
                partial(self._run, tick),
                IntervalTrigger(seconds=tick.seconds, timezone=UTC),
                id=tick.name,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()
        self._offset = self._wall() - self._monotonic()
        self._watch = asyncio.create_task(self._watch_clock(), name="ticker clock watch")

    async def stop(self, grace_s: float = 5.0) -> None:
        """Start no further tick, let running ones finish for ``grace_s`` seconds, then cancel them."""
        if self._watch is None:
            return
        self._watch.cancel()
        self._scheduler.remove_all_jobs()
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(self._watch, return_exceptions=True)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the scheduler shuts itself down in the loop's next turn
        self._watch = None

    def check_clock(self) -> bool:
        """Restart the intervals when somebody set the wall clock; returns whether that was so.

        APScheduler plans by the wall clock: after it was set back a day, nothing would run for a day.
        """
        offset = self._wall() - self._monotonic()
        jump = offset - self._offset
        if abs(jump) < CLOCK_JUMP_S:
            return False
        self._offset = offset
        log.warning("the clock was set", seconds=round(jump))
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
        return True

    async def _watch_clock(self) -> None:
        pause = min(tick.seconds for tick in self._ticks)
        while True:
            await asyncio.sleep(pause)
            self.check_clock()

    async def _run(self, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await tick.call()
        except Exception:
            log.exception("a tick failed; it comes again", tick=tick.name, every_s=tick.seconds)
        finally:
            self._running.discard(task)
