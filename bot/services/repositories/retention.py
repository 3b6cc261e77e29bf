"""What is kept of communities that removed us, and how old anything else may become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.services.commands import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What is older goes; None keeps it for ever. Aware moments in UTC."""

    now: datetime
    """Codes that have run out go at once."""
    left: datetime | None
    """Communities that removed us before this, with everything in them."""
    deliveries: datetime | None
    """Outbox entries that were sent or given up before this."""
    messages: datetime | None
    """Lines of the playground's chat that were last changed before this."""
    code: datetime | None
    """The code of submissions handed in before this; verdicts and points stay."""


class Retention(Protocol):
    """Leaving a community, coming back, and what time takes away."""

    async def leave(self, platform: Platform, external: str, at: datetime) -> int | None:
        """Mark the community as left, stop its rounds and give up what waits in its outbox.

        Gives its id; None when it is not known or was left already.
        """

    async def come_back(self, platform: Platform, external: str) -> int | None:
        """Take the mark away; rounds that leaving stopped go on. None when it was not left."""

    async def expired(self, horizon: Horizon) -> Mapping[str, int]:
        """How many rows of each kind ``purge`` would take, by the kind's name."""

    async def purge(self, kind: str, horizon: Horizon, limit: int) -> int:
        """Take at most ``limit`` rows of one kind (a key of ``expired``); gives how many it took."""
