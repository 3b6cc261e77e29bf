"""Answers, submissions and hints: what members handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.grading import Judgement
from bot.services.commands import Platform
from bot.services.records import Answer, HintTaken, NewSubmission, Submission, Tally


class Answers(Protocol):
    """Answers to questions, unique by (posting, member); ``bot.services.ports.Quick`` records them."""

    async def of(self, posting: int, member: int) -> Answer | None:
        """The member's answer to the posting."""

    async def count(self, posting: int) -> int:
        """How many members answered."""

    async def tally(self, posting: int) -> Tally:
        """How they answered."""


class Submissions(Protocol):
    """Code handed in, unique by (platform, event_id)."""

    async def add(self, submission: NewSubmission) -> Submission | None:
        """Record it; None when the event is known already."""

    async def by_event(self, platform: Platform, event_id: str) -> Submission | None:
        """What an earlier delivery of the same event made."""

    async def get(self, submission: int) -> Submission | None:
        """A submission by id."""

    async def tries(self, community: int, member: int, question: int) -> Sequence[Submission]:
        """Every submission of the member for the challenge, oldest first."""

    async def attempts(self, community: int, member: int, question: int) -> int:
        """How many the member has handed in for the challenge, over all its versions.

        Those that ended in an internal error do not count. Locks the member's submissions to it until the
        end of the transaction, so that two at once get two numbers.
        """

    async def handed_in(self, community: int, member: int, since: datetime) -> Sequence[tuple[int, datetime]]:
        """(question, event time) of the submissions later than ``since``; internal errors left out."""

    async def waiting(self, community: int, member: int) -> int:
        """How many of the member's submissions have no verdict yet."""

    async def record(self, submission: int, judgement: Judgement, points: int, note: str) -> None:
        """Write the verdict and what it earned; the submission is judged from now on."""

    async def solved(self, community: int, question: int, posting: int | None) -> int:
        """How many members solved the challenge: in that posting, or (None) at all in the community."""

    async def submitted(self, posting: int) -> int:
        """How many members handed something in for the posting."""


class Hints(Protocol):
    """Hints taken, unique by (community, member, question, number)."""

    async def taken(self, community: int, member: int, question: int) -> Sequence[HintTaken]:
        """In order of their numbers."""

    async def add(
        self, community: int, member: int, question: int, number: int, event_id: str, at: datetime
    ) -> bool:
        """Record one; False when it was taken already."""
