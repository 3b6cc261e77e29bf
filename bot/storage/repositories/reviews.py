"""Members' own decks: the cards, the log of their reviews, and how each member reviews."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from fsrs import State
from sqlalchemy import ColumnElement, Select, and_, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from bot.domain.content import Kind
from bot.domain.reviewing import Memory
from bot.services.learning.records import (
    Account,
    Deck,
    Habit,
    LoggedReview,
    Origin,
    ReviewCard,
)
from bot.storage import values
from bot.storage.repositories import picking
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    BankRow,
    CommunityRow,
    MemberRow,
    QuestionRow,
    ReviewCardRow,
    ReviewHabitRow,
    ReviewRow,
    SetAsideRow,
    VersionRow,
)
from bot.storage.tables.base import storable

ENROL_MISTAKES = text("""
    INSERT INTO review_cards (member_id, question_id, origin, added_at, due_at)
    SELECT DISTINCT answer.member_id, answer.question_id, 'mistake', CAST(:at AS timestamptz),
           CAST(:at AS timestamptz)
    FROM answers AS answer
    WHERE answer.member_id = :member AND NOT answer.correct
      AND NOT EXISTS (SELECT 1 FROM review_cards AS card
                      WHERE card.member_id = answer.member_id AND card.question_id = answer.question_id)
    ON CONFLICT DO NOTHING
    RETURNING id
""")
TO_FIT = text("""
    SELECT habit.member_id, logged.size FROM review_habits AS habit
    CROSS JOIN LATERAL (
        SELECT count(*) AS size FROM reviews WHERE reviews.member_id = habit.member_id) AS logged
    WHERE logged.size >= :enough AND logged.size >= habit.fitted_to * CAST(:growth AS float8)
    ORDER BY logged.size - habit.fitted_to DESC, habit.member_id LIMIT 1
