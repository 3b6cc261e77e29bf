"""Duels, as the services read and write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.duels import DuelState, Race
from bot.services.commands import Platform
from bot.services.learning.records import Duel
from bot.services.records import StoredItem


class Duels(Protocol):
    """Duels; a member has few of them at a time."""

    async def invite(
        self,
        platform: Platform,
        event_id: str,
        channel: int,
        first: int,
        second: int,
        stored: StoredItem,
        at: datetime,
        ends_at: datetime,
    ) -> int | None:
        """Record an invitation and return its id; None when the event made one already."""

    async def by_event(self, platform: Platform, event_id: str) -> int | None:
        """The duel that an earlier delivery of the same event made."""

    async def get(self, duel: int, *, lock: bool = False) -> Duel | None:
        """A duel by id. Locked, it waits for others who change it."""

    async def set_state(
        self,
        duel: int,
        state: DuelState,
        *,
        at: datetime,
        ends_at: datetime | None = None,
        counted: bool = False,
        winner: int | None = None,
    ) -> None:
        """Go on: ``OPEN`` starts it and sets when it ends and whether it counts; the others finish it."""

    async def open_side(self, duel: int, member: int, at: datetime) -> None:
        """The member has seen the question; the first time stands."""

    async def answer(self, duel: int, member: int, chosen: frozenset[int], typed: str, at: datetime) -> bool:
        """Keep the member's answer; False when there is one already (it stands)."""

    async def counted_between(self, one: int, other: int, since: datetime) -> Sequence[datetime]:
        """When duels of these two began that count."""

    async def of_member(self, member: int, limit: int) -> Sequence[Duel]:
        """The member's duels, latest first."""

    async def live(self, now: datetime, limit: int) -> Sequence[int]:
        """Invitations and duels whose time is up, and open ones with a challenge that has a verdict."""

    async def race(self, duel: Duel, member: int) -> Race:
        """How far the member is with the duel's challenge, by submissions inside its time."""
