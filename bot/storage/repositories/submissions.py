"""Code handed in, and hints taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.grading import Judgement, Verdict
from bot.services.commands import Platform
from bot.services.records import HintTaken, NewSubmission, Submission
from bot.storage import values
from bot.storage.documents import files_document, judgement_document, reply_document
from bot.storage.repositories.base import Repository
from bot.storage.repositories.streaks import forget_marks_of
from bot.storage.tables import ChannelRow, HintRow, SubmissionRow, VersionRow

NOT_OUR_FAULT = or_(SubmissionRow.verdict.is_(None), SubmissionRow.verdict != str(Verdict.INTERNAL_ERROR))
"""What counts as an attempt."""


class SqlSubmissions(Repository):
    """Implements ``bot.services.repositories.Submissions``."""

    async def add(self, submission: NewSubmission) -> Submission | None:
        """Record it; None when the event is known already."""
        question = select(VersionRow.question_id).where(VersionRow.id == submission.version).scalar_subquery()
        made = await self.session.scalars(
            insert(SubmissionRow)
            .values(
                platform=str(submission.platform),
                event_id=submission.event_id,
                channel_id=submission.channel,
                member_id=submission.member,
                question_id=question,
                version_id=submission.version,
                posting_id=submission.posting,
                attempt=submission.attempt,
                files=files_document(submission.files),
                digest=submission.digest,
                reply=reply_document(submission.reply),
                handed_in_at=submission.at,
            )
            .on_conflict_do_nothing(index_elements=["platform", "event_id"])
            .returning(SubmissionRow.id)
        )
        new = made.one_or_none()
        if new is None:
            return None
        await forget_marks_of(self.session, submission.member, submission.posting)
        return await self.get(new)

    async def by_event(self, platform: Platform, event_id: str) -> Submission | None:
        """What an earlier delivery of the same event made."""
        row = await self.one(
            values.select_submissions().where(
                SubmissionRow.platform == str(platform), SubmissionRow.event_id == event_id
            )
        )
        return values.submission(row) if row else None

    async def get(self, submission: int) -> Submission | None:
        """A submission by id."""
        row = await self.one(values.select_submissions().where(SubmissionRow.id == submission))
        return values.submission(row) if row else None

    async def tries(self, community: int, member: int, question: int) -> Sequence[Submission]:
        """Every submission of the member for the challenge, oldest first."""
        rows = await self.all(
            values.select_submissions()
            .where(SubmissionRow.member_id == member, SubmissionRow.question_id == question)
            .order_by(SubmissionRow.id)
        )
        return [values.submission(row) for row in rows]

    async def attempts(self, community: int, member: int, question: int) -> int:
        """How many the member has handed in for the challenge; internal errors do not count."""
        await self.lock_member(member)
        counted = select(func.count()).where(
            SubmissionRow.member_id == member, SubmissionRow.question_id == question, NOT_OUR_FAULT
        )
        return (await self.session.scalars(counted)).one()

    async def handed_in(self, community: int, member: int, since: datetime) -> Sequence[tuple[int, datetime]]:
        """(question, event time) of the submissions later than ``since``; internal errors left out."""
        rows = await self.session.execute(
            select(SubmissionRow.question_id, SubmissionRow.handed_in_at).where(
                SubmissionRow.member_id == member, SubmissionRow.handed_in_at > since, NOT_OUR_FAULT
            )
        )
        return [(question, values.utc(at)) for question, at in rows]

    async def waiting(self, community: int, member: int) -> int:
        """How many of the member's submissions have no verdict yet."""
        counted = select(func.count()).where(
            SubmissionRow.member_id == member, SubmissionRow.verdict.is_(None)
        )
        return (await self.session.scalars(counted)).one()

    async def record(self, submission: int, judgement: Judgement, points: int, note: str) -> None:
        """Write the verdict and what it earned; the submission is judged from now on."""
        written = await self.session.execute(
            update(SubmissionRow)
            .where(SubmissionRow.id == submission)
            .values(
                verdict=str(judgement.verdict),
                judgement=judgement_document(judgement),
                points=points,
                note=note,
            )
            .returning(SubmissionRow.member_id, SubmissionRow.posting_id)
        )
        for member, posting in written:
            await forget_marks_of(self.session, member, posting)

    async def solved(self, community: int, question: int, posting: int | None) -> int:
        """How many members solved the challenge: in that posting, or (None) at all in the community."""
        counted = select(func.count(SubmissionRow.member_id.distinct())).where(
            SubmissionRow.question_id == question, SubmissionRow.verdict == str(Verdict.ACCEPTED)
        )
        if posting is None:
            counted = counted.join(ChannelRow, ChannelRow.id == SubmissionRow.channel_id).where(
                ChannelRow.community_id == community
            )
        else:
            counted = counted.where(SubmissionRow.posting_id == posting)
        return (await self.session.scalars(counted)).one()

    async def submitted(self, posting: int) -> int:
        """How many members handed something in for the posting."""
        counted = select(func.count(SubmissionRow.member_id.distinct())).where(
            SubmissionRow.posting_id == posting
        )
        return (await self.session.scalars(counted)).one()


class SqlHints(Repository):
    """Implements ``bot.services.repositories.Hints``."""

    async def taken(self, community: int, member: int, question: int) -> Sequence[HintTaken]:
        """In order of their numbers."""
        rows = await self.session.execute(
            select(HintRow.number, HintRow.event_id, HintRow.taken_at)
            .where(HintRow.member_id == member, HintRow.question_id == question)
            .order_by(HintRow.number)
        )
        return [HintTaken(number, event_id, values.utc(at)) for number, event_id, at in rows]

    async def add(
        self, community: int, member: int, question: int, number: int, event_id: str, at: datetime
    ) -> bool:
        """Record one; False when it was taken already."""
        made = await self.session.scalars(
            insert(HintRow)
            .values(member_id=member, question_id=question, number=number, event_id=event_id, taken_at=at)
            .on_conflict_do_nothing()
            .returning(HintRow.number)
        )
        return made.one_or_none() is not None
