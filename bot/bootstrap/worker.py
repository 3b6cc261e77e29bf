"""The role ``worker``: grades what is handed in until it is cancelled."""

from __future__ import annotations

import os
import platform

import structlog

from bot.bootstrap.alive import pulse
from bot.bootstrap.clock import SystemClock
from bot.bootstrap.database import connected, database
from bot.bootstrap.judge import open_judge
from bot.bootstrap.loops import draining, keep_going, together
from bot.config import Settings
from bot.services.grading import GradingService, WorkerSettings
from bot.storage.presence import worker_application

log = structlog.get_logger(__name__)

DRAIN_S = 4.0
"""How long a worker may finish what it is grading; what is left is handed back, well within ten seconds."""


async def worker(settings: Settings) -> None:
    """Grade what is handed in."""
    name = f"{os.getpid()}@{platform.node()}"
    async with (
        open_judge(settings) as judge,
        database(settings) as url,
        connected(url, application=worker_application(name)) as opened,
    ):
        grading = GradingService(
            opened.begin,
            judge,
            SystemClock(),
            opened.signals,
            WorkerSettings(name=name, slots=settings.worker_concurrency, drain_s=DRAIN_S),
        )
        log.info("the grading worker is ready", slots=settings.worker_concurrency)
        await together(
            keep_going("grading", lambda: draining(grading.run, DRAIN_S + 1)), pulse(settings, "worker")
        )
