"""Answers to questions: one for each posting and member, the first."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.services.records import Answer, NewAnswer, Tally
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import AnswerRow, MemberRow, PostingRow, VersionRow


class SqlAnswers(Repository):
    """Implements ``bot.services.repositories.Answers``."""

    async def add(self, answer: NewAnswer) -> Answer | None:
        """Record the first answer; None when there is one already (it stands)."""
        question = select(PostingRow.question_id).where(PostingRow.id == answer.posting).scalar_subquery()
        made = await self.session.scalars(
            insert(AnswerRow)
            .values(
                posting_id=answer.posting,
                question_id=question,
                member_id=answer.member,
                event_id=answer.event_id,
                chosen=sorted(answer.chosen),
                typed=answer.typed,
                correct=answer.correct,
                answered_at=answer.at,
            )
            .on_conflict_do_nothing(index_elements=["posting_id", "member_id"])
            .returning(AnswerRow)
        )
        row = made.one_or_none()
        return values.answer(row) if row else None

    async def of(self, posting: int, member: int) -> Answer | None:
        """The member's answer to the posting."""
        row = await self.one(
            select(AnswerRow).where(AnswerRow.posting_id == posting, AnswerRow.member_id == member)
        )
        return values.answer(row) if row else None

    async def seen(self, community: int, member: int, question: int, *, besides: int) -> bool:
        """Whether the member answered this question on another posting than ``besides``."""
        other = (
            select(AnswerRow.id)
            .join(PostingRow, PostingRow.id == AnswerRow.posting_id)
            .join(VersionRow, VersionRow.id == PostingRow.version_id)
            .where(
                AnswerRow.member_id == member,
                AnswerRow.question_id == question,
                AnswerRow.posting_id != besides,
                VersionRow.void == "",
            )
        )
        return (await self.session.scalars(select(other.exists()))).one()

    async def settle(self, answer: int, points: int, note: str) -> None:
        """Write what the answer earned, and why when that needs a reason."""
        await self.session.execute(
            update(AnswerRow).where(AnswerRow.id == answer).values(points=points, note=note)
        )

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
            select(MemberRow.name)
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
