"""The rules of ``tests/unit/services/test_rejudging.py``, kept by PostgreSQL too."""

from __future__ import annotations

import asyncio

from bot.storage.database import Database
from tests.unit.services.fakes.world import World
from tests.unit.services.test_rejudging import *  # noqa: F403
from tests.unit.services.test_rejudging import mended, points


async def test_graded_again_by_several_workers_the_scores_are_the_sums(
    judged: World, database: Database
) -> None:
    await judged.load(mended())
    workers = [judged.make_worker(f"w{n}") for n in range(4)]
    for _ in range(2):
        await judged.services.corrections.rejudge("c")
        await asyncio.gather(*(worker.run_once() for worker in workers))
        await judged.grade()
    assert await points(judged) == {"Grace": (12, 1)}
    async with database.begin() as work:
        assert await work.ledger.differences() == []
