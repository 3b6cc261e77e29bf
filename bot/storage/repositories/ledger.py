"""The append-only ledger, and the scores that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import DateTime, bindparam, func, or_, select, text, true
from sqlalchemy.orm import aliased

from bot.domain.boards import boards_of
from bot.domain.ledger import VOID_SOURCE, Earned, LedgerEntry, LedgerKind
from bot.domain.periods import kept_periods, period_start
from bot.storage import upkeep, values
from bot.storage.keeping import KEEP_SCORES, boards_to_keep, boards_to_make
from bot.storage.leagues import ACCOUNTS, LOCK_PERSON, account_statements
from bot.storage.repositories.base import Repository
from bot.storage.repositories.streaks import forget_marks
from bot.storage.tables import LedgerRow
from bot.storage.tables.base import storable
from bot.storage.truth import difference

WANTED = (":scopes", ":owners", ":topics", ":periods", ":starts")

APPEND = text(f"""
    WITH entry AS (
        INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved,
                            question_id, channel_id, topic, why)
        VALUES (:community, :member, :kind, :source, :day, :at, :points, :solved,
                :question, :channel, :topic, :why)
        ON CONFLICT (community_id, source) DO NOTHING
        RETURNING member_id, points, solved, at
    ), {boards_to_keep(*WANTED)}, {KEEP_SCORES}
    SELECT count(*) FROM entry
""").bindparams(bindparam("at", type_=DateTime(timezone=True)))  # noqa: S608 - made of our own text alone
"""The ledger row and all its scores, in one statement and one round trip."""

MAKE_BOARDS = text(boards_to_make(*WANTED))

DIFFERENCES = text(f"""
    WITH {difference()}
    SELECT CASE scope WHEN 'channel' THEN (SELECT community_id FROM channels WHERE id = owner)
                      WHEN 'league' THEN NULL ELSE owner END AS community,
           scope, owner, topic, member_id AS member, period, start, kept, recounted
    FROM difference ORDER BY 2, 3, 4, 5, 6, 7
""")  # noqa: S608 - made of our own text alone

STANDPOINT = text("""
    SELECT communities.kept_from, communities.league_id, members.person_id
    FROM members JOIN communities ON communities.id = members.community_id WHERE members.id = :member
""")


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What decides which boards a member's payments count on."""

    kept_from: date
    league: int | None
    person: int | None


def wanted_boards(entry: LedgerEntry, standpoint: Standpoint) -> dict[str, list[Any]]:
    """The boards and periods that an entry counts on, as the parameters of ``WANTED``.

    The league's board of a person with several accounts is left to ``bot.storage.leagues``.
    """
    league = standpoint.league if standpoint.person is None else None
    boards = boards_of(
        community=entry.community, channel=entry.channel, topic=storable(entry.topic), league=league
    )
    periods = kept_periods(entry.day, standpoint.kept_from)
    return {
        "scopes": [str(board.scope) for board in boards],
        "owners": [board.owner for board in boards],
        "topics": [board.topic for board in boards],
        "periods": [str(period) for period in periods],
        "starts": [period_start(period, entry.day) for period in periods],
    }


