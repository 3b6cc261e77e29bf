"""Exams, as the services read and write them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.content import Blueprint
from bot.services.learning.records import Drawn, Exam, OfferedExam, PastExam


class Exams(Protocol):
    """Blueprints, and the exams that members take."""

    async def keep_blueprints(self, bank: int, blueprints: Collection[Blueprint]) -> None:
        """Add or replace blueprints of a bank, by their keys."""

    async def offered(self, community: int) -> Sequence[OfferedExam]:
        """The blueprints of enabled banks that the community may use, by title."""

    async def draw(
        self,
        community: int,
        member: int,
        blueprint: Blueprint,
        counts: Sequence[int],
        *,
        bank: int | None,
        seed: str,
    ) -> Sequence[Drawn]:
        """Questions for each domain, as many as it gets or has: those first that the member met least often
        in exams, then by chance (the same for the same seed). No question comes twice, and none of today's.
        ``bank``: the id of a blueprint whose bank alone is drawn from; None: all that the community may use.
        """

    async def start(
        self,
        member: int,
        channel: int,
        offered: OfferedExam | None,
        blueprint: Blueprint,
        drawn: Sequence[Drawn],
        at: datetime,
        ends_at: datetime,
    ) -> int | None:
        """Record an exam with its questions and return its id; None when the member has one open."""

    async def get(self, exam: int, *, lock: bool = False) -> Exam | None:
        """An exam with its questions by place. Locked, it waits for others who change it."""

    async def open_of(self, member: int) -> int | None:
        """The member's open exam."""

    async def answer(
        self, exam: int, place: int, chosen: frozenset[int], typed: str, at: datetime | None
    ) -> None:
        """Set the answer as it stands; without one, ``at`` is None."""

    async def flag(self, exam: int, place: int, flagged: bool) -> None:
        """Mark a question to be looked at again."""

    async def finish(self, exam: int, at: datetime, correct: Mapping[int, bool]) -> None:
        """Close the exam: whether each place was right."""

    async def ending(self, now: datetime, limit: int) -> Sequence[int]:
        """Open exams whose time is up."""

    async def past(self, member: int, blueprint: int | None, limit: int) -> Sequence[PastExam]:
        """The member's exams that are over, latest first; of one blueprint, or (None) all."""