""")


class SqlReviews(Repository):
    """Implements ``bot.services.repositories.learning.Reviews``."""

    async def account(self, member: int) -> Account | None:
        """A member by id, with their community."""
        found = await self.session.execute(
            select(CommunityRow, MemberRow)
            .join(MemberRow, MemberRow.community_id == CommunityRow.id)
            .where(MemberRow.id == member),
            execution_options={"populate_existing": True},
        )
        rows = found.one_or_none()
        return None if rows is None else Account(values.community(rows[0]), values.member(rows[1]))

    async def enrol_mistakes(self, member: int, at: datetime) -> int:
        """Put every question that the member answered wrong into their deck, due at once."""
        return len((await self.session.execute(ENROL_MISTAKES, {"member": member, "at": at})).all())

    async def enrol(self, member: int, questions: Collection[int], at: datetime) -> int:
        """Put these questions into the deck as mistakes; how many are new."""
        return await self._enrol(member, questions, Origin.MISTAKE, at)

    async def enrol_flashcards(
        self, community: int, member: int, topic: str | None, start: int, limit: int, at: datetime
    ) -> int:
        """Give out up to ``limit`` flashcards that the member does not have, in the shuffled order."""
        known = select(literal(True)).where(
            ReviewCardRow.member_id == member, ReviewCardRow.question_id == QuestionRow.id
        )
        fresh = (
            select(QuestionRow.id)
            .join(BankRow, BankRow.id == QuestionRow.bank_id)
            .where(picking.usable(community), QuestionRow.kind == str(Kind.FLASHCARD), ~known.exists())
            .order_by(QuestionRow.shuffle_key, QuestionRow.id)
        )
        if topic is not None:
            fresh = fresh.where(func.lower(QuestionRow.topic) == storable(topic).lower())
        found: list[int] = []
        for half in (QuestionRow.shuffle_key >= start, QuestionRow.shuffle_key < start):
            if len(found) < limit:
                found += await self.session.scalars(fresh.where(half).limit(limit - len(found)))
        return await self._enrol(member, found, Origin.FLASHCARD, at)

    async def _enrol(self, member: int, questions: Collection[int], origin: Origin, at: datetime) -> int:
        if not questions:
            return 0
        made = await self.session.scalars(
            insert(ReviewCardRow)
            .values(
                [
                    {
                        "member_id": member,
                        "question_id": question,
                        "origin": str(origin),
                        "added_at": at,
                        "due_at": at,
                    }
                    for question in sorted(set(questions))
                ]
            )
            .on_conflict_do_nothing(index_elements=["member_id", "question_id"])
            .returning(ReviewCardRow.id)
        )
        return len(made.all())

    async def decks(self, member: int, now: datetime) -> Sequence[Deck]:
        """The member's cards by topic, by name."""
        later = func.min(ReviewCardRow.due_at).filter(ReviewCardRow.due_at > now)
        rows = await self.session.execute(
            select(
                QuestionRow.topic,
                func.count().filter(ReviewCardRow.due_at <= now),
                func.count(),
                later,
            )
            .select_from(ReviewCardRow)
            .join(QuestionRow, QuestionRow.id == ReviewCardRow.question_id)
            .join(BankRow, BankRow.id == QuestionRow.bank_id)
            .where(ReviewCardRow.member_id == member, IN_USE)
            .group_by(QuestionRow.topic)
            .order_by(QuestionRow.topic)
        )
        return [
            Deck(topic=topic, due=due, cards=cards, next_due_at=at and values.utc(at))
            for topic, due, cards, at in rows
        ]

    async def next_card(
        self, member: int, topic: str | None, now: datetime, soon: datetime
    ) -> ReviewCard | None:
        """The card due longest; else the first in its learning steps that is due by ``soon``."""
        mine = _cards().where(ReviewCardRow.member_id == member, IN_USE)
        if topic is not None:
            mine = mine.where(QuestionRow.topic == storable(topic))
        first = mine.order_by(ReviewCardRow.due_at, ReviewCardRow.id).limit(1)
        learning = and_(ReviewCardRow.state != int(State.Review), ReviewCardRow.due_at <= soon)
        for wanted in (ReviewCardRow.due_at <= now, learning):
            found = (await self.session.execute(first.where(wanted))).one_or_none()
            if found is not None:
                return _card(*found)
        return None

    async def card(self, card: int, *, lock: bool = False) -> ReviewCard | None:
        """A card by id; locked, it waits for others who review it."""
        if lock:
            await self.session.execute(
                select(ReviewCardRow.id).where(ReviewCardRow.id == card).with_for_update(key_share=True)
            )
        found = (await self.session.execute(_cards().where(ReviewCardRow.id == card))).one_or_none()
        return None if found is None else _card(*found)

    async def record(self, card: ReviewCard, rating: int, memory: Memory, at: datetime) -> None:
        """Log the card's next review, and keep its memory."""
        await self.session.execute(
            insert(ReviewRow).values(
                card_id=card.id, number=card.reviews + 1, member_id=card.member, rating=rating, at=at
            )
        )
        await self.session.execute(
            update(ReviewCardRow)
            .where(ReviewCardRow.id == card.id)
            .values(
                state=int(memory.state),
                step=memory.step,
                stability=memory.stability,
                difficulty=memory.difficulty,
                due_at=memory.due_at,
                last_review_at=memory.last_review_at,
                reviews=card.reviews + 1,
            )
        )

    async def drop(self, card: int) -> None:
        """Take a card out of the deck for good."""
        await self.session.execute(update(ReviewCardRow).where(ReviewCardRow.id == card).values(dropped=True))

    async def reviewed_since(self, member: int, since: datetime) -> int:
        """How many reviews the member has made since then."""
        counted = select(func.count()).where(ReviewRow.member_id == member, ReviewRow.at >= since)
        return (await self.session.scalars(counted)).one()

    async def new_since(self, member: int, since: datetime) -> int:
        """How many flashcards were given out to the member since then."""
        counted = select(func.count()).where(
            ReviewCardRow.member_id == member,
            ReviewCardRow.origin == str(Origin.FLASHCARD),
            ReviewCardRow.added_at >= since,
        )
        return (await self.session.scalars(counted)).one()

    async def habit(self, member: int) -> Habit | None:
        """How the member reviews; None when they never said."""
        row = await self.one(select(ReviewHabitRow).where(ReviewHabitRow.member_id == member))
        return _habit(row) if row else None

    async def keep_habit(self, habit: Habit) -> None:
        """Write all of it."""
        said: dict[str, Any] = {
            "channel_id": habit.channel,
            "zone": habit.zone,
            "reviews_a_day": habit.reviews_a_day,
            "new_a_day": habit.new_a_day,
            "remind_at": habit.remind_at,
            "next_reminder_at": habit.next_reminder_at,
        }
        await self.session.execute(
            insert(ReviewHabitRow)
            .values(member_id=habit.member, **said)
            .on_conflict_do_update(index_elements=["member_id"], set_=said)
        )

    async def due_reminders(self, now: datetime, limit: int) -> Sequence[Habit]:
        """Claim habits whose reminder's time has come."""
        rows = await self.all(
            select(ReviewHabitRow)
            .where(ReviewHabitRow.next_reminder_at <= now)
            .order_by(ReviewHabitRow.next_reminder_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_habit(row) for row in rows]

    async def to_fit(self, enough: int, growth: float) -> tuple[int, int] | None:
        """A member whose log is long enough and has grown since it was fitted to, and its length."""
        row = (await self.session.execute(TO_FIT, {"enough": enough, "growth": growth})).one_or_none()
        return None if row is None else (row.member_id, row.size)

    async def log(self, member: int, limit: int) -> Sequence[LoggedReview]:
        """The latest reviews of the member, oldest first."""
        rows = await self.all(
            select(ReviewRow)
            .where(ReviewRow.member_id == member)
            .order_by(ReviewRow.at.desc(), ReviewRow.number.desc())
            .limit(limit)
        )
        return [LoggedReview(row.card_id, row.rating, values.utc(row.at)) for row in reversed(rows)]

    async def keep_weights(self, member: int, weights: tuple[float, ...] | None, fitted_to: int) -> None:
        """What was fitted; None: the defaults stay."""
        await self.session.execute(
            update(ReviewHabitRow)
            .where(ReviewHabitRow.member_id == member)
            .values(weights=list(weights) if weights else None, fitted_to=fitted_to)
        )


SET_ASIDE = (
    select(literal(True))
    .select_from(SetAsideRow)
    .join(MemberRow, MemberRow.community_id == SetAsideRow.community_id)
    .where(MemberRow.id == ReviewCardRow.member_id, SetAsideRow.question_id == QuestionRow.id)
    .correlate(ReviewCardRow, QuestionRow)
    .exists()
)
IN_USE: ColumnElement[bool] = and_(~ReviewCardRow.dropped, QuestionRow.enabled, BankRow.enabled, ~SET_ASIDE)


def _cards() -> Select[ReviewCardRow, VersionRow]:
    return (
        select(ReviewCardRow, VersionRow)
        .join(QuestionRow, QuestionRow.id == ReviewCardRow.question_id)
        .join(
            VersionRow,
            and_(VersionRow.question_id == QuestionRow.id, VersionRow.number == QuestionRow.number),
        )
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .options(contains_eager(VersionRow.question).contains_eager(QuestionRow.bank))
        .execution_options(populate_existing=True)
    )


def _card(row: ReviewCardRow, version: VersionRow) -> ReviewCard:
    return ReviewCard(
        id=row.id,
        member=row.member_id,
        stored=values.stored_item(version),
        origin=Origin(row.origin),
        memory=Memory(
            state=State(row.state),
            step=row.step,
            stability=row.stability,
            difficulty=row.difficulty,
            due_at=values.utc(row.due_at),
            last_review_at=values.utc(row.last_review_at) if row.last_review_at else None,
        ),
        reviews=row.reviews,
        dropped=row.dropped,
    )


def _habit(row: ReviewHabitRow) -> Habit:
    return Habit(
        member=row.member_id,
        channel=row.channel_id,
        zone=row.zone,
        reviews_a_day=row.reviews_a_day,
        new_a_day=row.new_a_day,
        remind_at=row.remind_at,
        next_reminder_at=values.utc(row.next_reminder_at) if row.next_reminder_at else None,
        weights=tuple(row.weights) if row.weights else None,
        fitted_to=row.fitted_to,
    )
