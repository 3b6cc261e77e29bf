"""Blueprints of exams, and the exams that members take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from bot.domain.content import Blueprint
from bot.domain.picking import DAILY_QUESTIONS
from bot.services.learning.records import Drawn, Exam, ExamItem, OfferedExam, PastExam
from bot.storage import values
from bot.storage.repositories import picking
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    BankRow,
    BlueprintRow,
    ExamItemRow,
    ExamRow,
    QuestionRow,
    VersionRow,
)
from bot.storage.tables.base import storable

PLAN = TypeAdapter(Blueprint)


class SqlExams(Repository):
    """Implements ``bot.services.repositories.exams.Exams``."""

    async def keep_blueprints(self, bank: int, blueprints: Collection[Blueprint]) -> None:
        """Add or replace blueprints of a bank, by their keys."""
        for blueprint in blueprints:
            said = {"title": blueprint.title, "plan": PLAN.dump_python(blueprint, mode="json")}
            await self.session.execute(
                insert(BlueprintRow)
                .values(bank_id=bank, key=blueprint.key, **said)
                .on_conflict_do_update(index_elements=["bank_id", "key"], set_=said)
            )

    async def offered(self, community: int) -> Sequence[OfferedExam]:
        """The blueprints of enabled banks that the community may use, by title."""
        rows = await self.session.execute(
            select(BlueprintRow, BankRow.name)
            .join(BankRow, BankRow.id == BlueprintRow.bank_id)
            .where(BankRow.enabled, picking.shared_with(community))
            .order_by(BlueprintRow.title, BlueprintRow.id),
            execution_options={"populate_existing": True},
        )
        return [OfferedExam(row.id, bank, PLAN.validate_python(row.plan)) for row, bank in rows]

    async def draw(
        self,
        community: int,
        member: int,
        blueprint: Blueprint,
        counts: Sequence[int],
        *,
        bank: int | None,
        seed: str,
    ) -> Sequence[Drawn]:
        """Questions for each domain: those first that the member met least often in exams."""
        met = (
            select(func.count())
            .select_from(ExamItemRow)
            .join(ExamRow, ExamRow.id == ExamItemRow.exam_id)
            .where(ExamRow.member_id == member, ExamItemRow.question_id == QuestionRow.id)
            .correlate(QuestionRow)
            .scalar_subquery()
        )
        chance = func.md5(func.concat(storable(seed), ":", QuestionRow.id))
        drawn: list[Drawn] = []
        for place, (domain, count) in enumerate(zip(blueprint.domains, counts, strict=True)):
            topics = [storable(topic).lower() for topic in domain.topics]
            wanted = (
                select(QuestionRow.id, VersionRow.id)
                .join(BankRow, BankRow.id == QuestionRow.bank_id)
                .join(
                    VersionRow,
                    (VersionRow.question_id == QuestionRow.id) & (VersionRow.number == QuestionRow.number),
                )
                .where(
                    picking.usable(community),
                    QuestionRow.kind.in_(DAILY_QUESTIONS),
                    func.lower(QuestionRow.topic).in_(topics),
                    QuestionRow.id.not_in([one.question for one in drawn]),
                    QuestionRow.id.not_in(picking.open_in(community)),
                )
                .order_by(met, chance, QuestionRow.id)
                .limit(count)
            )
            if bank is not None:
                own = select(BlueprintRow.bank_id).where(BlueprintRow.id == bank).scalar_subquery()
                wanted = wanted.where(QuestionRow.bank_id == own)
            found = await self.session.execute(wanted)
            drawn += [Drawn(question, version, place) for question, version in found]
        return drawn

    async def start(
        self,
        member: int,
        channel: int,
        offered: OfferedExam | None,
        blueprint: Blueprint,
        drawn: Sequence[Drawn],
        at: datetime,
        ends_at: datetime,
    ) -> int | None:
        """Record an exam with its questions and return its id; None when the member has one open."""
        made = await self.session.scalars(
            insert(ExamRow)
            .values(
                member_id=member,
                channel_id=channel,
                blueprint_id=offered.id if offered else None,
                plan=PLAN.dump_python(blueprint, mode="json"),
                started_at=at,
                ends_at=ends_at,
            )
            .on_conflict_do_nothing(index_elements=["member_id"], index_where=text("finished_at IS NULL"))
            .returning(ExamRow.id)
        )
        exam = made.one_or_none()
        if exam is not None:
            items = [
                {
                    "exam_id": exam,
                    "place": place,
                    "question_id": one.question,
                    "version_id": one.version,
                    "domain": one.domain,
                }
                for place, one in enumerate(drawn, start=1)
            ]
            await self.session.execute(insert(ExamItemRow).values(items))
        return exam

    async def get(self, exam: int, *, lock: bool = False) -> Exam | None:
        """An exam with its questions by place. Locked, it waits for others who change it."""
        wanted = select(ExamRow).where(ExamRow.id == exam)
        row = await self.one(wanted.with_for_update(key_share=True) if lock else wanted)
        if row is None:
            return None
        items = await self.all(
            select(ExamItemRow)
            .where(ExamItemRow.exam_id == exam)
            .options(joinedload(ExamItemRow.version, innerjoin=True).options(*values.ITEM))
            .order_by(ExamItemRow.place)
        )
        return Exam(
            id=row.id,
            member=row.member_id,
            channel=row.channel_id,
            blueprint_id=row.blueprint_id,
            blueprint=PLAN.validate_python(row.plan),
            started_at=values.utc(row.started_at),
            ends_at=values.utc(row.ends_at),
            finished_at=values.utc(row.finished_at) if row.finished_at else None,
            items=tuple(_item(item) for item in items),
        )

    async def open_of(self, member: int) -> int | None:
        """The member's open exam."""
        found = await self.session.scalars(
            select(ExamRow.id).where(ExamRow.member_id == member, ExamRow.finished_at.is_(None))
        )
        return found.one_or_none()

    async def answer(
        self, exam: int, place: int, chosen: frozenset[int], typed: str, at: datetime | None
    ) -> None:
        """Set the answer as it stands."""
        await self._set(exam, place, chosen=sorted(chosen), typed=typed, answered_at=at)

    async def flag(self, exam: int, place: int, flagged: bool) -> None:
        """Mark a question to be looked at again."""
        await self._set(exam, place, flagged=flagged)

    async def _set(self, exam: int, place: int, **changes: Any) -> None:
        await self.session.execute(
            update(ExamItemRow)
            .where(ExamItemRow.exam_id == exam, ExamItemRow.place == place)
            .values(**changes),
            execution_options={"synchronize_session": False},
        )

    async def finish(self, exam: int, at: datetime, correct: Mapping[int, bool]) -> None:
        """Close the exam: whether each place was right."""
        for place, right in correct.items():
            await self._set(exam, place, correct=right)
        await self.session.execute(update(ExamRow).where(ExamRow.id == exam).values(finished_at=at))

    async def ending(self, now: datetime, limit: int) -> Sequence[int]:
        """Open exams whose time is up."""
        found = await self.session.scalars(
            select(ExamRow.id)
            .where(ExamRow.finished_at.is_(None), ExamRow.ends_at < now)
            .order_by(ExamRow.ends_at)
            .limit(limit)
        )
        return found.all()

    async def past(self, member: int, blueprint: int | None, limit: int) -> Sequence[PastExam]:
        """The member's exams that are over, latest first; withdrawn questions do not count."""
        wanted = (
            select(
                ExamRow.id,
                ExamRow.plan,
                ExamRow.finished_at,
                func.count().filter(ExamItemRow.correct.is_(True)),
                func.count(),
            )
            .join(ExamItemRow, ExamItemRow.exam_id == ExamRow.id)
            .join(VersionRow, VersionRow.id == ExamItemRow.version_id)
            .where(ExamRow.member_id == member, ExamRow.finished_at.is_not(None), VersionRow.void == "")
            .group_by(ExamRow.id)
            .order_by(ExamRow.id.desc())
            .limit(limit)
        )
        if blueprint is not None:
            wanted = wanted.where(ExamRow.blueprint_id == blueprint)
        rows = await self.session.execute(wanted)
        return [
            PastExam(exam, plan["title"], values.utc(at), right, asked)
            for exam, plan, at, right, asked in rows
            if at is not None
        ]


def _item(row: ExamItemRow) -> ExamItem:
    return ExamItem(
        place=row.place,
        stored=values.stored_item(row.version),
        domain=row.domain,
        chosen=frozenset(row.chosen),
        typed=row.typed,
        flagged=row.flagged,
        answered_at=values.utc(row.answered_at) if row.answered_at else None,
        correct=row.correct,
    )
