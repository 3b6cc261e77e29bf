"""Learning in memory, as far as the other services ask it: nobody has learnt anything yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.services.learning.records import Deck
from tests.unit.services.fakes.base import Repository


class FakeSkills:
    async def topics(self, member: int) -> Sequence[object]:
        return ()

    async def of_member(self, member: int) -> Mapping[str, object]:
        return {}

    async def pick_near(self, *_: object) -> None:
        """None fits, so that the question comes from where it always did."""
        return


class FakeReviews(Repository):
    async def decks(self, member: int, now: datetime) -> Sequence[Deck]:
        return self.tables.decks.get(member, ())


class FakeSolutions:
    async def given_up(self, member: int, question: int) -> None:
        """Nobody gives up."""
        return
