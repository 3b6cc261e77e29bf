"""PostgreSQL stopped at once, again and again, while everybody plays: what was told as done is done, once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.bootstrap.doctor import count_again
from bot.config import Settings
from bot.domain.accepting import Pace
from bot.services.app import Services, build_services
from bot.services.banks import LoadBank
from bot.services.commands import AnswerQuestion, Platform, SetUpChannel, SubmitCode
from bot.services.deliveries import DeliveryService
from bot.services.errors import Unavailable
from bot.services.grading import GradingService, WorkerSettings
from bot.storage.database import Database, wait_until_up
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate
from tests.unit.services.fakes.store import FakeClock, FakeSignals
from tests.unit.services.fakes.world import ADA, FakeJudge, FakePoster, challenge, question

MEMBERS = 12
STOPS = (4, 14)
"""After so many things done the server is stopped: of 24, each member's answer and code."""
PAUSE_S = 0.05
"""Between two tries of somebody who was told to try again."""


class Table:
    """One community on a server that may go at any moment, and all that play, grade and deliver there."""

    def __init__(self, server: EmbeddedPostgres, database: Database) -> None:
        self.server = server
        self.database = database
        self.clock = FakeClock()
        signals = FakeSignals()
        self.services: Services = build_services(database, self.clock, pace=Pace(cooldown=timedelta()))
        self.poster = FakePoster()
        self.deliveries = DeliveryService(
            database.begin, {Platform.PLAYGROUND: self.poster}, self.clock, signals
        )
        self.worker = GradingService(
            database.begin, FakeJudge(), self.clock, signals, WorkerSettings(name="w", slots=1)
        )
        self.done: list[str] = []
        self.refused = 0

    async def insist(self, name: str, act: Callable[[], Awaitable[object]]) -> None:
        """Do something as people do: once more, with the same event, whenever one is told to try again."""
        while True:
            try:
                await act()
            except Unavailable:
                self.refused += 1
                await asyncio.sleep(PAUSE_S)
            else:
                break
        self.done.append(name)
        if len(self.done) in STOPS:
            self.stop()

    def stop(self) -> None:
        """PostgreSQL's immediate shutdown: no goodbye, no checkpoint; the next start recovers."""
        assert self.server.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.server.pid, signal.SIGQUIT)

    async def play(self, number: int, posting: int) -> None:
        """A member's day."""
        actor = replace(ADA, member=f"m{number}", name=f"M{number}", is_admin=False)
        at = self.clock.now()
        answer = AnswerQuestion(
            actor=actor, event_id=f"a{number}", posting=posting, letters=frozenset("B"), at=at
        )
        code = SubmitCode(actor=actor, event_id=f"s{number}", text=f"print(42)  # {number}", at=at)
        await self.insist(f"a{number}", lambda: self.services.quiz.answer(answer))
        await self.insist(f"s{number}", lambda: self.services.submissions.submit(code))

    async def work(self, once: Callable[[], Awaitable[int]]) -> None:
        """A worker's or the outbox's loop, until cancelled."""
        while True:
            try:
                idle = await once() == 0
            except Unavailable:
                idle = True
            if idle:
                await asyncio.sleep(PAUSE_S)

    async def settle(self) -> None:
        """All that is left, after every lease has run out."""
        self.clock.time += timedelta(minutes=6)
        async with self.database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE grading_jobs SET leased_until = clock_timestamp() WHERE state = 'running'")
            )
        while await self.worker.run_once():
            pass
        while await self.deliveries.run_once():
            pass


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    server = EmbeddedPostgres(tmp_path)
    url = await server.start()
    supervising = asyncio.ensure_future(server.supervise())
    try:
        await migrate(url)
        async with Database(url) as database:
            yield Table(server, database)
    finally:
        supervising.cancel()
        await asyncio.gather(supervising, return_exceptions=True)
        await server.stop()


@pytest.mark.failure(6)
@pytest.mark.failure(37)
async def test_nothing_done_is_lost_when_the_database_is_stopped_hard(table: Table) -> None:
    world, database = table, table.database
    await world.services.banks.load(LoadBank(bank="basics", items=(question("q"), challenge("c"))))
    await world.services.communities.set_up(
        SetUpChannel(actor=ADA, post_at=time(9), zone="UTC", at_once=True)
    )
    async with database.engine.connect() as connection:
        posting = await connection.scalar(text("SELECT min(id) FROM postings WHERE NOT challenge"))
    loops = [
        asyncio.ensure_future(world.work(once)) for once in (world.worker.run_once, world.deliveries.run_once)
    ]
    await asyncio.gather(*(world.play(number, posting) for number in range(MEMBERS)))
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await wait_until_up(database.url)
    await world.settle()
    assert world.refused
    async with database.engine.connect() as connection:
        answers = (await connection.scalars(text("SELECT event_id FROM answers"))).all()
        submissions = (await connection.execute(text("SELECT event_id, verdict FROM submissions"))).all()
        waiting = await connection.scalar(text("SELECT count(*) FROM deliveries WHERE state <> 'sent'"))
    assert Counter(answers) == Counter(f"a{number}" for number in range(MEMBERS))
    assert Counter(tuple(row) for row in submissions) == Counter(
        (f"s{number}", "accepted") for number in range(MEMBERS)
    )
    assert waiting == 0
    assert len(world.poster.sent) == MEMBERS + 2
    counted = await count_again(Settings(DATABASE_URL=SecretStr(database.url)))
    assert counted["ok"], counted["differences"]
