"""Solutions and free practice, as the services read and write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.content import Kind
from bot.services.learning.records import AcceptedSubmission, Exercise, FreeAnswer, SharedSolution
from bot.services.records import StoredItem


class Solutions(Protocol):
    """Which solutions members have seen, and which they share."""

    async def given_up(self, member: int, question: int) -> datetime | None:
        """When the member gave the challenge up to see its solution."""

    async def give_up(self, member: int, question: int, at: datetime) -> None:
        """Record it; the first time stands."""

    async def was_closed(self, community: int, question: int, now: datetime) -> bool:
        """Whether the challenge was a round's in the community, and none of these rounds is open."""

    async def share(self, submission: int, member: int, question: int, at: datetime) -> None:
        """Show this submission to others who have solved the challenge; one of each member."""

    async def unshare(self, member: int, question: int) -> None:
        """Show it no more."""

    async def shares(self, member: int, question: int) -> bool:
        """Whether the member shows a solution."""

    async def shared(
        self, community: int, question: int, besides: int, offset: int
    ) -> tuple[SharedSolution | None, int]:
        """One shared solution of the community's other members, oldest first, and how many there are."""

    async def accepted(self, community: int, question: int, limit: int) -> Sequence[AcceptedSubmission]:
        """The latest accepted submission of each member, those first who handed in last; then by number."""


class Practice(Protocol):
    """Free texts and checklists."""

    async def exercises(
        self, community: int, member: int, kind: Kind, topic: str | None, limit: int
    ) -> Sequence[Exercise]:
        """Free texts or checklists: those that the member did least often first, then by title."""

    async def exercise(self, community: int, question: int) -> StoredItem | None:
        """The current version of one of them, where the community may use it."""

    async def answer(self, member: int, stored: StoredItem, words: str, at: datetime) -> int:
        """Keep an answer and return its id."""

    async def get(self, answer: int) -> FreeAnswer | None:
        """An answer by id."""

    async def mark(self, answer: int, met: frozenset[int]) -> None:
        """Which of the rubric's points are in it."""

    async def ticks(self, member: int, question: int) -> frozenset[str]:
        """The ticked items of a checklist, by their texts."""

    async def tick(self, member: int, question: int, item: str, ticked: bool, at: datetime) -> None:
        """Tick an item, or take the tick away."""
