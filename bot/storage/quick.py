"""What people wait for most: one statement for each, on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date

from bot.domain.boards import Board
from bot.domain.ledger import LedgerEntry
from bot.domain.periods import Period
from bot.domain.streaks import Mark
from bot.services.commands import Actor
from bot.services.errors import Unavailable
from bot.services.ports import UnitOfWork
from bot.services.records import Answer, NewAnswer, Place, ScorePage, Sight, StreakFacts
from bot.storage import values
from bot.storage.answering import SqlAnswering
from bot.storage.boards import SqlBoards
from bot.storage.direct import Direct
from bot.storage.repositories.streaks import FACTS, REMEMBER, mark_columns, read_facts
from bot.storage.tables.base import storable

PLACE = """
    SELECT communities.id AS community, communities.name AS community_name,
           communities.zone AS community_zone, communities.league_id, members.id AS member,
           members.name AS member_name, members.person_id, channels.*
    FROM communities
    JOIN channels ON channels.community_id = communities.id AND channels.external_id = $3
    JOIN members ON members.community_id = communities.id AND members.external_id = $4
    WHERE communities.platform = $1 AND communities.external_id = $2 AND communities.left_at IS NULL
"""


class SqlQuick:
    """Implements ``bot.services.ports.Quick``."""

    def __init__(self, direct: Direct, begin: Callable[[], AbstractAsyncContextManager[UnitOfWork]]) -> None:
        self._direct = direct
        self._begin = begin
        self._boards = SqlBoards(direct)
        self._answering = SqlAnswering(direct)

    async def enter(self, actor: Actor) -> Place:
        """The actor's place; found by one statement unless something is new or has another name."""
        found = await self._direct.read(
            PLACE,
            str(actor.platform),
            storable(actor.community),
            storable(actor.channel),
            storable(actor.member),
        )
        if found and values.is_named(
            actor, *(found[0][name] for name in ("community_name", "name", "member_name"))
        ):
            return values.place(actor, found[0])
        async with self._begin() as work:
            return await work.directory.enter(actor)

    async def page(
        self, board: Board, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        """Members with points above 0 in one period, as ``bot.domain.ranks`` orders and ranks them."""
        return await self._boards.page(board, period, start, offset=offset, limit=limit, reader=reader)

    async def streaks(self, members: Collection[int]) -> Mapping[int, StreakFacts]:
        """What each member's streak is computed from."""
        return read_facts(await self._direct.read(FACTS.format("$1"), list(members)))

    async def remember(self, marks: Sequence[tuple[StreakFacts, Mark]]) -> None:
        """Keep marks for members for whom nothing has changed."""
        places = (f"${number}" for number in range(1, 9))
        await self._direct.write(REMEMBER.format(*places), *mark_columns(marks))

    async def look(self, actor: Actor, posting: int) -> Sight:
        """What decides about the actor's answer to a posting."""
        sight = await self._answering.look(actor, posting)
        if sight is None:
            async with self._begin() as work:
                await work.directory.enter(actor)
            sight = await self._answering.look(actor, posting)
        if sight is None:
            raise Unavailable(f"the place of {actor.platform} {actor.member} is made and gone")
        return sight

    async def record(self, sight: Sight, answer: NewAnswer, payment: LedgerEntry, note: str) -> Answer | None:
        """Record the answer and pay for it; None when something has changed since it was looked at."""
        return await self._answering.record(sight, answer, payment, note)
