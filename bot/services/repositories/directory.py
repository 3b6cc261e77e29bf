"""Who is there, where, and what admins did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.rounds import Schedule
from bot.services.commands import Actor
from bot.services.records import Channel, Community, Member, Place


class Directory(Protocol):
    """Communities, their channels and their members."""

    async def enter(self, actor: Actor) -> Place:
        """Find or create the actor's community, channel and member, and refresh their names.

        Safe when several callers do it at once. An empty name in ``actor`` leaves the stored one.
        """

    async def member(self, community: int, external: str) -> Member | None:
        """A member of the community by the platform's id."""

    async def community(self, community: int) -> Community:
        """A community by id. Raises ``NotFound``."""

    async def channel(self, channel: int) -> Channel:
        """A channel by id. Raises ``NotFound``."""

    async def channels(self, community: int) -> Sequence[Channel]:
        """The community's channels that have a schedule, by id."""

    async def set_zone(self, community: int, zone: str) -> None:
        """The zone of the community's leaderboards."""

    async def set_schedule(
        self, channel: int, schedule: Schedule | None, next_due_at: datetime | None
    ) -> None:
        """Set or (None) take away the schedule; also clears a pause."""

    async def set_paused(self, channel: int, reason: str) -> None:
        """Pause (with a reason) or, with an empty reason, go on."""

    async def set_next_due(self, channel: int, at: datetime | None) -> None:
        """When the tick has to look at this channel again."""

    async def due_channels(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of scheduled channels, not paused, whose ``next_due_at`` has come, earliest first."""

    async def lock_due(self, channel: int, now: datetime) -> tuple[Community, Channel] | None:
        """Claim one of them for this transaction; None when another holds it or it is not due any more."""


class Audit(Protocol):
    """What admins did."""

    async def note(
        self, community: int | None, member: int | None, action: str, detail: str, at: datetime
    ) -> None:
        """Append one line."""
