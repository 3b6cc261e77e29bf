"""The append-only ledger, and the scores that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, DateTime, ScalarSelect, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from bot.domain.ledger import VOID_SOURCE, Earned, LedgerEntry, LedgerKind
from bot.domain.periods import Period, period_start
from bot.services.records import ScorePage
from bot.services.records import ScoreRow as Standing
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import LedgerRow, MemberRow, ScoreRow
from bot.storage.tables.base import storable

BEGINNING_OF_ALL = period_start(Period.ALL, date.min)
LAST_PLACE = 2**31
"""Further down than any leaderboard goes."""

KEEP_SCORES = """
        INSERT INTO scores AS score (community_id, period, start, member_id, points, solved, reached_at)
        SELECT community_id, span.period, span.start, member_id, points, solved, at
        FROM entry,
             unnest(CAST(:periods AS text[]), CAST(:starts AS date[])) AS span (period, start)
        WHERE points <> 0 OR solved <> 0
        ON CONFLICT (community_id, period, start, member_id) DO UPDATE SET
            points = score.points + excluded.points,
            solved = score.solved + excluded.solved,
            reached_at = CASE WHEN excluded.points > 0
                              THEN greatest(score.reached_at, excluded.reached_at)
                              ELSE score.reached_at END
"""
"""The scores of every period from the rows of ``entry``; part of the statements that write to the ledger."""

APPEND = text(f"""
    WITH entry AS (
        INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved,
                            question_id, channel_id, topic, why)
        VALUES (:community, :member, :kind, :source, :day, :at, :points, :solved,
                :question, :channel, :topic, :why)
        ON CONFLICT (community_id, source) DO NOTHING
        RETURNING community_id, member_id, points, solved, at
    ), kept AS ({KEEP_SCORES})
    SELECT count(*) FROM entry
""").bindparams(bindparam("at", type_=DateTime(timezone=True)))  # noqa: S608 - made of our own text alone
"""The ledger row and all its scores, in one statement and one round trip."""

DIFFERENCES = text("""
    WITH recount AS (
        SELECT community_id, member_id, span.period, span.start,
               sum(points) AS points, sum(solved) AS solved
        FROM ledger,
             LATERAL (VALUES ('today', day),
                             ('week', date_trunc('week', day)::date),
                             ('month', date_trunc('month', day)::date),
                             ('all', CAST(:beginning AS date))) AS span (period, start)
        WHERE points <> 0 OR solved <> 0
        GROUP BY community_id, member_id, span.period, span.start
    )
    SELECT coalesce(kept.community_id, recount.community_id) AS community,
           coalesce(kept.member_id, recount.member_id) AS member,
           coalesce(kept.period, recount.period) AS period,
           coalesce(kept.start, recount.start) AS start,
           kept.points AS kept, recount.points AS recounted
    FROM scores AS kept
    FULL JOIN recount ON (kept.community_id, kept.member_id, kept.period, kept.start)
                       = (recount.community_id, recount.member_id, recount.period, recount.start)
    WHERE kept.points IS DISTINCT FROM recount.points OR kept.solved IS DISTINCT FROM recount.solved
    ORDER BY 1, 2, 3, 4
""")


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
                "periods": [str(period) for period in Period],
                "starts": [period_start(period, entry.day) for period in Period],
            },
        )
        return bool(added.scalar_one())

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        """A member's rows, oldest first."""
        rows = await self.all(
            select(LedgerRow)
            .where(LedgerRow.member_id == member, LedgerRow.community_id == community)
            .order_by(LedgerRow.id)
        )
        return [_entry(row) for row in rows]

    async def payments(self, question: int, after: int, limit: int) -> Sequence[tuple[int, LedgerEntry]]:
        """Rows that paid for a question and were not taken back, with their numbers, in that order."""
        taken = aliased(LedgerRow)
        back = select(taken.id).where(
            taken.community_id == LedgerRow.community_id,
            taken.source == func.concat(VOID_SOURCE, LedgerRow.id),
        )
        rows = await self.all(
            select(LedgerRow)
            .where(
                LedgerRow.question_id == question,
                LedgerRow.id > after,
                or_(LedgerRow.points != 0, LedgerRow.solved != 0),
                LedgerRow.source.not_like(f"{VOID_SOURCE}%"),
                ~back.exists(),
            )
            .order_by(LedgerRow.id)
            .limit(limit)
        )
        return [(row.id, _entry(row)) for row in rows]

    async def scores(
        self, community: int, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        """Members with points above 0 in one period, as ``bot.domain.ranks`` orders and ranks them."""
        board = _board(ScoreRow, community, period, start)
        listed = select(ScoreRow, MemberRow.name).join(MemberRow, MemberRow.id == ScoreRow.member_id)
        # The index gives the first ones, and those that share the last place; only these are sorted by name.
        first = (
            select(ScoreRow)
            .where(board)
            .order_by(ScoreRow.points.desc(), ScoreRow.reached_at)
            .fetch(min(offset, LAST_PLACE) + limit, with_ties=True)
            .subquery()
        )
        top = aliased(ScoreRow, first)
        page = await self.session.execute(
            select(top, MemberRow.name)
            .join(MemberRow, MemberRow.id == top.member_id)
            .order_by(top.points.desc(), top.reached_at, MemberRow.name.collate("C"), top.member_id)
            .offset(min(offset, LAST_PLACE))
            .limit(limit),
            execution_options={"populate_existing": True},
        )
        # Counting those above is a walk along the index, as long as the rank is high.
        other = aliased(ScoreRow)
        above = (
            select(func.count())
            .where(_board(other, community, period, start), other.points > ScoreRow.points)
            .scalar_subquery()
        )
        mine = await self.session.execute(
            listed.add_columns(above + 1).where(board, ScoreRow.member_id == reader)
        )
        own = mine.one_or_none()
        rows: list[Standing] = []
        for place, (score, name) in enumerate(page.all(), offset + 1):
            if rows:
                rank = rows[-1].rank if score.points == rows[-1].points else place
            else:
                rank = await self._rank(above, score) if offset else 1
            rows.append(_standing(score, name, rank))
        members = await self.session.scalars(select(func.count()).select_from(ScoreRow).where(board))
        return ScorePage(
            rows=tuple(rows), members=members.one(), own=_standing(own[0], own[1], own[2]) if own else None
        )

    async def _rank(self, above: ScalarSelect[int], score: ScoreRow) -> int:
        """The rank of a score in its board."""
        ranks = await self.session.scalars(
            select(above + 1).where(
                ScoreRow.community_id == score.community_id,
                ScoreRow.period == score.period,
                ScoreRow.start == score.start,
                ScoreRow.member_id == score.member_id,
            )
        )
        return ranks.one()

    async def differences(self) -> Sequence[Mapping[str, Any]]:
        """Scores that are not the sum of their ledger rows; empty when all is well.

        Each has community, member, period, start, ``kept`` and ``recounted`` points (None: no such row).
        """
        found = await self.session.execute(DIFFERENCES, {"beginning": BEGINNING_OF_ALL})
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


def _board(
    table: type[ScoreRow] | AliasedClass[ScoreRow], community: int, period: Period, start: date
) -> ColumnElement[bool]:
    """The scores above 0 of one community in one period."""
    return and_(
        table.community_id == community, table.period == str(period), table.start == start, table.points > 0
    )


def _standing(row: ScoreRow, name: str, rank: int) -> Standing:
    return Standing(
        rank=rank,
        member=row.member_id,
        name=name,
        points=row.points,
        solved=row.solved,
        reached_at=values.utc(row.reached_at),
    )
