"""Ratings of members and questions, and what members have done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from bot.domain.badges import Deeds
from bot.domain.content import Difficulty
from bot.domain.picking import DAILY_QUESTIONS
from bot.domain.ratings import STARTS, Rating, question_start
from bot.services.learning.records import RatedMember, RatedQuestion, TopicRecord, WeekRecord
from bot.services.records import StoredItem
from bot.storage import values
from bot.storage.repositories import picking
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    AnswerRow,
    BankRow,
    FirstAttemptRow,
    MemberRatingRow,
    PostingRow,
    QuestionRatingRow,
    QuestionRow,
    VersionRow,
)
from bot.storage.tables.base import storable

LOOKED_AT = 40
"""Questions among which the nearest is looked for: enough for a near one, few enough to stay quick."""
JUST_SEEN = 20
"""Showings to a member that count as just seen."""

DEEDS = text("""
    SELECT
        (SELECT count(*) FROM first_attempts JOIN question_versions AS version ON version.id = version_id
         WHERE member_id = :member AND correct AND version.void = '') AS "right",
        (SELECT count(DISTINCT question_id) FROM submissions
         WHERE member_id = :member AND verdict = 'accepted') AS solved,
        (SELECT count(DISTINCT question_id) FROM submissions
         WHERE member_id = :member AND verdict = 'accepted' AND attempt = 1) AS first_tries,
        (SELECT count(*) FROM reviews WHERE member_id = :member) AS reviews,
        (SELECT count(*) FROM (
            SELECT exam.id FROM exams AS exam JOIN exam_items AS item ON item.exam_id = exam.id
            WHERE exam.member_id = :member AND exam.finished_at IS NOT NULL
            GROUP BY exam.id
            HAVING count(*) FILTER (WHERE item.correct) * 100
                   >= count(*) * CAST(exam.plan ->> 'pass_mark' AS integer)) AS passed) AS exams_passed,
        (SELECT count(*) FROM duels WHERE winner_id = :member AND counted) AS duels_won
