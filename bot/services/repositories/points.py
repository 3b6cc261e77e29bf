"""Points, ranks and streaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.domain.ledger import Earned, LedgerEntry
from bot.domain.periods import Period
from bot.domain.streaks import ChallengeDay, Gift, History, Kept
from bot.services.records import ScorePage


class Ledger(Protocol):
    """The append-only ledger, and the score tables that follow it."""

    async def lock(self, member: int) -> None:
        """Let other payments to the member wait until the end of the transaction."""

    async def earned(self, community: int, member: int, question: int) -> Earned:
        """What was paid for one question. Locks the member's ledger in the community until the end of the
        transaction, so that two payments for it come one after the other.
        """

    async def append(self, entry: LedgerEntry) -> bool:
        """Add a row and, in the same transaction, its points and solved count to the score of every
        ``Period`` (keyed by ``bot.domain.periods.period_start`` of ``entry.day``); ``reached_at`` becomes
        ``entry.at`` when points came in. False, and nothing changes, when (community, source) is known.
        """

    async def payments(self, question: int, after: int, limit: int) -> Sequence[tuple[int, LedgerEntry]]:
        """Rows numbered above ``after`` that paid for a question, in every community, with their numbers.

        Rows that were taken back (``bot.domain.ledger.taken_back``) and those that did it are left out.
        """

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        """A member's rows, oldest first."""

    async def scores(
        self, community: int, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        """Members with points above 0 in one period, as ``bot.domain.ranks`` orders and ranks them."""


class Streaks(Protocol):
    """What streaks are computed from; nothing derived is stored."""

    async def history(self, community: int, members: Collection[int]) -> History:
        """Days, what was kept, and gifts, as the methods below give them, from one snapshot."""

    async def days(self, community: int) -> Sequence[ChallengeDay]:
        """Every local date with at least one round that was not skipped, oldest first."""

    async def kept(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Kept]]:
        """What each member did for challenge days: answers to rounds' questions, and submissions for rounds'
        challenges that were accepted, wait, or could not be graded; all with their event times. Members
        without any are left out.
        """

    async def gifts(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Gift]]:
        """Freezes granted and days repaired, from the ledger."""
