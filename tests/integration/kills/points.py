"""Named points at which a replica ends as by ``kill -9``; production has no such thing.

They are the borders that every action crosses anyway: its statements, the ends of its transactions, the
database's quick part, the platform and the judge. The replica's process wraps these, and ``bot``
knows nothing of it.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Engine, event

from bot.domain.grading import GradingJob, RunReport
from bot.services.ports import Clock, Judge, Outgoing, Poster
from bot.storage.database import Database

IN_TRANSACTIONS = ("begun", "statement", "before-commit", "committed")
POINTS: dict[str, tuple[str, ...]] = {
    "import": IN_TRANSACTIONS,
    "post": IN_TRANSACTIONS,
    "answer": ("asked", "told"),
    "submit": IN_TRANSACTIONS,
    "grade": (*IN_TRANSACTIONS, "before-judging", "judged"),
    "deliver": (*IN_TRANSACTIONS, "before-sending", "sent"),
    "migrate": ("statement", "before-commit", "committed"),
}
"""What can be armed: ``ACTION.POINT``."""


class Points:
    """Counts the crossings of every point; at the armed one, after ``skip`` crossings of it, the end."""

    def __init__(self, armed: str, skip: int) -> None:
        self._armed = armed
        self._left = skip
        self.action = ""
        self.crossed: Counter[str] = Counter()

    def here(self, point: str) -> None:
        """The action under way crosses a point."""
        name = f"{self.action}.{point}"
        self.crossed[name] += 1
        if name == self._armed:
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self._left -= 1

    def at_statements(self) -> None:
        """Cross ``statement`` before every statement of SQLAlchemy, ``before-commit`` before its commits."""
        event.listen(Engine, "before_cursor_execute", lambda *_: self.here("statement"))
        event.listen(Engine, "commit", lambda *_: self.here("before-commit"))


class KillableStore:
    """The database's transactions and its quick part, with points; its clock is the plan's."""

    def __init__(self, database: Database, clock: Clock, points: Points) -> None:
        self._database = database
        self._clock = clock
        self._points = points

    @property
    def quick(self) -> Any:
        return KillableQuick(self._database.quick, self._points)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        async with self._database.begin() as work:
            self._points.here("begun")

            async def database_now() -> Any:
                return self._clock.now()

            work.database_now = database_now  # type: ignore[method-assign]
            yield work
        self._points.here("committed")


class KillableQuick:
    """Whatever the quick part offers, with a point before and after it."""

    def __init__(self, quick: Any, points: Points) -> None:
        self._quick = quick
        self._points = points

    def __getattr__(self, name: str) -> Any:
        async def called(*values: Any, **named: Any) -> Any:
            self._points.here("asked")
            answer = await getattr(self._quick, name)(*values, **named)
            self._points.here("told")
            return answer

        return called


class KillablePoster:
    """A platform that takes a message, or is about to, when the end comes."""

    def __init__(self, poster: Poster, points: Points) -> None:
        self._poster = poster
        self._points = points

    async def send(self, message: Outgoing) -> str:
        self._points.here("before-sending")
        sent = await self._poster.send(message)
        self._points.here("sent")
        return sent


class KillableJudge:
    """A judge whose worker ends before or after the work."""

    def __init__(self, judge: Judge, points: Points) -> None:
        self._judge = judge
        self._points = points

    async def grade(self, job: GradingJob) -> RunReport:
        self._points.here("before-judging")
        report = await self._judge.grade(job)
        self._points.here("judged")
        return report
