"""What the services need from the world: each protocol is one room's promise, with a fake in the tests.

Transactions: ``async with begin() as work:`` opens one. It commits when the block ends, rolls back when
the block raises, and signals rung inside it go out with the commit. Adapters raise the exceptions of
``bot.services.errors`` and no others on purpose; a lost database is ``Unavailable`` everywhere.
The repositories are in ``bot.services.repositories`` and ``bot.services.queues``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.boards import Board
from bot.domain.grading import GradingJob, RunReport
from bot.domain.ledger import LedgerEntry
from bot.domain.periods import Period
from bot.domain.streaks import Mark
from bot.services.cards import (
    ChallengeCard,
    LeaderboardPage,
    Notice,
    QuestionCard,
    RecapCard,
    StreakCard,
    VerdictCard,
)
from bot.services.commands import Actor, Platform, ReplyTarget
from bot.services.panels import Panel, Picture
from bot.services.queues import Deliveries, DeliveryKind, GradingQueue
from bot.services.records import Answer, NewAnswer, Place, ScorePage, Sight, StreakFacts
from bot.services.repositories import (
    Answers,
    Attempts,
    Audit,
    Codes,
    Directory,
    Duels,
    Exams,
    Hints,
    Installations,
    Leagues,
    Ledger,
    Objections,
    People,
    Postings,
    Practice,
    Privacy,
    Quality,
    QuestionBank,
    Retention,
    Reviews,
    Rewards,
    Rounds,
    Skills,
    Solutions,
    Streaks,
    Submissions,
)


class Topic(StrEnum):
    """What a bell rings for. A ring carries nothing: whoever hears it looks into the tables."""

    GRADING = "grading"
    """A job was queued."""
    DELIVERIES = "deliveries"
    """An outbox entry was written."""
    MESSAGES = "messages"
    """The playground has something new to show."""


class Pictures(Protocol):
    """Draws cards as pictures. None when no picture is to be had: the card itself says everything."""

    async def leaderboard(self, page: LeaderboardPage) -> Picture | None:
        """A page of ranks, with the reader's own line."""

    async def streak(self, card: StreakCard) -> Picture | None:
        """The days of a streak as a calendar."""


class NoPictures:
    """Where nothing is drawn."""

    async def leaderboard(self, page: LeaderboardPage) -> Picture | None:
        """Nothing."""
        return None

    async def streak(self, card: StreakCard) -> Picture | None:
        """Nothing."""
        return None


class UnitOfWork(Protocol):
    """One transaction, with the repositories that work inside it."""

    @property
    def directory(self) -> Directory:
        """Communities, channels, members."""

    @property
    def bank(self) -> QuestionBank:
        """Questions and challenges."""

    @property
    def rounds(self) -> Rounds:
        """Daily rounds."""

    @property
    def postings(self) -> Postings:
        """What was shown."""

    @property
    def answers(self) -> Answers:
        """Answers to questions."""

    @property
    def submissions(self) -> Submissions:
        """Code handed in."""

    @property
    def queue(self) -> GradingQueue:
        """Code to grade."""

    @property
    def hints(self) -> Hints:
        """Hints taken."""

    @property
    def ledger(self) -> Ledger:
        """Points."""

    @property
    def objections(self) -> Objections:
        """Questions that were flagged or set aside."""

    @property
    def streaks(self) -> Streaks:
        """What streaks are computed from."""

    @property
    def deliveries(self) -> Deliveries:
        """The outbox."""

    @property
    def people(self) -> People:
        """Who is one human over several accounts."""

    @property
    def codes(self) -> Codes:
        """One-time codes."""

    @property
    def leagues(self) -> Leagues:
        """Communities that share a board."""

    @property
    def rewards(self) -> Rewards:
        """Roles for streaks and ranks."""

    @property
    def privacy(self) -> Privacy:
        """Everything about one member."""

    @property
    def installations(self) -> Installations:
        """Workspaces that have installed the Slack app."""

    @property
    def retention(self) -> Retention:
        """Leaving communities, and what time takes away."""

    @property
    def audit(self) -> Audit:
        """What admins did."""

    @property
    def attempts(self) -> Attempts:
        """First attempts at questions."""

    @property
    def reviews(self) -> Reviews:
        """Members' own decks."""

    @property
    def exams(self) -> Exams:
        """Practice exams."""

    @property
    def skills(self) -> Skills:
        """Ratings, and what members can do."""

    @property
    def quality(self) -> Quality:
        """What first attempts say about questions."""

    @property
    def practice(self) -> Practice:
        """Free texts and checklists."""

    @property
    def solutions(self) -> Solutions:
        """Solutions seen and shared."""

    @property
    def duels(self) -> Duels:
        """Duels between two members."""

    async def database_now(self) -> datetime:
        """The database's clock."""

    def ring(self, topic: Topic) -> None:
        """Wake whoever listens to the topic, when this transaction commits."""


