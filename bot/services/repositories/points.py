"""Points, ranks and streaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.domain.ledger import Earned, LedgerEntry
from bot.domain.streaks import Mark
from bot.services.records import StreakFacts


class Ledger(Protocol):
    """The append-only ledger, and the score tables that follow it."""

    async def lock(self, member: int) -> None:
        """Let other payments to the member wait until the end of the transaction."""

    async def earned(self, community: int, member: int, question: int) -> Earned:
        """What was paid for one question. Locks the member's ledger in the community until the end of the
        transaction, so that two payments for it come one after the other.
        """

    async def append(self, entry: LedgerEntry) -> bool:
        """Add a row and, in the same transaction, its points and solved count to its scores: on every
        board of ``bot.domain.boards.boards_of``, in every period of ``bot.domain.periods.kept_periods``;
        ``reached_at`` becomes ``entry.at`` when points came in. False, and nothing changes, when
        (community, source) is known.
        """

    async def payments(
        self, question: int, after: int, limit: int, community: int | None = None
    ) -> Sequence[tuple[int, LedgerEntry]]:
        """Rows numbered above ``after`` that paid for a question, in one or every community, with their
        numbers.

        Rows that were taken back (``bot.domain.ledger.taken_back``) and those that did it are left out.
        """

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        """A member's rows, oldest first."""

    async def tend(self, today: date) -> int:
        """Keep leaderboards quick and small; returns how much was done, 0 when nothing is left.

        Boards of days, weeks and months that are over (for every zone, with ``today`` in UTC) are dropped.
        """


class Streaks(Protocol):
    """What streaks are computed from, and marks that spare the way from the first day."""

    async def facts(self, members: Collection[int], *, whole: bool = False) -> Mapping[int, StreakFacts]:
        """What each member's streak is computed from; unknown members are left out.

        Days are the local dates on which their community had a round that was not skipped. Kept is by answers
        to rounds' questions, and by submissions for rounds' challenges that were accepted, wait, or could not
        be graded; all with their event times. Gifts are freezes granted and days repaired, from the ledger.
        Only what came after the member's mark, or the ``whole`` of it, without a mark.
        """

    async def remember(self, marks: Sequence[tuple[StreakFacts, Mark]]) -> None:
        """Keep a mark computed from the facts; passed over when anything has changed since for the member."""
