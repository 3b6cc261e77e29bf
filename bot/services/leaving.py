"""Being removed from a community, coming back, and what time takes away.

A community that removed us hears no more of us at once: no round, nothing from the outbox. What its members
earned is kept for the retention time, so that a removal by mistake costs nothing, and is purged after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.commands import Platform
from bot.services.ports import Begin, Clock
from bot.services.repositories.retention import Horizon

BATCH = 1_000
"""Rows in one transaction of a purge, so that nobody waits long for its locks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """For how many days each kind is kept; 0 is for ever."""

    left: int = 90
    deliveries: int = 30
    messages: int = 365
    code: int = 0

    def horizon(self, now: datetime) -> Horizon:
        """What is too old now."""

        def before(days: int) -> datetime | None:
            return now - timedelta(days=days) if days else None

        return Horizon(
            now=now,
            left=before(self.left),
            deliveries=before(self.deliveries),
            messages=before(self.messages),
            code=before(self.code),
        )


class LeavingService:
    """For the platforms (leave, come back) and for the scheduler and the operator (purge)."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def left(self, platform: Platform, community: str) -> bool:
        """We were removed from a community (the platform's id). False when there is nothing to do.

        Safe to call again: platforms tell it more than once.
        """
        now = self._clock.now()
        async with self._begin() as work:
            found = await work.retention.leave(platform, community, now)
            if found is None:
                return False
            await work.audit.note(found, None, "community.left", "", now)
        return True

    async def came_back(self, platform: Platform, community: str) -> bool:
        """We were added again: what was kept is there, and rounds go on. False when we had not left."""
        now = self._clock.now()
        async with self._begin() as work:
            found = await work.retention.come_back(platform, community)
            if found is None:
                return False
            await work.audit.note(found, None, "community.came_back", "", now)
        return True

    async def expired(self, keep: Keep) -> Mapping[str, int]:
        """How many rows of each kind are too old: what a purge would take now."""
        async with self._begin() as work:
            return await work.retention.expired(keep.horizon(self._clock.now()))

    async def purge(self, keep: Keep) -> Mapping[str, int]:
        """Take what is too old, in small transactions; gives how many rows of each kind went.

        Stopped half way it has taken less, and the next one goes on.
        """
        horizon = keep.horizon(self._clock.now())
        async with self._begin() as work:
            found = await work.retention.expired(horizon)
        taken = dict.fromkeys(found, 0)
        for kind in found:
            while True:
                async with self._begin() as work:
                    took = await work.retention.purge(kind, horizon, BATCH)
                taken[kind] += took
                if not took:
                    break
        return taken
