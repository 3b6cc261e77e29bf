"""The world of the services' unit tests with PostgreSQL in the place of the tables in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Interval, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.errors import Unavailable
from bot.storage import values
from bot.storage.database import Database
from bot.storage.documents import read_judgement
from bot.storage.repositories.ledger import SqlLedger
from bot.storage.tables import (
    AnswerRow,
    AuditRow,
    ChannelRow,
    CommunityRow,
    DeliveryRow,
    GradingJobRow,
    MemberRow,
    VersionRow,
)
from tests.unit.services.fakes.store import FakeClock, FakeSignals, Tables
from tests.unit.services.fakes.world import World

AGE_LEASES = text(
    "UPDATE grading_jobs SET leased_until = leased_until - :span WHERE state = 'running'"
).bindparams(bindparam("span", type_=Interval()))


class SqlStore:
    """Transactions on the database; ``tables`` shows what was committed, as the fake store does.

    Leases of jobs go by the database's clock: when the tests' clock moves on, they grow as much older.
    """

    def __init__(self, database: Database, clock: FakeClock, signals: FakeSignals) -> None:
        self.database = database
        self.clock = clock
        self.database_clock = clock
        self.signals = signals
        self.tables: Any = Tables()
        self.away = False
        self.refused = asyncio.Event()
        self._seen = clock.now()
        self.looking = asyncio.Lock()

    @property
    def quick(self) -> Any:
        return SeenQuick(self)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        if self.away:
            self.refused.set()
            raise Unavailable("the test took the database away")
        await self._age_leases()
        rung = set()
        async with self.database.begin() as work:

            async def database_now() -> Any:
                return self.database_clock.now()

            work.database_now = database_now  # type: ignore[method-assign]
            yield work
            rung = work.rung
        async with self.looking:
            await self.look()
        for topic in rung:
            self.signals.ring(topic)

    async def _age_leases(self) -> None:
        span, self._seen = self.clock.now() - self._seen, self.clock.now()
        if span != timedelta():
            async with self.database.engine.begin() as connection:
                await connection.execute(AGE_LEASES, {"span": span})

    async def look(self) -> None:
        """Read everything that the tests look at."""
        async with AsyncSession(self.database.engine) as session:

            async def by_id(statement: Any, value: Any) -> dict[int, Any]:
                rows = await session.scalars(statement.order_by(text("id")))
                return {row.id: value(row) for row in rows}

            ledger = SqlLedger(session)
            members = (await session.scalars(select(MemberRow).order_by(MemberRow.id))).all()
            self.tables = SimpleNamespace(
                communities=await by_id(select(CommunityRow), values.community),
                versions=await by_id(select(VersionRow), lambda row: row.digest),
                channels=await by_id(select(ChannelRow), values.channel),
                rounds=await by_id(values.select_rounds(), values.round_value),
                postings=await by_id(values.select_postings(), values.posting),
                answers=await by_id(select(AnswerRow), values.answer),
                submissions=await by_id(values.select_submissions(), values.submission),
                jobs=await by_id(select(GradingJobRow), _job),
                outbox=await by_id(select(DeliveryRow), _parcel),
                audit=[
                    (row.community_id, row.member_id, row.action, row.detail, row.at)
                    for row in await session.scalars(select(AuditRow).order_by(AuditRow.id))
                ],
                ledger=[
                    entry
                    for member in members
                    for entry in await ledger.entries(member.community_id, member.id)
                ],
            )


class SeenQuick:
    """The database's quick part; what it recorded is looked at as a transaction's end is."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store.database.quick, name)

    async def record(self, *given: Any) -> Any:
        answer = await self._store.database.quick.record(*given)
        async with self._store.looking:
            await self._store.look()
        return answer


def _job(row: GradingJobRow) -> Any:
    return SimpleNamespace(
        id=row.id, state=row.state, attempts=row.attempts, judgement=read_judgement(row.judgement)
    )


def _parcel(row: DeliveryRow) -> Any:
    new = SimpleNamespace(
        key=row.key, kind=row.kind, text=row.text, member=row.member_id, subject=row.subject
    )
    return SimpleNamespace(id=row.id, state=row.state, error=row.error, new=new)


def sql_world(database: Database) -> World:
    """A ``World`` whose store is the database; everything else is as in the unit tests."""
    return World(lambda clock, signals: SqlStore(database, clock, signals))
