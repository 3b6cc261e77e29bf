"""Answers to questions: one for each posting and member, the first."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Text, bindparam, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.ledger import LedgerEntry
from bot.domain.periods import Period, period_start
from bot.services.records import Answer, NewAnswer, Tally
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.repositories.ledger import KEEP_SCORES
from bot.storage.tables import AnswerRow, MemberRow, PostingRow, VersionRow
from bot.storage.tables.base import storable

RECORD = text(f"""
    WITH known AS (
        SELECT EXISTS (
            SELECT 1 FROM answers AS other
            JOIN postings AS shown ON shown.id = other.posting_id
            JOIN question_versions AS version ON version.id = shown.version_id
            WHERE other.member_id = :member AND other.question_id = posting.question_id
              AND other.posting_id <> posting.id AND version.void = '') AS known,
            posting.id, posting.question_id
        FROM postings AS posting WHERE posting.id = :posting
    ), added AS (
        INSERT INTO answers (posting_id, question_id, member_id, event_id, chosen, typed, correct,
                             answered_at, points, note)
        SELECT id, question_id, :member, :event, CAST(:chosen AS smallint[]), :typed, :correct, :at,
               CASE WHEN known THEN 0 ELSE :points END, CASE WHEN known THEN :note ELSE '' END
        FROM known
        ON CONFLICT (posting_id, member_id) DO NOTHING
        RETURNING id, question_id, member_id, event_id, typed, points, note, answered_at
    ), entry AS (
        INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved,
                            question_id, channel_id, topic, why)
        SELECT :community, member_id, 'answer', 'answer:' || id, :day, answered_at, points, 1,
               question_id, :channel, :topic, ''
        FROM added WHERE points > 0
        RETURNING community_id, member_id, points, solved, at
    ), kept AS ({KEEP_SCORES})
    SELECT id, event_id, typed, points, note FROM added
""").bindparams(  # noqa: S608 - made of our own text alone
    bindparam("at", type_=DateTime(timezone=True)),
    bindparam("member", type_=BigInteger),
    bindparam("posting", type_=BigInteger),
    bindparam("points", type_=BigInteger),
    bindparam("note", type_=Text),
    bindparam("event", type_=Text),
    bindparam("typed", type_=Text),
    bindparam("topic", type_=Text),
    bindparam("correct", type_=Boolean),
    bindparam("day", type_=Date),
    bindparam("channel", type_=BigInteger),
    bindparam("community", type_=BigInteger),
)
"""The answer, its ledger row and all its scores, in one round trip."""


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

    async def record(self, answer: NewAnswer, payment: LedgerEntry, note_when_known: str) -> Answer | None:
        """Record the first answer and pay for it; None, and nothing changes, when there is one already."""
        made = await self.session.execute(
            RECORD,
            {
                "posting": answer.posting,
                "member": answer.member,
                "event": storable(answer.event_id),
                "chosen": sorted(answer.chosen),
                "typed": storable(answer.typed),
                "correct": answer.correct,
                "at": answer.at,
                "points": payment.points,
                "note": note_when_known,
                "community": payment.community,
                "day": payment.day,
                "channel": payment.channel,
                "topic": storable(payment.topic),
                "periods": [str(period) for period in Period],
                "starts": [period_start(period, payment.day) for period in Period],
            },
        )
        row = made.one_or_none()
        if row is None:
            return None
        return Answer(
            id=row.id,
            posting=answer.posting,
            member=answer.member,
            event_id=row.event_id,
            chosen=answer.chosen,
            typed=row.typed,
            correct=answer.correct,
            points=row.points,
            at=answer.at,
            note=row.note,
        )

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
