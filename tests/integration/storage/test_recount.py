"""Every score counted again: agreement after anything, and every kind of fault found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.bootstrap.doctor import count_again
from bot.config import Settings
from bot.domain.content import StdoutCase
from bot.storage.database import Database
from bot.storage.recount import recount
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

OF_PERIOD = "board_id IN (SELECT id FROM boards WHERE period = '{0}')"
Run = Callable[[str], Awaitable[None]]


@pytest.fixture
async def busy(database: Database) -> World:
    """Answers, a solved challenge, one graded again, and a withdrawn question."""
    world = sql_world(database)
    await world.load(question("a"), question("b"), challenge("c"))
    await world.set_up(challenge=False)
    for _ in range(2):
        world.pass_time(days=1)
        await world.services.rounds.tick()
        for actor in (ADA, GRACE):
            await world.answer(actor, world.postings()[-1].id, "B")
    await world.submit(ADA, "```py\nprint(42)\n```", name="c")
    await world.submit(GRACE, "```py\nprint(43)\n```", name="c")
    await world.grade()
    await world.load(replace(challenge("c"), cases=(StdoutCase(expected="43\n"),)))
    await world.services.corrections.rejudge("c")
    await world.grade()
    await world.services.corrections.void("a", "a typo")
    return world


@pytest.fixture
def run(database: Database) -> Run:
    async def execute(statement: str) -> None:
        async with database.engine.begin() as connection:
            await connection.execute(text(statement))

    return execute


async def test_all_agrees_after_payments_corrections_and_a_withdrawal(
    busy: World, database: Database
) -> None:
    assert await recount(database.engine) == []


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (f"UPDATE scores SET points = points + 1 WHERE {OF_PERIOD.format('all')}", "all"),
        (f"DELETE FROM scores WHERE {OF_PERIOD.format('week')}", "week"),
        ("UPDATE answers SET points = points + 1", "answer"),
        ("UPDATE answers SET correct = false", "answer"),
        ("UPDATE submissions SET points = points + 1", "submission"),
        ("UPDATE ledger SET solved = 1 WHERE source LIKE 'rejudge:%'", "question"),
        ("DELETE FROM ledger WHERE source LIKE 'void:%'", "withdrawn"),
    ],
)
async def test_a_fault_is_found(busy: World, database: Database, run: Run, fault: str, what: str) -> None:
    await run(fault)
    assert what in {found.what.split()[0] for found in await recount(database.engine)}


async def test_the_doctor_counts_streaks_and_scores(busy: World, database: Database, run: Run) -> None:
    settings = Settings(DATABASE_URL=SecretStr(database.url))
    assert await count_again(settings) == {"ok": True, "streaks": 2, "differences": []}
    await run(f"UPDATE scores SET points = 99 WHERE {OF_PERIOD.format('month')}")
    found = await count_again(settings)
    assert not found["ok"]
    assert {(each["what"].split()[0], each["kept"]) for each in found["differences"]} == {("month", 99)}