Begin = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Opens a transaction; see the module's first lines."""


class Quick(Protocol):
    """What people wait for most, in single statements outside of any transaction of the caller's."""

    async def enter(self, actor: Actor) -> Place:
        """As ``Directory.enter``."""

    async def page(
        self, board: Board, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        """Members with points above 0 in one period, as ``bot.domain.ranks`` orders and ranks them."""

    async def streaks(self, members: Collection[int]) -> Mapping[int, StreakFacts]:
        """As ``Streaks.facts``."""

    async def remember(self, marks: Sequence[tuple[StreakFacts, Mark]]) -> None:
        """As ``Streaks.remember``."""

    async def look(self, actor: Actor, posting: int) -> Sight:
        """What decides about the actor's answer to a posting; their place is made when it is new."""

    async def record(self, sight: Sight, answer: NewAnswer, payment: LedgerEntry, note: str) -> Answer | None:
        """Record the answer with its note, pay for it when it earned points, and keep the scores.

        All or nothing. ``payment`` is entered as the answer's, whatever its ``source``. None, and nothing is
        recorded, when what was seen has changed meanwhile: the member has answered, or the question was
        withdrawn.
        """


class Store(Protocol):
    """The database as the services see it."""

    @property
    def quick(self) -> Quick:
        """Single statements."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a transaction; see the module's first lines."""


class Bell(Protocol):
    """One listener to one topic."""

    async def wait(self, timeout_s: float) -> bool:
        """Return True as soon as the topic was rung since the last call returned, or False after the time.

        May also ring for nothing (after a reconnect): a listener always looks for itself.
        """

    def close(self) -> None:
        """Stop listening."""


class Signals(Protocol):
    """Wakes other tasks and processes. A lost signal costs a poll's time, never work."""

    def bell(self, topic: Topic) -> Bell:
        """Start listening."""


class Clock(Protocol):
    """The time, handed in so that tests own it."""

    def now(self) -> datetime:
        """An aware datetime in UTC."""


class Seal(Protocol):
    """Encrypts secrets before they are kept."""

    def seal(self, secret: str) -> str:
        """The secret as text that only ``open`` can read."""

    def open(self, sealed: str) -> str:
        """The secret again. Raises ``bot.services.errors.Unsealed``."""


class Judge(Protocol):
    """Runs a submission and says what happened, never whether it is right."""

    async def grade(self, job: GradingJob) -> RunReport:
        """Run it in the sandbox. A failure of the sandbox is ``Ending.BROKEN``, not an exception."""


Card = QuestionCard | ChallengeCard | RecapCard | VerdictCard | Notice | Panel
"""What a delivery can carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message for a platform: the card, where it goes, and what makes a second sending harmless.

    ``nonce`` (25 characters at most) is the same over all attempts; with ``attempt`` above 1 an earlier one
    may have arrived. With a ``reply`` the card belongs to a private answer of ``member`` (the platform's id);
    when its token has expired, it goes to the channel with a mention or to a direct message. ``language`` is
    its readers', as far as it is known; ``ping`` the platform's id of a role to announce it to.
    """

    delivery: int
    nonce: str
    attempt: int
    platform: Platform
    community: str
    channel: str
    kind: DeliveryKind
    card: Card
    member: str = ""
    reply: ReplyTarget | None = None
    language: str = "en"
    ping: str = ""


class Poster(Protocol):
    """Puts messages on one platform."""

    async def send(self, message: Outgoing) -> str:
        """Send and return the platform's message id.

        Raises ``DeliveryFailed`` (try again; with ``retry_after_s`` if the platform said so) or ``Gone``.
        """


class Roles(Protocol):
    """Gives and takes roles on one platform."""

    async def set(self, community: str, member: str, role: str, give: bool) -> None:
        """Give a role to a member or take it (all by the platform's ids); saying it again changes nothing.

        Raises ``RoleRefused`` when an admin has to do something first, ``Gone`` when the member is not there
        any more, ``DeliveryFailed`` to try again later.
        """
