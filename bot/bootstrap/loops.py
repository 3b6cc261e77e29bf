"""Work that goes on until the process stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import structlog

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 60.0


async def draining(run: Callable[[asyncio.Event], Awaitable[None]], grace_s: float) -> None:
    """Await ``run(stop)``. When this is cancelled, ``stop`` is set and ``run`` has ``grace_s`` to return."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({task}, timeout=grace_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


async def keep_going(name: str, run: Callable[[], Awaitable[None]], first_pause_s: float = 1.0) -> None:
    """Await ``run()``, and again after a growing pause whenever it raises what nobody expected."""
    pause = first_pause_s
    while True:
        try:
            await run()
        except Exception:
            log.exception("a loop failed and begins again", loop=name, in_s=pause)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def together(*works: Coroutine[None, None, None]) -> None:
    """Run all of them; when one ends or raises, cancel the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
