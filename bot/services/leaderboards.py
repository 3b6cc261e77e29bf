"""``/leaderboard``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from bot.domain.boards import Board, Scope
from bot.domain.periods import Period, period_start
from bot.domain.ranks import TIE_BREAK
from bot.domain.rounds import instant, local_date
from bot.domain.streaks import Streak
from bot.services.cards import LeaderboardPage, Standing
from bot.services.commands import ShowLeaderboard
from bot.services.errors import Refusal
from bot.services.ports import Clock, Store
from bot.services.records import Place, ScorePage, ScoreRow
from bot.services.streaks import streaks_from

PAGE = 10


class LeaderboardService:
    """Ranks of a community, channel, topic or league, with the reader's own line wherever it is."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def show(self, command: ShowLeaderboard) -> LeaderboardPage:
        """One page; a page beyond the last shows the last.

        Raises ``Refusal`` for a topic's board without a topic, and for a league's where there is none.
        """
        now = self._clock.now()
        place = await self._store.quick.enter(command.actor)
        board = _board(command, place)
        start = period_start(command.period, local_date(now, place.community.zone))
        page = max(1, command.page)
        scores = await self._page(board, command.period, start, page, place.member.id)
        pages = max(1, -(-scores.members // PAGE))
        if page > pages:
            page = pages
            scores = await self._page(board, command.period, start, page, place.member.id)
        shown = (*scores.rows, *([scores.own] if scores.own else ()))
        streaks = await self._streaks(shown, now)
        own = scores.own.member if scores.own else None
        since: datetime | None = None
        if command.period is not Period.ALL:
            since = instant(start, time(), place.community.zone)
        return LeaderboardPage(
            period=command.period,
            scope=board.scope,
            topic=board.topic,
            since=since,
            rows=tuple(_standing(row, streaks[row.member].current, own) for row in scores.rows),
            page=page,
            pages=pages,
            members=scores.members,
            own=_standing(scores.own, streaks[scores.own.member].current, own) if scores.own else None,
            tie_break=TIE_BREAK,
        )

    async def tend(self) -> None:
        """Keep the boards quick and small; called at a steady tick by any number of replicas."""
        while True:
            async with self._store.begin() as work:
                if not await work.ledger.tend(self._clock.now().date()):
                    return

    async def _page(self, board: Board, period: Period, start: date, page: int, reader: int) -> ScorePage:
        return await self._store.quick.page(
            board, period, start, offset=(page - 1) * PAGE, limit=PAGE, reader=reader
        )

    async def _streaks(self, rows: Iterable[ScoreRow], now: datetime) -> Mapping[int, Streak]:
        """The streak of everybody shown, in their own community."""
        members = {row.member for row in rows}
        if not members:
            return {}
        streaks, marks = streaks_from(await self._store.quick.streaks(members), now)
        if marks:
            await self._store.quick.remember(marks)
        return streaks


def _board(command: ShowLeaderboard, place: Place) -> Board:
    match command.scope:
        case Scope.COMMUNITY:
            return Board(Scope.COMMUNITY, place.community.id)
        case Scope.CHANNEL:
            return Board(Scope.CHANNEL, place.channel.id)
        case Scope.TOPIC:
            topic = command.topic.strip()
            if not topic:
                raise Refusal(
                    "no_topic", "Which topic? Type `/leaderboard` with one, such as `topic:python`."
                )
            return Board(Scope.TOPIC, place.community.id, topic)
        case Scope.LEAGUE:
            if place.community.league is None:
                raise Refusal(
                    "no_league",
                    "This community shares its leaderboard with no other. An admin can start a league with "
                    "`/league create`.",
                )
            return Board(Scope.LEAGUE, place.community.league)


def _standing(row: ScoreRow, streak: int, own: int | None) -> Standing:
    return Standing(
        rank=row.rank,
        member=row.member,
        name=row.name,
        points=row.points,
        solved=row.solved,
        streak=streak,
        is_reader=row.member == own,
    )
