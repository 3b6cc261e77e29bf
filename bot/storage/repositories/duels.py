"""Duels between two members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from bot.domain.duels import DuelState, Race
from bot.domain.grading import Verdict
from bot.services.commands import Platform
from bot.services.learning.records import Duel, DuelSide
from bot.services.records import StoredItem
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import DuelRow, DuelSideRow, MemberRow, SubmissionRow

LIVE = text("""
    SELECT duel.id FROM duels AS duel
    WHERE duel.state IN ('invited', 'open')
      AND (duel.ends_at < :now
           OR duel.state = 'open' AND EXISTS (
               SELECT 1 FROM submissions AS submission
               WHERE submission.question_id = duel.question_id AND submission.verdict = 'accepted'
                 AND submission.member_id IN (duel.first_id, duel.second_id)
                 AND submission.handed_in_at >= duel.started_at))
    ORDER BY duel.id LIMIT :limit
""")


class SqlDuels(Repository):
    """Implements ``bot.services.repositories.duels.Duels``."""

    async def invite(
        self,
        platform: Platform,
        event_id: str,
        channel: int,
        first: int,
        second: int,
        stored: StoredItem,
        at: datetime,
        ends_at: datetime,
    ) -> int | None:
        """Record an invitation and return its id; None when the event made one already."""
        made = await self.session.scalars(
            insert(DuelRow)
            .values(
                platform=str(platform),
                event_id=event_id,
                channel_id=channel,
                first_id=first,
                second_id=second,
                question_id=stored.question,
                version_id=stored.version,
                state=str(DuelState.INVITED),
                invited_at=at,
                ends_at=ends_at,
            )
            .on_conflict_do_nothing(index_elements=["platform", "event_id"])
            .returning(DuelRow.id)
        )
        return made.one_or_none()

    async def by_event(self, platform: Platform, event_id: str) -> int | None:
        """The duel that an earlier delivery of the same event made."""
        found = await self.session.scalars(
            select(DuelRow.id).where(DuelRow.platform == str(platform), DuelRow.event_id == event_id)
        )
        return found.one_or_none()

    async def get(self, duel: int, *, lock: bool = False) -> Duel | None:
        """A duel by id. Locked, it waits for others who change it."""
        if lock:
            await self.session.execute(
                select(DuelRow.id).where(DuelRow.id == duel).with_for_update(key_share=True)
            )
        row = await self.one(
            select(DuelRow)
            .where(DuelRow.id == duel)
            .options(joinedload(DuelRow.version, innerjoin=True).options(*values.ITEM))
        )
        return (await self._values([row]))[0] if row else None

    async def _values(self, rows: Sequence[DuelRow]) -> list[Duel]:
        ids = {row.first_id for row in rows} | {row.second_id for row in rows}
        members = {
            row.id: values.member(row)
            for row in await self.all(select(MemberRow).where(MemberRow.id.in_(ids)))
        }
        sides: dict[int, dict[int, DuelSide]] = {row.id: {} for row in rows}
        for side in await self.all(select(DuelSideRow).where(DuelSideRow.duel_id.in_(sides))):
            sides[side.duel_id][side.member_id] = DuelSide(
                opened_at=values.utc(side.opened_at),
                chosen=frozenset(side.chosen),
                typed=side.typed,
                answered_at=values.utc(side.answered_at) if side.answered_at else None,
            )
        return [
            Duel(
                id=row.id,
                channel=row.channel_id,
                first=members[row.first_id],
                second=members[row.second_id],
                stored=values.stored_item(row.version),
                state=DuelState(row.state),
                counted=row.counted,
                invited_at=values.utc(row.invited_at),
                started_at=values.utc(row.started_at) if row.started_at else None,
                ends_at=values.utc(row.ends_at),
                finished_at=values.utc(row.finished_at) if row.finished_at else None,
                winner=row.winner_id,
                sides=sides[row.id],
            )
            for row in rows
        ]

    async def set_state(
        self,
        duel: int,
        state: DuelState,
        *,
        at: datetime,
        ends_at: datetime | None = None,
        counted: bool = False,
        winner: int | None = None,
    ) -> None:
        """Go on: ``OPEN`` starts it; the others finish it."""
        if state is DuelState.OPEN:
            changes = {"state": str(state), "started_at": at, "ends_at": ends_at, "counted": counted}
        else:
            changes = {"state": str(state), "finished_at": at, "winner_id": winner}
        await self.session.execute(update(DuelRow).where(DuelRow.id == duel).values(**changes))

    async def open_side(self, duel: int, member: int, at: datetime) -> None:
        """The member has seen the question; the first time stands."""
        await self.session.execute(
            insert(DuelSideRow).values(duel_id=duel, member_id=member, opened_at=at).on_conflict_do_nothing()
        )

    async def answer(self, duel: int, member: int, chosen: frozenset[int], typed: str, at: datetime) -> bool:
        """Keep the member's answer; False when there is one already."""
        changed = await self.session.scalars(
            update(DuelSideRow)
            .where(
                DuelSideRow.duel_id == duel,
                DuelSideRow.member_id == member,
                DuelSideRow.answered_at.is_(None),
            )
            .values(chosen=sorted(chosen), typed=typed, answered_at=at)
            .returning(DuelSideRow.member_id)
        )
        return changed.one_or_none() is not None

    async def counted_between(self, one: int, other: int, since: datetime) -> Sequence[datetime]:
        """When duels of these two began that count."""
        rows = await self.session.scalars(
            select(DuelRow.started_at).where(
                or_(
                    and_(DuelRow.first_id == one, DuelRow.second_id == other),
                    and_(DuelRow.first_id == other, DuelRow.second_id == one),
                ),
                DuelRow.counted,
                DuelRow.started_at >= since,
            )
        )
        return [values.utc(at) for at in rows if at is not None]

    async def of_member(self, member: int, limit: int) -> Sequence[Duel]:
        """The member's duels, latest first."""
        rows = await self.all(
            select(DuelRow)
            .where(or_(DuelRow.first_id == member, DuelRow.second_id == member))
            .options(joinedload(DuelRow.version, innerjoin=True).options(*values.ITEM))
            .order_by(DuelRow.id.desc())
            .limit(limit)
        )
        return await self._values(rows)

    async def live(self, now: datetime, limit: int) -> Sequence[int]:
        """Invitations and duels whose time is up, and open ones with a challenge that has a verdict."""
        return (await self.session.scalars(LIVE, {"now": now, "limit": limit})).all()

    async def race(self, duel: Duel, member: int) -> Race:
        """How far the member is with the duel's challenge, by submissions inside its time."""
        at = SubmissionRow.handed_in_at
        found = await self.session.execute(
            select(
                func.min(at).filter(SubmissionRow.verdict == str(Verdict.ACCEPTED)),
                func.min(at).filter(SubmissionRow.verdict.is_(None)),
            ).where(
                SubmissionRow.member_id == member,
                SubmissionRow.question_id == duel.stored.question,
                at >= duel.started_at,
                at <= duel.ends_at,
            )
        )
        solved, waiting = found.one()
        return Race(solved and values.utc(solved), waiting and values.utc(waiting))
