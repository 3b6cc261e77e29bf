"""Flags on questions, and questions that a community set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from bot.services.records import Round, RoundState, StoredItem
from bot.services.repositories.objections import Flagged
from bot.storage import values
from bot.storage.repositories import picking
from bot.storage.repositories.banks import current_versions
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    AnswerRow,
    BankRow,
    ChannelRow,
    FlagRow,
    PostingRow,
    QuestionRow,
    RoundRow,
    SetAsideRow,
)
from bot.storage.tables.base import storable

SHOWN_REASONS = 5


class SqlObjections(Repository):
    """Implements ``bot.services.repositories.objections.Objections``."""

    async def item(self, community: int, question: int) -> StoredItem | None:
        """The current version of one that the community may use, set aside or not."""
        return await self._first(community, QuestionRow.id == question)

    async def find(self, community: int, key: str) -> StoredItem | None:
        """The same by its key, or its title without case; the community's own bank wins."""
        key = storable(key)
        named = or_(QuestionRow.key == key, func.lower(QuestionRow.title) == func.lower(key))
        return await self._first(community, named, (QuestionRow.key == key).desc())

    async def _first(
        self, community: int, which: ColumnElement[bool], *order: ColumnElement[bool]
    ) -> StoredItem | None:
        row = await self.one(
            current_versions()
            .where(picking.shared_with(community), which)
            .order_by(*order, BankRow.community_id.is_(None), BankRow.id, QuestionRow.id)
            .limit(1)
        )
        return values.stored_item(row) if row else None

    async def titles(self, community: int, limit: int) -> Sequence[tuple[str, str]]:
        """(key, title) of enabled items of any kind, by title."""
        rows = await self.session.execute(
            select(QuestionRow.key, QuestionRow.title)
            .join(BankRow, BankRow.id == QuestionRow.bank_id)
            .where(picking.usable(community))
            .order_by(QuestionRow.title, QuestionRow.key)
            .limit(limit)
        )
        return [(key, title) for key, title in rows]

    async def flag(self, community: int, question: int, member: int, why: str, at: datetime) -> bool:
        """Remember that a member objects; False when they did before (the new words are kept)."""
        key = {"member_id": member, "question_id": question}
        known = await self.session.scalars(select(FlagRow.why).filter_by(**key))
        new = known.one_or_none() is None
        said = {"why": why, "at": at}
        await self.session.execute(
            insert(FlagRow)
            .values(**key, community_id=community, **said)
            .on_conflict_do_update(index_elements=list(key), set_=said)
        )
        return new

    async def flagged(self, community: int, limit: int) -> Sequence[Flagged]:
        """Flagged questions that are not set aside, most flags first."""
        reasons = func.array_agg(aggregate_order_by(FlagRow.why, FlagRow.at.desc())).filter(FlagRow.why != "")
        aside = select(SetAsideRow.question_id).where(SetAsideRow.community_id == community)
        rows = await self.session.execute(
            select(FlagRow.question_id, func.count(), reasons)
            .where(FlagRow.community_id == community, FlagRow.question_id.not_in(aside))
            .group_by(FlagRow.question_id)
            .order_by(func.count().desc(), FlagRow.question_id)
            .limit(limit)
        )
        flagged = []
        for question, flags, said in rows:
            item = await self.item(community, question)
            if item is not None:
                flagged.append(Flagged(item, flags, tuple(said or ())[:SHOWN_REASONS]))
        return flagged

    async def dismiss(self, community: int, question: int) -> int:
        """Forget the flags of a question; returns how many there were."""
        gone = await self.session.scalars(
            delete(FlagRow)
            .where(FlagRow.community_id == community, FlagRow.question_id == question)
            .returning(FlagRow.member_id)
        )
        return len(gone.all())

    async def set_aside(self, community: int, question: int, reason: str, at: datetime) -> bool:
        """Neither pick nor find it in this community any more; False when that was done before."""
        new = await self.session.scalars(
            insert(SetAsideRow)
            .values(community_id=community, question_id=question, reason=reason, at=at)
            .on_conflict_do_nothing()
            .returning(SetAsideRow.question_id)
        )
        answered = select(AnswerRow.id).where(AnswerRow.posting_id == PostingRow.id)
        await self.session.execute(
            delete(PostingRow).where(
                PostingRow.channel_id.in_(_channels(community)),
                PostingRow.question_id == question,
                PostingRow.round_id.is_(None),
                ~PostingRow.challenge,
                ~answered.exists(),
            )
        )
        return new.one_or_none() is not None

    async def rounds(self, community: int, question: int) -> Sequence[Round]:
        """The community's rounds that posted it and are neither void nor skipped, by id."""
        posted = select(PostingRow.round_id).where(
            PostingRow.question_id == question, PostingRow.channel_id.in_(_channels(community))
        )
        live = RoundRow.state.in_([str(RoundState.OPEN), str(RoundState.CLOSED)])
        rows = await self.all(
            values.select_rounds().where(RoundRow.id.in_(posted), live).order_by(RoundRow.id)
        )
        return [values.round_value(row) for row in rows]


def _channels(community: int) -> Select[int]:
    return select(ChannelRow.id).where(ChannelRow.community_id == community)
