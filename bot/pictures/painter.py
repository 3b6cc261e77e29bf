"""Pictures of cards: drawn in a thread of their own, kept for a while, never many at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from bot.services.cards import LeaderboardPage, StreakCard
from bot.services.panels import Picture

MOST_KEPT = 200
"""Pictures that are kept: about 30 KB each."""
AT_ONCE = 2
"""Pictures that are drawn side by side; one takes some tens of milliseconds of a core."""


class Painter:
    """The services' ``Pictures``. The same card is drawn once; Pillow is loaded with the first one."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._most_kept = most_kept
        self._kept: OrderedDict[LeaderboardPage | StreakCard, Picture] = OrderedDict()
        self._drawing = asyncio.Semaphore(AT_ONCE)

    async def leaderboard(self, page: LeaderboardPage) -> Picture:
        """A page of ranks, with the reader's own line."""

        def draw() -> Picture:
            from bot.pictures.leaderboard import leaderboard

            return leaderboard(page)

        return await self._picture(page, draw)

    async def streak(self, card: StreakCard) -> Picture:
        """The days of a streak as a calendar."""

        def draw() -> Picture:
            from bot.pictures.calendar import calendar

            return calendar(card)

        return await self._picture(card, draw)

    async def _picture(self, card: LeaderboardPage | StreakCard, draw: Callable[[], Picture]) -> Picture:
        async with self._drawing:
            kept = self._kept.get(card)
            if kept is None:
                kept = self._kept[card] = await asyncio.to_thread(draw)
            self._kept.move_to_end(card)
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return kept
