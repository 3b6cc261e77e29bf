"""Answers to questions: one for each posting and member, the first."""

from __future__ import annotations

from sqlalchemy import case, func, select

from bot.services.records import Answer, Tally
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import AnswerRow, MemberRow


class SqlAnswers(Repository):
    """Implements ``bot.services.repositories.Answers``."""

    async def of(self, posting: int, member: int) -> Answer | None:
        """The member's answer to the posting."""
        row = await self.one(
            select(AnswerRow).where(AnswerRow.posting_id == posting, AnswerRow.member_id == member)
        )
        return values.answer(row) if row else None

    async def count(self, posting: int) -> int:
        """How many members answered."""
        counted = select(func.count()).select_from(AnswerRow).where(AnswerRow.posting_id == posting)
        return (await self.session.scalars(counted)).one()

    async def tally(self, posting: int) -> Tally:
        """How they answered."""
        here = AnswerRow.posting_id == posting
        answered, correct = (
            await self.session.execute(
                select(func.count(), func.count().filter(AnswerRow.correct)).where(here)
            )
        ).one()
        picked = select(func.unnest(AnswerRow.chosen).label("option")).where(here).subquery()
        option = picked.c.option
        chosen = await self.session.execute(select(option, func.count()).group_by(option).order_by(option))
        first = await self.session.scalars(
            select(case((MemberRow.hidden, ""), else_=MemberRow.name))
            .join(AnswerRow, AnswerRow.member_id == MemberRow.id)
            .where(here, AnswerRow.correct)
            .order_by(AnswerRow.answered_at, AnswerRow.id)
            .limit(1)
        )
        return Tally(
            answered=answered,
            correct=correct,
            chosen=tuple((position, count) for position, count in chosen),
            first=first.one_or_none() or "",
        )
