"""One life of a replica, in a process of its own: all that a bot and a worker do, once through."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.accepting import Pace
from bot.platforms.slack.client import Clients
from bot.platforms.slack.poster import SlackPoster
from bot.platforms.slack.workspaces import AnyWorkspace
from bot.services.app import Services, build_services
from bot.services.banks import LoadBank
from bot.services.commands import Actor, AnswerQuestion, Platform, SubmitCode
from bot.services.deliveries import DeliveryService
from bot.services.errors import Refusal
from bot.services.grading import GradingService, WorkerSettings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.integration.kills.points import KillableJudge, KillablePoster, KillableStore, Points
from tests.unit.services.fakes.store import FakeClock, FakeSignals
from tests.unit.services.fakes.world import FakeJudge, question

EDITION = "editions"
"""A bank whose questions are always all of one edition."""
EDITION_SIZE = 8


@dataclass(frozen=True)
class Ask:
    """What a member does, until somebody tells them that it is done: an answer, or code."""

    event: str
    actor: Actor
    at: datetime
    posting: int = 0
    letter: str = ""
    challenge: str = ""
    text: str = ""


@dataclass(frozen=True)
class Plan:
    """What one life finds: the database, the platform, the time, and where it is to end, if it is."""

    url: str
    platform: str
    now: datetime
    edition: int
    asks: tuple[Ask, ...]
    heard: Path
    """Where it is written down what members were told."""
    armed: str = ""
    skip: int = 0


def live(plan: Plan) -> None:
    """Run a whole life."""
    asyncio.run(_live(plan))


def migrate_once(plan: Plan) -> None:
    """Migrate a database, and nothing else."""
    points = Points(plan.armed, plan.skip)
    points.at_statements()
    points.action = "migrate"
    asyncio.run(migrate(plan.url))
    points.here("committed")
    _tell(plan, "crossed", json.dumps(points.crossed))


async def _live(plan: Plan) -> None:
    points = Points(plan.armed, plan.skip)
    points.at_statements()
    clock, signals = FakeClock(plan.now), FakeSignals()
    database = Database(plan.url, pool_size=4, application="replica")
    clients = Clients(plan.platform)
    store = KillableStore(database, clock, points)
    services = build_services(store, clock, pace=Pace(cooldown=timedelta(), attempts=1_000))
    poster = KillablePoster(SlackPoster(clients, AnyWorkspace("xoxb-1-test"), clock), points)
    posters = {Platform.SLACK: poster}
    deliveries = DeliveryService(store.begin, posters, clock, signals, services.panels)
    judge = KillableJudge(FakeJudge(), points)
    worker = GradingService(
        store.begin, judge, clock, signals, WorkerSettings(name=f"w{os.getpid()}", slots=1)
    )
    try:
        points.action = "import"
        await services.banks.load(LoadBank(bank=EDITION, items=edition(plan.edition)))
        points.action = "post"
        await services.rounds.tick()
        for ask in plan.asks:
            points.action = "answer" if ask.posting else "submit"
            await _do(plan, services, ask)
        points.action = "grade"
        while await worker.run_once():
            pass
        points.action = "deliver"
        while await deliveries.run_once():
            pass
        points.action = "follow"
        await services.leaderboards.tend()
        await services.learning.tick()
    finally:
        await clients.close()
        await database._direct.close()
        await database.engine.dispose()
    _tell(plan, "crossed", json.dumps(points.crossed))


def edition(number: int) -> list:
    """The bank's questions as they are in one edition."""
    return [
        replace(question(f"edition-{n}", topic=EDITION), prompt=f"edition {number}")
        for n in range(EDITION_SIZE)
    ]


async def _do(plan: Plan, services: Services, ask: Ask) -> None:
    try:
        if ask.posting:
            await services.quiz.answer(
                AnswerQuestion(
                    actor=ask.actor,
                    event_id=ask.event,
                    posting=ask.posting,
                    letters=frozenset(ask.letter),
                    at=ask.at,
                )
            )
        else:
            await services.submissions.submit(
                SubmitCode(
                    actor=ask.actor, event_id=ask.event, challenge=ask.challenge, text=ask.text, at=ask.at
                )
            )
    except Refusal as refusal:
        _tell(plan, "refused", f"{ask.event} {refusal.code}")
    else:
        _tell(plan, "done", ask.event)


def _tell(plan: Plan, what: str, detail: str) -> None:
    """Written at once and whole, so that nothing said gets lost when the process does."""
    told = os.open(plan.heard, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(told, f"{what} {detail}\n".encode())
    os.close(told)
