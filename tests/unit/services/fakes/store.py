"""Tables in memory, and transactions over them: a rollback puts back what was there before."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.domain.ledger import LedgerEntry
from bot.services.errors import Unavailable
from bot.services.ports import Bell, Topic
from bot.services.records import (
    Answer,
    Bank,
    Channel,
    Community,
    HintTaken,
    Member,
    NewItem,
    Posting,
    Round,
    StoredItem,
    Submission,
)
from bot.services.repositories.installations import SealedInstallation

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""


class FakeClock:
    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


@dataclass
class Job:
    id: int
    version: int
    digest: str
    submission: int
    state: str = "queued"
    fence: int = 0
    attempts: int = 0
    lease_until: datetime | None = None
    judgement: Any = None
    waiting: tuple[int, ...] = ()


@dataclass
class Parcel:
    """An outbox entry."""

    id: int
    new: Any
    state: str = "waiting"
    fence: int = 0
    attempts: int = 0
    next_at: datetime = START
    lease_until: datetime | None = None
    external: str = ""
    error: str = ""


@dataclass
class Tables:
    communities: dict[int, Community] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, tuple[int, Member]] = field(default_factory=dict)
    """Member id to community and member."""
    banks: dict[int, Bank] = field(default_factory=dict)
    versions: dict[int, tuple[int, StoredItem]] = field(default_factory=dict)
    """Version id to bank and item."""
    items: dict[int, NewItem] = field(default_factory=dict)
    """Question id to what its current version was stored from."""
    current: dict[int, int] = field(default_factory=dict)
    """Question id to version id."""
    rounds: dict[int, Round] = field(default_factory=dict)
    postings: dict[int, Posting] = field(default_factory=dict)
    posting_events: dict[tuple[str, str], int] = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)
    submissions: dict[int, Submission] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    hints: dict[tuple[int, int, int], tuple[HintTaken, ...]] = field(default_factory=dict)
    ledger: list[LedgerEntry] = field(default_factory=list)
    outbox: dict[int, Parcel] = field(default_factory=dict)
    flags: dict[tuple[int, int, int], str] = field(default_factory=dict)
    """(community, question, member) to what they said."""
    aside: dict[tuple[int, int], str] = field(default_factory=dict)
    """(community, question) to the reason."""
    hidden: set[int] = field(default_factory=set)
    audit: list[tuple[Any, ...]] = field(default_factory=list)
    installations: dict[str, SealedInstallation] = field(default_factory=dict)
    installation_states: dict[str, datetime] = field(default_factory=dict)
    decks: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    """Member id to what they have to review."""
    left: set[int] = field(default_factory=set)
    """Communities that removed us."""
    marks: dict[int, tuple[Any, int]] = field(default_factory=dict)
    """Member id to the mark of their streak, and the number of void rounds under which it was made."""
    turns: dict[int, int] = field(default_factory=dict)

    def changed(self, member: int) -> None:
        """Something was recorded that decisions about the member hang on."""
        self.turns[member] = self.turns.get(member, 0) + 1
        self.marks.pop(member, None)


class FakeBell:
    def __init__(self) -> None:
        self.rung = asyncio.Event()

    async def wait(self, timeout_s: float) -> bool:
        """Rings or sleeps for ever: no test depends on a time going by."""
        await self.rung.wait()
        self.rung.clear()
        return True

    def close(self) -> None:
        return None


class FakeSignals:
    def __init__(self) -> None:
        self.bells: dict[Topic, list[FakeBell]] = {}
        self.rings: list[Topic] = []

    def bell(self, topic: Topic) -> Bell:
        bell = FakeBell()
        self.bells.setdefault(topic, []).append(bell)
        return bell

    def ring(self, topic: Topic) -> None:
        self.rings.append(topic)
        for bell in self.bells.get(topic, []):
            bell.rung.set()


class Store:
    """The fake database: one transaction at a time, ids that rise, and a clock of its own."""

    def __init__(self, clock: FakeClock, signals: FakeSignals) -> None:
        self.tables = Tables()
        self.clock = clock
        self.database_clock = clock
        self.signals = signals
        self.ids = count(1)
        self.away = False
        self.refused = asyncio.Event()
        self._lock = asyncio.Lock()

    @property
    def quick(self) -> Any:
        from tests.unit.services.fakes.quick import FakeQuick

        return FakeQuick(self)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        from tests.unit.services.fakes.repositories import FakeUnitOfWork

        if self.away:
            self.refused.set()
            raise Unavailable("the fake database is away")
        async with self._lock:
            before = copy.deepcopy(self.tables)
            work = FakeUnitOfWork(self)
            try:
                yield work
            except BaseException:
                self.tables = before
                raise
        for topic in work.rung:
            self.signals.ring(topic)
