"""``/leaderboard``."""

from __future__ import annotations

from datetime import datetime, time

from bot.domain.periods import Period, period_start
from bot.domain.ranks import TIE_BREAK
from bot.domain.rounds import instant, local_date
from bot.domain.streaks import Streak
from bot.services.cards import LeaderboardPage, Standing
from bot.services.commands import ShowLeaderboard
from bot.services.ports import Begin, Clock
from bot.services.records import ScoreRow
from bot.services.streaks import streaks_of

PAGE = 10


class LeaderboardService:
    """Ranks of a community, with the reader's own line wherever it is."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def show(self, command: ShowLeaderboard) -> LeaderboardPage:
        """One page; a page beyond the last shows the last."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            community, reader = place.community, place.member.id
            start = period_start(command.period, local_date(now, community.zone))
            page = max(1, command.page)
            scores = await work.ledger.scores(
                community.id, command.period, start, offset=(page - 1) * PAGE, limit=PAGE, reader=reader
            )
            pages = max(1, -(-scores.members // PAGE))
            if page > pages:
                page = pages
                scores = await work.ledger.scores(
                    community.id, command.period, start, offset=(page - 1) * PAGE, limit=PAGE, reader=reader
                )
            shown = {row.member for row in scores.rows} | ({reader} if scores.own else set())
            streaks = await streaks_of(work, community.id, shown, now)
        since: datetime | None = None
        if command.period is not Period.ALL:
            since = instant(start, time(), community.zone)
        return LeaderboardPage(
            period=command.period,
            since=since,
            rows=tuple(_standing(row, streaks[row.member], reader) for row in scores.rows),
            page=page,
            pages=pages,
            members=scores.members,
            own=_standing(scores.own, streaks[reader], reader) if scores.own else None,
            tie_break=TIE_BREAK,
        )


def _standing(row: ScoreRow, streak: Streak, reader: int) -> Standing:
    return Standing(
        rank=row.rank,
        member=row.member,
        name=row.name,
        points=row.points,
        solved=row.solved,
        streak=streak.current,
        is_reader=row.member == reader,
    )
