"""The rules of ``tests/unit/services/test_corrections.py``, kept by PostgreSQL too."""

from __future__ import annotations

import asyncio

from bot.storage.database import Database
from tests.unit.services.fakes.world import World
from tests.unit.services.test_corrections import *  # noqa: F403
from tests.unit.services.test_corrections import WHY, posted


async def test_withdrawn_by_several_at_once_is_withdrawn_once(answered: World, database: Database) -> None:
    key = posted(answered)
    reports = await asyncio.gather(*(answered.services.corrections.void(key, WHY) for _ in range(4)))
    assert sum(report.payments for report in reports) == 1
    async with database.begin() as work:
        assert await work.ledger.differences() == []
