"""Solutions that members have seen and shared, free texts and checklists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager, joinedload

from bot.domain.content import Kind
from bot.domain.grading import Verdict
from bot.services.learning.records import AcceptedSubmission, Exercise, FreeAnswer, SharedSolution
from bot.services.records import StoredItem
from bot.storage import values
from bot.storage.documents import read_files
from bot.storage.repositories import picking
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    BankRow,
    ChannelRow,
    FreeAnswerRow,
    MemberRow,
    PostingRow,
    QuestionRow,
    RoundRow,
    SharedSolutionRow,
    SolutionSeenRow,
    SubmissionRow,
    TickRow,
    VersionRow,
)
from bot.storage.tables.base import storable


class SqlSolutions(Repository):
    """Implements ``bot.services.repositories.practice.Solutions``."""

    async def given_up(self, member: int, question: int) -> datetime | None:
        """When the member gave the challenge up to see its solution."""
        found = await self.session.scalars(
            select(SolutionSeenRow.seen_at).where(
                SolutionSeenRow.member_id == member, SolutionSeenRow.question_id == question
            )
        )
        at = found.one_or_none()
        return None if at is None else values.utc(at)

    async def give_up(self, member: int, question: int, at: datetime) -> None:
        """Record it; the first time stands."""
        await self.session.execute(
            insert(SolutionSeenRow)
            .values(member_id=member, question_id=question, seen_at=at)
            .on_conflict_do_nothing()
        )

    async def was_closed(self, community: int, question: int, now: datetime) -> bool:
        """Whether the challenge was a round's in the community, and none of these rounds is open."""
        rounds = await self.session.execute(
            select(func.count(), func.count().filter(RoundRow.closes_at >= now))
            .select_from(PostingRow)
            .join(RoundRow, RoundRow.id == PostingRow.round_id)
            .join(ChannelRow, ChannelRow.id == PostingRow.channel_id)
            .where(ChannelRow.community_id == community, PostingRow.question_id == question)
        )
        all_, open_ = rounds.one()
        return all_ > 0 and open_ == 0

    async def share(self, submission: int, member: int, question: int, at: datetime) -> None:
        """Show this submission to others who have solved the challenge; one of each member."""
        said = {"submission_id": submission, "shared_at": at}
        await self.session.execute(
            insert(SharedSolutionRow)
            .values(member_id=member, question_id=question, **said)
            .on_conflict_do_update(index_elements=["member_id", "question_id"], set_=said)
        )

    async def unshare(self, member: int, question: int) -> None:
        """Show it no more."""
        await self.session.execute(
            delete(SharedSolutionRow).where(
                SharedSolutionRow.member_id == member, SharedSolutionRow.question_id == question
            )
        )

    async def shares(self, member: int, question: int) -> bool:
        """Whether the member shows a solution."""
        found = await self.session.scalars(
            select(SharedSolutionRow.submission_id).where(
                SharedSolutionRow.member_id == member, SharedSolutionRow.question_id == question
            )
        )
        return found.one_or_none() is not None

    async def shared(
        self, community: int, question: int, besides: int, offset: int
    ) -> tuple[SharedSolution | None, int]:
        """One shared solution of the community's other members, oldest first, and how many there are."""
        others = and_(
            SharedSolutionRow.question_id == question,
            SharedSolutionRow.member_id != besides,
            MemberRow.community_id == community,
        )
        counted = (
            select(func.count())
            .select_from(SharedSolutionRow)
            .join(MemberRow, MemberRow.id == SharedSolutionRow.member_id)
            .where(others)
        )
        found = await self.session.execute(
            select(SubmissionRow.id, MemberRow.name, SubmissionRow.files)
            .join(SharedSolutionRow, SharedSolutionRow.submission_id == SubmissionRow.id)
            .join(MemberRow, MemberRow.id == SharedSolutionRow.member_id)
            .where(others)
            .order_by(SharedSolutionRow.shared_at, SubmissionRow.id)
            .offset(offset)
            .limit(1)
        )
        row = found.one_or_none()
        one = SharedSolution(row.id, row.name, read_files(row.files)) if row else None
        return one, (await self.session.scalars(counted)).one()

    async def accepted(self, community: int, question: int, limit: int) -> Sequence[AcceptedSubmission]:
        """The latest accepted submission of each member, those first who handed in last."""
        latest = (
            select(func.max(SubmissionRow.id))
            .join(MemberRow, MemberRow.id == SubmissionRow.member_id)
            .where(
                MemberRow.community_id == community,
                SubmissionRow.question_id == question,
                SubmissionRow.verdict == str(Verdict.ACCEPTED),
            )
            .group_by(SubmissionRow.member_id)
        )
        rows = await self.session.execute(
            select(SubmissionRow.id, SubmissionRow.member_id, MemberRow.name, SubmissionRow.files)
            .join(MemberRow, MemberRow.id == SubmissionRow.member_id)
            .where(SubmissionRow.id.in_(latest))
            .order_by(SubmissionRow.id.desc())
            .limit(limit)
        )
        return [AcceptedSubmission(row.id, row.member_id, row.name, read_files(row.files)) for row in rows]


