"""What a community has against questions: members flag them, admins set them aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.services.records import Round, StoredItem


@dataclass(frozen=True, slots=True)
class Flagged:
    """A question that members flagged, with what they said (the latest few, empty words left out)."""

    item: StoredItem
    flags: int
    reasons: tuple[str, ...]


class Objections(Protocol):
    """Questions and challenges of the banks that a community may use, as it sees them."""

    async def item(self, community: int, question: int) -> StoredItem | None:
        """The current version of one that the community may use, set aside or not."""

    async def find(self, community: int, key: str) -> StoredItem | None:
        """The same by its key, or its title without case; the community's own bank wins."""

    async def titles(self, community: int, limit: int) -> Sequence[tuple[str, str]]:
        """(key, title) of enabled items of any kind, by title."""

    async def flag(self, community: int, question: int, member: int, why: str, at: datetime) -> bool:
        """Remember that a member objects; False when they did before (the new words are kept)."""

    async def flagged(self, community: int, limit: int) -> Sequence[Flagged]:
        """Flagged questions that are not set aside, most flags first."""

    async def dismiss(self, community: int, question: int) -> int:
        """Forget the flags of a question; returns how many there were."""

    async def set_aside(self, community: int, question: int, reason: str, at: datetime) -> bool:
        """Neither pick nor find it in this community any more; False when that was done before.

        Copies that members asked for and have not answered are gone.
        """

    async def rounds(self, community: int, question: int) -> Sequence[Round]:
        """The community's rounds that posted it and are neither void nor skipped, by id."""
