"""What learning reads and writes, inside one transaction; see ``bot.services.ports``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.badges import Deeds
from bot.domain.quality import QuestionSums
from bot.domain.reviewing import Memory
from bot.services.learning.records import (
    Account,
    Attempt,
    Deck,
    Habit,
    LoggedReview,
    RatedMember,
    RatedQuestion,
    ReviewCard,
    TopicRecord,
    WeekRecord,
)
from bot.services.records import StoredItem


class Attempts(Protocol):
    """First attempts at questions, unique by (member, question). They follow the answers by themselves."""

    async def catch_up(self, member: int) -> Sequence[Attempt]:
        """Record the first attempts in the member's answers that are not recorded yet, and return them,
        oldest first. Locks the member until the end of the transaction. Withdrawn versions are left out.
        """

    async def add(self, attempts: Collection[Attempt]) -> Sequence[Attempt]:
        """Record attempts that were made elsewhere; returns those that were first. Locks the members."""

    async def tried(self, member: int, question: int) -> bool:
        """Whether the member's first attempt at the question is recorded."""

    async def behind(self, limit: int) -> Sequence[int]:
        """Members with answers that nobody has looked at, and moves on past these answers.

        An answer is passed over only when every transaction that could write an earlier one has ended.
        """


class Reviews(Protocol):
    """Members' own decks."""

    async def account(self, member: int) -> Account | None:
        """A member by id, with their community."""

    async def enrol_mistakes(self, member: int, at: datetime) -> int:
        """Put every question that the member answered wrong into their deck, due now; how many are new."""

    async def enrol(self, member: int, questions: Collection[int], at: datetime) -> int:
        """Put these questions into the deck as mistakes; how many are new."""

    async def enrol_flashcards(
        self, community: int, member: int, topic: str | None, start: int, limit: int, at: datetime
    ) -> int:
        """Give out up to ``limit`` flashcards that the member does not have, in the shuffled order from
        ``start`` (``bot.domain.picking``); how many there were.
        """

    async def decks(self, member: int, now: datetime) -> Sequence[Deck]:
        """The member's cards by topic, by name. Cards whose question is not in use any more are left out."""

    async def next_card(
        self, member: int, topic: str | None, now: datetime, soon: datetime
    ) -> ReviewCard | None:
        """The card due longest; else the first in its learning steps that is due by ``soon``."""

    async def card(self, card: int, *, lock: bool = False) -> ReviewCard | None:
        """A card by id; locked, it waits for others who review it."""

    async def record(self, card: ReviewCard, rating: int, memory: Memory, at: datetime) -> None:
        """Log the card's next review, and keep its memory."""

    async def drop(self, card: int) -> None:
        """Take a card out of the deck for good."""

    async def reviewed_since(self, member: int, since: datetime) -> int:
        """How many reviews the member has made since then."""

    async def new_since(self, member: int, since: datetime) -> int:
        """How many flashcards were given out to the member since then."""

    async def habit(self, member: int) -> Habit | None:
        """How the member reviews; None when they never said."""

    async def keep_habit(self, habit: Habit) -> None:
        """Write all of it."""

    async def due_reminders(self, now: datetime, limit: int) -> Sequence[Habit]:
        """Claim habits whose reminder's time has come."""

    async def to_fit(self, enough: int, growth: float) -> tuple[int, int] | None:
        """A member whose log has ``enough`` reviews and has grown by the factor since it was fitted to, and
        its length.
        """

    async def log(self, member: int, limit: int) -> Sequence[LoggedReview]:
        """The latest reviews of the member, oldest first."""

    async def keep_weights(self, member: int, weights: tuple[float, ...] | None, fitted_to: int) -> None:
        """What was fitted; None: the defaults stay."""


class Skills(Protocol):
    """Ratings of members and questions, and what members have done; see ``bot.domain.ratings``."""

    async def of_member(self, member: int) -> Mapping[str, RatedMember]:
        """The member's ratings by topic; the empty topic is all of them."""

    async def of_questions(self, questions: Collection[int]) -> Mapping[int, RatedQuestion]:
        """The questions' ratings, locked until the end of the transaction; new ones at their start."""

    async def keep_member(self, member: int, ratings: Collection[RatedMember]) -> None:
        """Write these ratings of the member."""

    async def keep_questions(self, ratings: Collection[RatedQuestion]) -> None:
        """Write these ratings."""

    async def pick_near(
        self, community: int, member: int, topic: str | None, level: float, start: int
    ) -> StoredItem | None:
        """Of some questions in the shuffled order from ``start`` that the member has neither answered nor
        just been shown, the one whose rating is nearest to ``level``; None when there is none. Today's are
        left out.
        """

    async def topics(self, member: int) -> Sequence[TopicRecord]:
        """First attempts by topic, by name."""

    async def weeks(self, member: int, since: datetime) -> Sequence[WeekRecord]:
        """First attempts by week, oldest first; weeks without any are left out."""

    async def deeds(self, member: int) -> Deeds:
        """What badges are counted from, but for the streak and the topics."""


class Quality(Protocol):
    """First attempts, added up for each question."""

    async def sums(self, bank: int) -> Mapping[int, QuestionSums]:
        """Sums over the first attempts at current versions of the bank's questions, by question; those
        without attempts are left out.
        """