class SqlLedger(Repository):
    """Implements ``bot.services.repositories.Ledger``."""

    async def lock(self, member: int) -> None:
        """Let other payments to the member wait until the end of the transaction."""
        await self.lock_member(member)

    async def earned(self, community: int, member: int, question: int) -> Earned:
        """What was paid for one question; the member's ledger is locked from now on."""
        await self.lock_member(member)
        paid = await self.session.execute(
            select(
                func.coalesce(func.sum(LedgerRow.points), 0), func.coalesce(func.sum(LedgerRow.solved), 0)
            ).where(LedgerRow.member_id == member, LedgerRow.question_id == question)
        )
        points, solved = paid.one()
        return Earned(points=int(points), solved=int(solved))

    async def append(self, entry: LedgerEntry) -> bool:
        """Add a row and keep the scores; False, and nothing changes, when the source is known."""
        await self.lock_member(entry.member)  # whoever links accounts or leagues takes the same lock
        row = (await self.session.execute(STANDPOINT, {"member": entry.member})).one()
        standpoint = Standpoint(row.kept_from, row.league_id, row.person_id)
        wanted = wanted_boards(entry, standpoint)
        counts = bool(entry.points or entry.solved)
        shared = counts and standpoint.league is not None and standpoint.person is not None
        if shared:
            await self.session.execute(text(LOCK_PERSON.format(":person")), {"person": standpoint.person})
        if counts:
            await self.session.execute(MAKE_BOARDS, wanted)
        if entry.kind is LedgerKind.STREAK_REPAIRED:
            await forget_marks(self.session, entry.member, entry.day)
        added = await self.session.execute(
            APPEND,
            {
                "community": entry.community,
                "member": entry.member,
                "kind": str(entry.kind),
                "source": entry.source,
                "day": entry.day,
                "at": entry.at,
                "points": entry.points,
                "solved": entry.solved,
                "question": entry.question,
                "channel": entry.channel,
                "topic": storable(entry.topic),
                "why": storable(entry.why),
                **wanted,
            },
        )
        if not added.scalar_one():
            return False
        if shared:
            accounts = await self.session.scalars(
                text(ACCOUNTS.format(":person")), {"person": standpoint.person}
            )
            which = {"league": standpoint.league, "accounts": list(accounts)}
            for statement in account_statements(":league", ":accounts"):
                await self.session.execute(text(statement), which)
        return True

    async def tend(self, today: date) -> int:
        """Fold moves, count large boards, drop those that are over; returns how much was done."""
        if not await upkeep.take_turn(self.session):
            return 0
        counted = await upkeep.count_watched(self.session)
        return counted + await upkeep.fold(self.session) + await upkeep.drop_passed(self.session, today)

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        """A member's rows, oldest first."""
        rows = await self.all(
            select(LedgerRow)
            .where(LedgerRow.member_id == member, LedgerRow.community_id == community)
            .order_by(LedgerRow.id)
        )
        return [_entry(row) for row in rows]

    async def payments(
        self, question: int, after: int, limit: int, community: int | None = None
    ) -> Sequence[tuple[int, LedgerEntry]]:
        """Rows that paid for a question and were not taken back, with their numbers, in that order."""
        somewhere = true() if community is None else LedgerRow.community_id == community
        taken = aliased(LedgerRow)
        back = select(taken.id).where(
            taken.community_id == LedgerRow.community_id,
            taken.source == func.concat(VOID_SOURCE, LedgerRow.id),
        )
        rows = await self.all(
            select(LedgerRow)
            .where(
                LedgerRow.question_id == question,
                somewhere,
                LedgerRow.id > after,
                or_(LedgerRow.points != 0, LedgerRow.solved != 0),
                LedgerRow.source.not_like(f"{VOID_SOURCE}%"),
                ~back.exists(),
            )
            .order_by(LedgerRow.id)
            .limit(limit)
        )
        return [(row.id, _entry(row)) for row in rows]

    async def differences(self) -> Sequence[Mapping[str, Any]]:
        """Scores that are not the sum of their ledger rows; empty when all is well.

        Each has scope, owner, topic, member, period, start, ``kept`` and ``recounted`` points (None: no row).
        """
        found = await self.session.execute(DIFFERENCES)
        return [dict(row) for row in found.mappings()]


def _entry(row: LedgerRow) -> LedgerEntry:
    return LedgerEntry(
        community=row.community_id,
        member=row.member_id,
        kind=LedgerKind(row.kind),
        source=row.source,
        day=row.day,
        at=values.utc(row.at),
        points=row.points,
        solved=row.solved,
        question=row.question_id,
        channel=row.channel_id,
        topic=row.topic,
        why=row.why,
    )