class SqlPractice(Repository):
    """Implements ``bot.services.repositories.practice.Practice``."""

    async def exercises(
        self, community: int, member: int, kind: Kind, topic: str | None, limit: int
    ) -> Sequence[Exercise]:
        """Free texts or checklists: those that the member did least often first, then by title."""
        table = TickRow if kind is Kind.CHECKLIST else FreeAnswerRow
        done = (
            select(func.count())
            .select_from(table)
            .where(table.member_id == member, table.question_id == QuestionRow.id)
            .correlate(QuestionRow)
            .scalar_subquery()
        )
        wanted = (
            _current(and_(picking.usable(community), QuestionRow.kind == str(kind)))
            .add_columns(done)
            .order_by(done, QuestionRow.title, QuestionRow.id)
            .limit(limit)
        )
        if topic is not None:
            wanted = wanted.where(func.lower(QuestionRow.topic) == storable(topic).lower())
        rows = await self.session.execute(wanted)
        return [Exercise(values.stored_item(row), count) for row, count in rows]

    async def exercise(self, community: int, question: int) -> StoredItem | None:
        """The current version of one of them, where the community may use it."""
        kinds = (str(Kind.FREE_TEXT), str(Kind.CHECKLIST))
        row = await self.one(
            _current(and_(picking.usable(community), QuestionRow.id == question, QuestionRow.kind.in_(kinds)))
        )
        return values.stored_item(row) if row else None

    async def answer(self, member: int, stored: StoredItem, words: str, at: datetime) -> int:
        """Keep an answer and return its id."""
        made = await self.session.scalars(
            insert(FreeAnswerRow)
            .values(
                member_id=member,
                question_id=stored.question,
                version_id=stored.version,
                words=words,
                answered_at=at,
            )
            .returning(FreeAnswerRow.id)
        )
        return made.one()

    async def get(self, answer: int) -> FreeAnswer | None:
        """An answer by id."""
        row = await self.one(
            select(FreeAnswerRow)
            .where(FreeAnswerRow.id == answer)
            .options(joinedload(FreeAnswerRow.version, innerjoin=True).options(*values.ITEM))
        )
        if row is None:
            return None
        return FreeAnswer(
            id=row.id,
            member=row.member_id,
            stored=values.stored_item(row.version),
            words=row.words,
            met=frozenset(row.met),
            answered_at=values.utc(row.answered_at),
        )

    async def mark(self, answer: int, met: frozenset[int]) -> None:
        """Which of the rubric's points are in it."""
        await self.session.execute(
            update(FreeAnswerRow).where(FreeAnswerRow.id == answer).values(met=sorted(met)),
            execution_options={"synchronize_session": False},
        )

    async def ticks(self, member: int, question: int) -> frozenset[str]:
        """The ticked items of a checklist, by their texts."""
        found = await self.session.scalars(
            select(TickRow.item).where(TickRow.member_id == member, TickRow.question_id == question)
        )
        return frozenset(found)

    async def tick(self, member: int, question: int, item: str, ticked: bool, at: datetime) -> None:
        """Tick an item, or take the tick away."""
        if ticked:
            await self.session.execute(
                insert(TickRow)
                .values(member_id=member, question_id=question, item=item, ticked_at=at)
                .on_conflict_do_nothing()
            )
        else:
            await self.session.execute(
                delete(TickRow).where(
                    TickRow.member_id == member,
                    TickRow.question_id == question,
                    TickRow.item == storable(item),
                )
            )


def _current(which: ColumnElement[bool]) -> Select[VersionRow]:
    return (
        select(VersionRow)
        .join(
            QuestionRow,
            and_(VersionRow.question_id == QuestionRow.id, VersionRow.number == QuestionRow.number),
        )
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(which)
        .options(contains_eager(VersionRow.question).contains_eager(QuestionRow.bank))
    )
