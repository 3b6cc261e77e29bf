"""Bells over LISTEN and NOTIFY, on a connection of their own that is made again whenever it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from bot.services.ports import Topic
from bot.storage.engine import connect

log = logging.getLogger(__name__)

CHANNEL = "warmup"
"""The one NOTIFY channel; the payload is the topic."""
RECONNECT_S = (0.1, 0.5, 2.0, 5.0)
"""Pauses between tries to connect; the last one repeats."""
PROBE_S = 30.0
"""How often the connection is asked for a sign of life: a lost network says nothing by itself."""


class PostgresBell:
    """Implements ``bot.services.ports.Bell``."""

    def __init__(self, signals: PostgresSignals, topic: Topic) -> None:
        self._signals = signals
        self._topic = topic
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the listener, now or at its next wait."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """True as soon as the topic was rung since the last call returned, False after the time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung

    def close(self) -> None:
        """Stop listening."""
        self._signals.forget(self._topic, self)


class PostgresSignals:
    """Implements ``bot.services.ports.Signals``. ``async with`` keeps the connection.

    After every reconnect all bells ring once, because what was rung meanwhile is lost.
    """

    def __init__(self, url: str, *, application: str = "warmup") -> None:
        self._url = url
        self._application = application
        self._bells: dict[Topic, set[PostgresBell]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()
        """Set while the connection is up; for health checks and tests."""

    def bell(self, topic: Topic) -> PostgresBell:
        """Start listening."""
        bell = PostgresBell(self, topic)
        self._bells[topic].add(bell)
        return bell

    def forget(self, topic: Topic, bell: PostgresBell) -> None:
        """Do not ring this bell any more."""
        self._bells[topic].discard(bell)

    async def __aenter__(self) -> PostgresSignals:
        self._task = asyncio.create_task(self._keep_listening(), name="signals")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("signals: the database is away (%s); polling meanwhile", type(error).__name__)
                failures += 1
            finally:
                self.listening.clear()
            await asyncio.sleep(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)])

    async def _listen(self) -> None:
        """Listen until the connection is lost."""
        connection = await connect(self._url, application=self._application)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            self.listening.set()
            for topic in Topic:
                self._ring(topic)
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROBE_S):
                        await lost.wait()
                if not lost.is_set():
                    await connection.execute("SELECT 1", timeout=PROBE_S)
        finally:
            connection.terminate()

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        with suppress(ValueError):  # a newer program's topic
            self._ring(Topic(payload))

    def _ring(self, topic: Topic) -> None:
        for bell in self._bells[topic]:
            bell.ring()