""")


class SqlSkills(Repository):
    """Implements ``bot.services.repositories.learning.Skills``."""

    async def of_member(self, member: int) -> Mapping[str, RatedMember]:
        """The member's ratings by topic; the empty topic is all of them."""
        rows = await self.all(select(MemberRatingRow).where(MemberRatingRow.member_id == member))
        return {row.topic: RatedMember(row.topic, _rating(row), values.utc(row.rated_at)) for row in rows}

    async def of_questions(self, questions: Collection[int]) -> Mapping[int, RatedQuestion]:
        """The questions' ratings, locked until the end of the transaction; new ones at their start."""
        found = await self.session.execute(
            select(QuestionRow.id, QuestionRow.topic, QuestionRow.difficulty)
            .where(QuestionRow.id.in_(questions))
            .order_by(QuestionRow.id)
        )
        known = {row.id: (row.topic, question_start(Difficulty(row.difficulty))) for row in found}
        if known:
            await self.session.execute(
                insert(QuestionRatingRow)
                .values([_columns(rating) | {"question_id": id_} for id_, (_, rating) in known.items()])
                .on_conflict_do_nothing()
            )
        rows = await self.all(
            select(QuestionRatingRow)
            .where(QuestionRatingRow.question_id.in_(known))
            .order_by(QuestionRatingRow.question_id)
            .with_for_update()
        )
        return {
            row.question_id: RatedQuestion(row.question_id, known[row.question_id][0], _rating(row))
            for row in rows
        }

    async def keep_member(self, member: int, ratings: Collection[RatedMember]) -> None:
        """Write these ratings of the member."""
        for one in ratings:
            said = _columns(one.rating) | {"rated_at": one.rated_at}
            await self.session.execute(
                insert(MemberRatingRow)
                .values(member_id=member, topic=one.topic, **said)
                .on_conflict_do_update(index_elements=["member_id", "topic"], set_=said)
            )

    async def keep_questions(self, ratings: Collection[RatedQuestion]) -> None:
        """Write these ratings."""
        for one in sorted(ratings, key=lambda one: one.question):
            said = _columns(one.rating)
            await self.session.execute(
                insert(QuestionRatingRow)
                .values(question_id=one.question, **said)
                .on_conflict_do_update(index_elements=["question_id"], set_=said)
            )

    async def pick_near(
        self, community: int, member: int, topic: str | None, level: float, start: int
    ) -> StoredItem | None:
        """Of some unanswered questions in the shuffled order, the one with the nearest rating."""
        found: list[tuple[float, int]] = []
        for half in (QuestionRow.shuffle_key >= start, QuestionRow.shuffle_key < start):
            if len(found) < LOOKED_AT:
                found += await self._some(community, member, topic, level, half, LOOKED_AT - len(found))
        if not found:
            return None
        row = await self.one(
            select(VersionRow)
            .join(
                QuestionRow,
                (VersionRow.question_id == QuestionRow.id) & (VersionRow.number == QuestionRow.number),
            )
            .where(QuestionRow.id == min(found)[1])
            .options(*values.ITEM)
        )
        return values.stored_item(row) if row else None

    async def _some(
        self,
        community: int,
        member: int,
        topic: str | None,
        level: float,
        half: ColumnElement[bool],
        limit: int,
    ) -> list[tuple[float, int]]:
        """(distance to the level, question) of the next unanswered questions in the shuffled order."""
        answered = (
            select(literal(True))
            .where(AnswerRow.member_id == member, AnswerRow.question_id == QuestionRow.id)
            .limit(1)
            .correlate(QuestionRow)
            .scalar_subquery()
        )
        tried = (
            select(literal(True))
            .where(FirstAttemptRow.member_id == member, FirstAttemptRow.question_id == QuestionRow.id)
            .limit(1)
            .correlate(QuestionRow)
            .scalar_subquery()
        )
        seen = (
            select(PostingRow.question_id)
            .where(PostingRow.member_id == member)
            .order_by(PostingRow.id.desc())
            .limit(JUST_SEEN)
        )
        start = case(
            *((QuestionRow.difficulty == str(word), value) for word, value in STARTS.items()), else_=1500.0
        )
        distance = func.abs(func.coalesce(QuestionRatingRow.value, start) - level)
        wanted = (
            select(distance, QuestionRow.id)
            .join(BankRow, BankRow.id == QuestionRow.bank_id)
            .outerjoin(QuestionRatingRow, QuestionRatingRow.question_id == QuestionRow.id)
            .where(
                half,
                picking.usable(community),
                QuestionRow.kind.in_(DAILY_QUESTIONS),
                answered.is_(None),
                tried.is_(None),
                QuestionRow.id.not_in(picking.open_in(community)),
                QuestionRow.id.not_in(seen),
                or_(literal(topic is None), func.lower(QuestionRow.topic) == storable(topic or "").lower()),
            )
            .order_by(QuestionRow.shuffle_key, QuestionRow.id)
            .limit(limit)
        )
        return [(far, question) for far, question in await self.session.execute(wanted)]

    async def topics(self, member: int) -> Sequence[TopicRecord]:
        """First attempts by topic, by name; withdrawn versions left out."""
        rows = await self.session.execute(
            select(QuestionRow.topic, func.count(), func.count().filter(FirstAttemptRow.correct))
            .select_from(FirstAttemptRow)
            .join(QuestionRow, QuestionRow.id == FirstAttemptRow.question_id)
            .join(VersionRow, VersionRow.id == FirstAttemptRow.version_id)
            .where(FirstAttemptRow.member_id == member, VersionRow.void == "")
            .group_by(QuestionRow.topic)
            .order_by(QuestionRow.topic)
        )
        return [TopicRecord(topic, attempts, right) for topic, attempts, right in rows]

    async def weeks(self, member: int, since: datetime) -> Sequence[WeekRecord]:
        """First attempts by week (Mondays, UTC), oldest first."""
        week = func.date_trunc("week", FirstAttemptRow.at, "UTC")
        rows = await self.session.execute(
            select(week, func.count(), func.count().filter(FirstAttemptRow.correct))
            .select_from(FirstAttemptRow)
            .join(VersionRow, VersionRow.id == FirstAttemptRow.version_id)
            .where(FirstAttemptRow.member_id == member, FirstAttemptRow.at >= since, VersionRow.void == "")
            .group_by(week)
            .order_by(week)
        )
        return [WeekRecord(values.utc(start).date(), attempts, right) for start, attempts, right in rows]

    async def deeds(self, member: int) -> Deeds:
        """What badges are counted from, but for the streak and the topics."""
        row = (await self.session.execute(DEEDS, {"member": member})).one()
        return Deeds(
            right=row.right,
            solved=row.solved,
            first_tries=row.first_tries,
            reviews=row.reviews,
            exams_passed=row.exams_passed,
            duels_won=row.duels_won,
        )


def _rating(row: MemberRatingRow | QuestionRatingRow) -> Rating:
    return Rating(row.value, row.deviation, row.volatility, row.games)


def _columns(rating: Rating) -> dict[str, float | int]:
    return {
        "value": rating.value,
        "deviation": rating.deviation,
        "volatility": rating.volatility,
        "games": rating.games,
    }
