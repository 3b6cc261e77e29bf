"""What the repositories of learning hand back: frozen values. Ids are the storage's own; times aware, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from bot.domain.content import Blueprint, SourceFile
from bot.domain.duels import DuelState
from bot.domain.ratings import Rating
from bot.domain.reviewing import NEW_A_DAY, REVIEWS_A_DAY, Memory
from bot.services.records import Community, Member, StoredItem


class Source(StrEnum):
    """Where a first attempt was made."""

    ANSWER = "answer"
    """A daily question, or one of ``/quiz``."""
    EXAM = "exam"
    DUEL = "duel"


class Origin(StrEnum):
    """How a card came into a member's deck."""

    MISTAKE = "mistake"
    """They got the question wrong."""
    FLASHCARD = "flashcard"
    """A bank's flashcard, given out as new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A first attempt. ``chosen`` are positions in the author's order."""

    member: int
    question: int
    version: int
    chosen: frozenset[int]
    correct: bool
    seconds: int | None
    source: Source
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCard:
    """A card of a member's deck. ``stored`` is the question's current version."""

    id: int
    member: int
    stored: StoredItem
    origin: Origin
    memory: Memory
    reviews: int
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How a member reviews. Without a ``remind_at`` (their local time) there is no reminder."""

    member: int
    channel: int
    zone: str
    reviews_a_day: int = REVIEWS_A_DAY
    new_a_day: int = NEW_A_DAY
    remind_at: time | None = None
    next_reminder_at: datetime | None = None
    weights: tuple[float, ...] | None = None
    fitted_to: int = 0
    """How many reviews the weights were fitted to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A member's cards of one topic: how many are due, how many there are, when the next one is due."""

    topic: str
    due: int
    cards: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """A member with the community they belong to."""

    community: Community
    member: Member


@dataclass(frozen=True, slots=True)
class LoggedReview:
    """One line of the review log."""

    card: int
    rating: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferedExam:
    """A blueprint that a member may take."""

    id: int
    bank: str
    blueprint: Blueprint


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamItem:
    """A question of an exam at its place (from 1), with the answer as it stands.

    ``correct`` is None until the exam is over.
    """

    place: int
    stored: StoredItem
    domain: int
    chosen: frozenset[int] = frozenset()
    typed: str = ""
    flagged: bool = False
    answered_at: datetime | None = None
    correct: bool | None = None

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return bool(self.chosen or self.typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An exam that a member takes or took. ``blueprint_id`` is None for one they put together."""

    id: int
    member: int
    channel: int
    blueprint_id: int | None
    blueprint: Blueprint
    started_at: datetime
    ends_at: datetime
    finished_at: datetime | None
    items: tuple[ExamItem, ...]


@dataclass(frozen=True, slots=True)
class PastExam:
    """An exam that is over, in one line."""

    id: int
    title: str
    finished_at: datetime
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question drawn for an exam: which one, in which version, and for which domain (its place)."""

    question: int
    version: int
    domain: int


@dataclass(frozen=True, slots=True)
class RatedMember:
    """A member's rating in a topic (empty: in all), and when their last attempt was."""

    topic: str
    rating: Rating
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class RatedQuestion:
    """A question's rating, with its topic."""

    question: int
    topic: str
    rating: Rating


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """A member's first attempts in one topic."""

    topic: str
    attempts: int
    right: int


@dataclass(frozen=True, slots=True)
class WeekRecord:
    """A member's first attempts in the week that begins on ``start`` (a Monday, UTC)."""

    start: date
    attempts: int
    right: int


@dataclass(frozen=True, slots=True)
class SharedSolution:
    """An accepted submission that its author shows."""

    submission: int
    name: str
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeAnswer:
    """An answer in a member's own words. ``met`` are the rubric's points (from 0) that they found in it."""

    id: int
    member: int
    stored: StoredItem
    words: str
    met: frozenset[int]
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Exercise:
    """A free text or checklist, and how often it was answered, or how many of its items are ticked."""

    stored: StoredItem
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DuelSide:
    """What one of the two did with the question of a duel."""

    opened_at: datetime
    chosen: frozenset[int] = frozenset()
    typed: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """A duel between two members. ``sides`` are by member id, of those who opened the question."""

    id: int
    channel: int
    first: Member
    second: Member
    stored: StoredItem
    state: DuelState
    counted: bool
    invited_at: datetime
    started_at: datetime | None
    ends_at: datetime
    finished_at: datetime | None
    winner: int | None
    sides: Mapping[int, DuelSide]

    @property
    def members(self) -> tuple[Member, Member]:
        """The two."""
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class AcceptedSubmission:
    """A member's latest accepted submission to one challenge."""

    submission: int
    member: int
    name: str
    files: tuple[SourceFile, ...]
