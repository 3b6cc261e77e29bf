"""What learning does by itself: it follows the answers, reminds, and fits weights."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import groupby

from bot.domain.fitting import ENOUGH_REVIEWS, MOST_REVIEWS, Reviewed, fit
from bot.services.errors import Unavailable
from bot.services.learning.duel import DuelService
from bot.services.learning.exam import ExamService
from bot.services.learning.review import ReviewService
from bot.services.learning.study import catch_up
from bot.services.ports import Begin, Clock

log = logging.getLogger(__name__)

ANSWERS_AT_ONCE = 500
BATCHES = 20
"""So many batches a tick: 500 answers a second are followed, and an old database is caught up in hours."""
GROWTH = 1.25
"""Weights are fitted again when the log is a quarter longer."""


class LearningTicks:
    """Called at a steady tick; every call does a bounded amount of work, and may be repeated or lost."""

    def __init__(
        self, begin: Begin, clock: Clock, review: ReviewService, exams: ExamService, duels: DuelService
    ) -> None:
        self._begin = begin
        self._clock = clock
        self._review = review
        self._exams = exams
        self._duels = duels

    async def tick(self) -> None:
        """End exams and duels whose time is up, look at new answers, write the reminders that are due.

        What fails is logged and keeps nothing else from being done. Raises ``Unavailable``.
        """
        for step in (
            self._exams.end_late,
            self._duels.end_due,
            self.follow_answers,
            self._review.remind,
        ):
            await _or_log(step)

    async def follow_answers(self) -> int:
        """Record what new answers say of members and questions; returns for how many members.

        One transaction for each member, so that a crash costs at most one of them until their next answer.
        """
        looked_at = 0
        for _ in range(BATCHES):
            async with self._begin() as work:
                members = await work.attempts.behind(ANSWERS_AT_ONCE)
            if not members:
                break
            for member in members:
                await _or_log(partial(self._catch_up, member))
            looked_at += len(members)
        return looked_at

    async def _catch_up(self, member: int) -> None:
        async with self._begin() as work:
            await catch_up(work, member, self._clock.now())

    async def fit(self) -> bool:
        """Fit FSRS's weights to one member whose log has grown enough; whether there was one.

        The search is bounded (a few seconds) and runs in a thread, beside the event loop.
        """
        async with self._begin() as work:
            found = await work.reviews.to_fit(ENOUGH_REVIEWS, GROWTH)
            if found is None:
                return False
            member, size = found
            log = await work.reviews.log(member, MOST_REVIEWS)
        histories = []
        for _, reviews in groupby(sorted(log, key=lambda one: (one.card, one.at)), key=lambda one: one.card):
            history, last = [], None
            for one in reviews:
                history.append(Reviewed(one.rating, (one.at - last).days if last else 0))
                last = one.at
            histories.append(history)
        weights = await asyncio.to_thread(fit, histories)
        async with self._begin() as work:
            await work.reviews.keep_weights(member, weights, size)
        return True


async def _or_log(step: Callable[[], Awaitable[object]]) -> None:
    try:
        await step()
    except Unavailable:
        raise
    except Exception:
        log.exception("a step of learning failed; it comes again")
