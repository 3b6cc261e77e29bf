"""A small world for a test: services over the fakes, a judge and a platform that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from bot.domain.content import (
    Challenge,
    Difficulty,
    Item,
    Kind,
    Meta,
    Option,
    Question,
    SourceFile,
    StdoutCase,
)
from bot.domain.grading import CaseRun, Ending, Execution, GradingJob, RunReport
from bot.services.app import Services, build_services
from bot.services.banks import LoadBank
from bot.services.cards import AnswerCard, Receipt
from bot.services.commands import Actor, AnswerQuestion, Platform, SetUpChannel, SubmitCode
from bot.services.deliveries import DeliveryService
from bot.services.errors import Gone
from bot.services.grading import GradingService, WorkerSettings
from bot.services.ports import Outgoing
from bot.services.queues import DeliveryKind
from bot.services.records import Posting
from tests.unit.services.fakes.store import FakeClock, FakeSignals, Store

ADA = Actor(
    platform=Platform.PLAYGROUND, community="c1", channel="daily", member="ada", name="Ada", is_admin=True
)
GRACE = replace(ADA, member="grace", name="Grace", is_admin=False)


def meta(key: str, difficulty: Difficulty = Difficulty.EASY, topic: str = "python", hints: int = 0) -> Meta:
    return Meta(
        key=key,
        title=key.replace("-", " ").title(),
        topic=topic,
        difficulty=difficulty,
        hints=tuple(f"hint {number}" for number in range(1, hints + 1)),
    )


def question(key: str, difficulty: Difficulty = Difficulty.EASY, topic: str = "python") -> Question:
    """B is right."""
    options = (Option("no", False, "because"), Option("yes", True, "indeed"), Option("maybe", False))
    return Question(
        meta=meta(key, difficulty, topic), kind=Kind.MULTIPLE_CHOICE, prompt=f"{key}?", options=options
    )


def challenge(key: str, difficulty: Difficulty = Difficulty.EASY, hints: int = 0) -> Challenge:
    """Print 42."""
    return Challenge(
        meta=meta(key, difficulty, hints=hints),
        kind=Kind.CODE_STDOUT,
        prompt="Print 42.",
        starter=(SourceFile("solution.py", "# here\n"),),
        cases=(StdoutCase(expected="42\n"),),
    )


class FakeJudge:
    """Prints whatever stands between the brackets of a submission's ``print(...)``."""

    def __init__(self) -> None:
        self.graded: list[GradingJob] = []
        self.gate: asyncio.Event | None = None
        self.started = asyncio.Event()
        self.broken = False
        self.error: Exception | None = None

    async def grade(self, job: GradingJob) -> RunReport:
        self.graded.append(job)
        self.started.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        if self.broken:
            return RunReport(execution=Execution(ending=Ending.BROKEN, note="no namespaces"))
        printed = job.files[0].text.partition("print(")[2].rpartition(")")[0].strip() + "\n"
        run = Execution(ending=Ending.FINISHED, exit_code=0, stdout=printed)
        return RunReport(execution=run, cases=(CaseRun(name="output", execution=run),))


class FakePoster:
    """Keeps what was sent; fails as told, before or after taking the message."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failures: list[Exception] = []
        self.failures_after: list[Exception] = []
        self.silent = False
        self.gone: frozenset[DeliveryKind] = frozenset()
        """What no channel takes any more."""

    async def send(self, message: Outgoing) -> str:
        if self.silent:
            await asyncio.Event().wait()
        if message.kind in self.gone:
            raise Gone("unknown channel")
        if self.failures:
            raise self.failures.pop(0)
        if message.nonce not in {one.nonce for one in self.sent}:
            self.sent.append(message)
        if self.failures_after:
            raise self.failures_after.pop(0)
        return f"message-{message.nonce}"


class World:
    """Services over a store: the fake one, or another that ``make_store`` makes."""

    def __init__(self, make_store: Callable[[FakeClock, FakeSignals], Any] = Store) -> None:
        self.clock = FakeClock()
        self.signals = FakeSignals()
        self.store = make_store(self.clock, self.signals)
        self.services: Services = build_services(self.store, self.clock)
        self.judge = FakeJudge()
        self.poster = FakePoster()
        self.worker = self.make_worker("w1")
        self.deliveries = DeliveryService(
            self.store.begin, {Platform.PLAYGROUND: self.poster}, self.clock, self.signals
        )
        self._events = 0

    def make_worker(self, name: str) -> GradingService:
        settings = WorkerSettings(name=name, slots=1)
        return GradingService(self.store.begin, self.judge, self.clock, self.signals, settings)

    def event(self) -> str:
        self._events += 1
        return f"event-{self._events}"

    def pass_time(self, **span: float) -> datetime:
        self.clock.time += timedelta(**span)
        return self.clock.time

    async def load(self, *items: Item, bank: str = "basics") -> None:
        await self.services.banks.load(LoadBank(bank=bank, items=items))

    async def set_up(
        self, actor: Actor = ADA, *, zone: str = "UTC", at: time = time(9), **more: object
    ) -> None:
        command = SetUpChannel(actor=actor, post_at=at, zone=zone, **more)  # type: ignore[arg-type]
        await self.services.communities.set_up(command)

    async def deliver(self) -> None:
        while await self.deliveries.run_once():
            pass

    async def grade(self) -> None:
        while await self.worker.run_once():
            pass

    def postings(self, kind: type[Item] = Question) -> Sequence[Posting]:  # type: ignore[valid-type]
        every = self.store.tables.postings.values()
        return [p for p in every if isinstance(p.stored.item, kind) and p.round is not None]

    async def answer(
        self,
        actor: Actor,
        posting: int,
        *letters: str,
        event: str | None = None,
        at: datetime | None = None,
        typed: str = "",
    ) -> AnswerCard:
        return await self.services.quiz.answer(
            AnswerQuestion(
                actor=actor,
                event_id=event or self.event(),
                posting=posting,
                letters=frozenset(letters),
                typed=typed,
                at=at or self.clock.now(),
            )
        )

    async def submit(
        self, actor: Actor, text: str, *, name: str | None = None, event: str | None = None
    ) -> Receipt:
        return await self.services.submissions.submit(
            SubmitCode(
                actor=actor,
                event_id=event or self.event(),
                challenge=name,
                text=text,
                at=self.clock.now(),
            )
        )
