"""Daily rounds, and what was shown in them or on request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.rounds import DueRound
from bot.services.commands import Platform
from bot.services.records import Posting, Round, RoundState


class Rounds(Protocol):
    """Daily rounds, unique by (channel, local date)."""

    async def open(
        self,
        community: int,
        channel: int,
        due: DueRound,
        opens_at: datetime,
        state: RoundState = RoundState.OPEN,
        reason: str = "",
    ) -> Round | None:
        """Record a round; None when the channel has one for that date already (nothing changes then).

        The window is ``opens_at`` to ``due.closes_at``.
        """

    async def get(self, round_: int) -> Round:
        """A round by id. Raises ``NotFound``."""

    async def current(self, channel: int, at: datetime) -> Round | None:
        """The latest round that is not void or skipped and whose window holds ``at``."""

    async def showing(self, question: int) -> Sequence[Round]:
        """Rounds that posted the question or challenge and are neither void nor skipped, by id."""

    async def to_close(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of open rounds whose window is over, earliest first."""

    async def lock_to_close(self, round_: int, now: datetime) -> Round | None:
        """Claim one of them for this transaction; None when another did or it is not due any more."""

    async def set_state(self, round_: int, state: RoundState, reason: str = "") -> None:
        """Close or void it. Voiding a round makes its postings void."""

    async def extend(self, round_: int, closes_at: datetime) -> None:
        """Move the end of the window later (never earlier), for the round and its postings."""


class Postings(Protocol):
    """Shown questions and challenges; their ids go into buttons."""

    async def add(
        self,
        *,
        community: int,
        channel: int,
        version: int,
        at: datetime,
        round_: int | None = None,
        member: int | None = None,
        platform: Platform | None = None,
        event_id: str = "",
    ) -> Posting:
        """Record a showing. With a ``round_`` it shares its window; ``Round.question`` or ``.challenge``
        then name it. ``(platform, event_id)`` is unique where given.
        """

    async def get(self, posting: int) -> Posting | None:
        """A posting by id."""

    async def by_event(self, platform: Platform, event_id: str) -> Posting | None:
        """The posting that an earlier delivery of the same event made."""
