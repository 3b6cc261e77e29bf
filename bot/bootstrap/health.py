"""What ``/readyz`` checks and ``/metrics`` measures."""

from __future__ import annotations

import contextlib

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from bot.services.errors import ServiceError, Unavailable
from bot.storage.database import Database
from bot.storage.presence import count_workers
from bot.web.health import Check, Checks


def readiness(database: Database) -> Checks:
    """The checks: the database answers, its schema is this program's, a worker is there."""

    async def answers() -> Check:
        try:
            await database.ping()
        except Unavailable:
            return Check(False, "the database is not answering")
        return Check(True, "the database answers")

    async def schema() -> Check:
        try:
            await database.require_current_schema()
        except ServiceError as error:
            return Check(False, str(error))
        return Check(True, "the schema is current")

    async def worker() -> Check:
        try:
            workers = await count_workers(database.engine)
        except Unavailable:
            return Check(False, "the database is not answering")
        if not workers:
            return Check(
                False, "no worker is connected, so nothing is graded: start one with ./warmup worker"
            )
        return Check(True, f"{workers} connected")

    return {"database": answers, "schema": schema, "worker": worker}


class Metrics:
    """The registry of this process, with gauges that are asked for when somebody looks."""

    def __init__(self, database: Database) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._database = database
        self._queued = Gauge(
            "warmup_grading_queued", "Submissions that wait for a worker.", registry=self.registry
        )
        self._workers = Gauge("warmup_workers", "Grading workers connected.", registry=self.registry)
        self._up = Gauge("warmup_database_up", "Whether the database answers.", registry=self.registry)

    async def refresh(self) -> None:
        """Bring the gauges up to date; those that need the database keep their value while it is away."""
        self._up.set(0)
        with contextlib.suppress(Unavailable):
            async with self._database.begin() as work:
                self._queued.set(await work.queue.depth())
            self._workers.set(await count_workers(self._database.engine))
            self._up.set(1)
