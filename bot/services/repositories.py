"""The repositories of a transaction: each is what the services read and write of one matter.

``bot.services.ports`` says how a transaction behaves. "Claim" means: lock the rows for one caller, passing
over those that others hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.content import Kind
from bot.domain.grading import Judgement
from bot.domain.ledger import Earned, LedgerEntry
from bot.domain.periods import Period
from bot.domain.picking import Pool
from bot.domain.rounds import DueRound, Schedule
from bot.domain.streaks import ChallengeDay, Gift, History, Kept
from bot.services.commands import Actor, Platform
from bot.services.records import (
    Answer,
    Bank,
    Channel,
    Community,
    HintTaken,
    Member,
    NewAnswer,
    NewItem,
    NewSubmission,
    Place,
    Posting,
    Round,
    RoundState,
    ScorePage,
    StoredItem,
    Submission,
    Tally,
)


class Directory(Protocol):
    """Communities, their channels and their members."""

    async def enter(self, actor: Actor) -> Place:
        """Find or create the actor's community, channel and member, and refresh their names.

        Safe when several callers do it at once. An empty name in ``actor`` leaves the stored one.
        """

    async def member(self, community: int, external: str) -> Member | None:
        """A member of the community by the platform's id."""

    async def community(self, community: int) -> Community:
        """A community by id. Raises ``NotFound``."""

    async def channel(self, channel: int) -> Channel:
        """A channel by id. Raises ``NotFound``."""

    async def channels(self, community: int) -> Sequence[Channel]:
        """The community's channels that have a schedule, by id."""

    async def set_zone(self, community: int, zone: str) -> None:
        """The zone of the community's leaderboards."""

    async def set_schedule(
        self, channel: int, schedule: Schedule | None, next_due_at: datetime | None
    ) -> None:
        """Set or (None) take away the schedule; also clears a pause."""

    async def set_paused(self, channel: int, reason: str) -> None:
        """Pause (with a reason) or, with an empty reason, go on."""

    async def set_next_due(self, channel: int, at: datetime | None) -> None:
        """When the tick has to look at this channel again."""

    async def due_channels(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of scheduled channels, not paused, whose ``next_due_at`` has come, earliest first."""

    async def lock_due(self, channel: int, now: datetime) -> tuple[Community, Channel] | None:
        """Claim one of them for this transaction; None when another holds it or it is not due any more."""


class QuestionBank(Protocol):
    """Banks, their questions and challenges, and every version of each."""

    async def ensure(self, name: str, community: int | None) -> Bank:
        """Find or create a bank by (name, owner) and lock it until the end of the transaction."""

    async def banks(self, community: int | None) -> Sequence[Bank]:
        """Banks that the community may use (its own and those of all), by name; None: every bank."""

    async def set_enabled(self, bank: int, enabled: bool) -> None:
        """Whether items of the bank are picked and found."""

    async def set_item_enabled(self, question: int, enabled: bool) -> None:
        """Whether one item is picked and found."""

    async def named(self, key: str, bank: str | None = None) -> Sequence[StoredItem]:
        """The current version of every item with this key, in any bank or in those of that name."""

    async def withdraw(self, question: int, reason: str) -> bool:
        """Make every version that there is void, and disable the item; False when all were void already.

        A version saved later counts again and puts the item back in use.
        """

    async def digests(self, bank: int) -> Mapping[str, str]:
        """Key to digest of the current version of every item in the bank."""

    async def save(self, bank: int, items: Sequence[NewItem]) -> None:
        """Add items, or a new version where the key is known. Bulk: 100,000 items in one call."""

    async def items(self, bank: int) -> Sequence[StoredItem]:
        """The current version of every item, by key."""

    async def version(self, version: int) -> StoredItem:
        """One version, however old. Raises ``NotFound``."""

    async def challenge(self, community: int, key: str) -> StoredItem | None:
        """The current version of an enabled challenge by its key, or its title without case.

        When several banks have the key, the community's own bank wins, then the older bank.
        """

    async def challenges(self, community: int) -> Sequence[tuple[str, str]]:
        """(key, title) of every enabled challenge, by title."""

    async def topics(self, community: int, kinds: Collection[Kind]) -> Sequence[str]:
        """The topics of enabled items of these kinds, by name."""

    async def pick_for_channel(
        self, community: int, channel: int, pool: Pool, start: int
    ) -> StoredItem | None:
        """``bot.domain.picking.pick`` over the enabled pool; uses are this channel's rounds with the item."""

    async def pick_for_member(self, community: int, member: int, pool: Pool, start: int) -> StoredItem | None:
        """The same; uses are this member's answers to the item in this community (0 or more).

        Items of rounds that are open in the community at the time are left out: they are today's.
        """


class Rounds(Protocol):
    """Daily rounds, unique by (channel, local date)."""

    async def open(
        self,
        community: int,
        channel: int,
        due: DueRound,
        opens_at: datetime,
        state: RoundState = RoundState.OPEN,
        reason: str = "",
    ) -> Round | None:
        """Record a round; None when the channel has one for that date already (nothing changes then).

        The window is ``opens_at`` to ``due.closes_at``.
        """

    async def get(self, round_: int) -> Round:
        """A round by id. Raises ``NotFound``."""

    async def current(self, channel: int, at: datetime) -> Round | None:
        """The latest round that is not void or skipped and whose window holds ``at``."""

    async def showing(self, question: int) -> Sequence[Round]:
        """Rounds that posted the question or challenge and are neither void nor skipped, by id."""

    async def to_close(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of open rounds whose window is over, earliest first."""

    async def lock_to_close(self, round_: int, now: datetime) -> Round | None:
        """Claim one of them for this transaction; None when another did or it is not due any more."""

    async def set_state(self, round_: int, state: RoundState, reason: str = "") -> None:
        """Close or void it. Voiding a round makes its postings void."""

    async def extend(self, round_: int, closes_at: datetime) -> None:
        """Move the end of the window later (never earlier), for the round and its postings."""


class Postings(Protocol):
    """Shown questions and challenges; their ids go into buttons."""

    async def add(
        self,
        *,
        community: int,
        channel: int,
        version: int,
        at: datetime,
        round_: int | None = None,
        member: int | None = None,
        platform: Platform | None = None,
        event_id: str = "",
    ) -> Posting:
        """Record a showing. With a ``round_`` it shares its window; ``Round.question`` or ``.challenge``
        then name it. ``(platform, event_id)`` is unique where given.
        """

    async def get(self, posting: int) -> Posting | None:
        """A posting by id."""

    async def by_event(self, platform: Platform, event_id: str) -> Posting | None:
        """The posting that an earlier delivery of the same event made."""


class Answers(Protocol):
    """Answers to questions, unique by (posting, member)."""

    async def add(self, answer: NewAnswer) -> Answer | None:
        """Record the first answer; None when there is one already (it stands)."""

    async def record(self, answer: NewAnswer, payment: LedgerEntry, note_when_known: str) -> Answer | None:
        """Record the first answer and pay for it; None, and nothing changes, when there is one already.

        ``payment`` is entered as the answer's (whatever its ``source``) when it has points and the question
        is new to the member: see ``seen``. When it is known, nothing is paid and the note says so.
        Lock the member first (``Ledger.lock``), so that the same question on two postings is paid once.
        """

    async def of(self, posting: int, member: int) -> Answer | None:
        """The member's answer to the posting."""

    async def seen(self, community: int, member: int, question: int, *, besides: int) -> bool:
        """Whether the member answered this question in the community on another posting than ``besides``.

        Answers to withdrawn versions do not count.
        """

    async def settle(self, answer: int, points: int, note: str) -> None:
        """Write what the answer earned, and why when that needs a reason."""

    async def count(self, posting: int) -> int:
        """How many members answered."""

    async def tally(self, posting: int) -> Tally:
        """How they answered."""


class Submissions(Protocol):
    """Code handed in, unique by (platform, event_id)."""

    async def add(self, submission: NewSubmission) -> Submission | None:
        """Record it; None when the event is known already."""

    async def by_event(self, platform: Platform, event_id: str) -> Submission | None:
        """What an earlier delivery of the same event made."""

    async def get(self, submission: int) -> Submission | None:
        """A submission by id."""

    async def tries(self, community: int, member: int, question: int) -> Sequence[Submission]:
        """Every submission of the member for the challenge, oldest first."""

    async def attempts(self, community: int, member: int, question: int) -> int:
        """How many the member has handed in for the challenge, over all its versions.

        Those that ended in an internal error do not count. Locks the member's submissions to it until the
        end of the transaction, so that two at once get two numbers.
        """

    async def handed_in(self, community: int, member: int, since: datetime) -> Sequence[tuple[int, datetime]]:
        """(question, event time) of the submissions later than ``since``; internal errors left out."""

    async def waiting(self, community: int, member: int) -> int:
        """How many of the member's submissions have no verdict yet."""

    async def record(self, submission: int, judgement: Judgement, points: int, note: str) -> None:
        """Write the verdict and what it earned; the submission is judged from now on."""

    async def solved(self, community: int, question: int, posting: int | None) -> int:
        """How many members solved the challenge: in that posting, or (None) at all in the community."""

    async def submitted(self, posting: int) -> int:
        """How many members handed something in for the posting."""


class Hints(Protocol):
    """Hints taken, unique by (community, member, question, number)."""

    async def taken(self, community: int, member: int, question: int) -> Sequence[HintTaken]:
        """In order of their numbers."""

    async def add(
        self, community: int, member: int, question: int, number: int, event_id: str, at: datetime
    ) -> bool:
        """Record one; False when it was taken already."""


class Ledger(Protocol):
    """The append-only ledger, and the score tables that follow it."""

    async def lock(self, member: int) -> None:
        """Let other payments to the member wait until the end of the transaction."""

    async def earned(self, community: int, member: int, question: int) -> Earned:
        """What was paid for one question. Locks the member's ledger in the community until the end of the
        transaction, so that two payments for it come one after the other.
        """

    async def append(self, entry: LedgerEntry) -> bool:
        """Add a row and, in the same transaction, its points and solved count to the score of every
        ``Period`` (keyed by ``bot.domain.periods.period_start`` of ``entry.day``); ``reached_at`` becomes
        ``entry.at`` when points came in. False, and nothing changes, when (community, source) is known.
        """

    async def payments(self, question: int, after: int, limit: int) -> Sequence[tuple[int, LedgerEntry]]:
        """Rows numbered above ``after`` that paid for a question, in every community, with their numbers.

        Rows that were taken back (``bot.domain.ledger.taken_back``) and those that did it are left out.
        """

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        """A member's rows, oldest first."""

    async def scores(
        self, community: int, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        """Members with points above 0 in one period, as ``bot.domain.ranks`` orders and ranks them."""


class Streaks(Protocol):
    """What streaks are computed from; nothing derived is stored."""

    async def history(self, community: int, members: Collection[int]) -> History:
        """Days, what was kept, and gifts, as the methods below give them, from one snapshot."""

    async def days(self, community: int) -> Sequence[ChallengeDay]:
        """Every local date with at least one round that was not skipped, oldest first."""

    async def kept(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Kept]]:
        """What each member did for challenge days: answers to rounds' questions, and submissions for rounds'
        challenges that were accepted, wait, or could not be graded; all with their event times. Members
        without any are left out.
        """

    async def gifts(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Gift]]:
        """Freezes granted and days repaired, from the ledger."""


class Audit(Protocol):
    """What admins did."""

    async def note(
        self, community: int | None, member: int | None, action: str, detail: str, at: datetime
    ) -> None:
        """Append one line."""
