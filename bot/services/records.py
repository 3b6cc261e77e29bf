"""What repositories hand back: frozen values, never rows of storage. Ids are the storage's own integers.

All times are aware ``datetime`` values in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.content import Challenge, Item, Question, SourceFile
from bot.domain.grading import Judgement
from bot.domain.rounds import Schedule
from bot.domain.streaks import Past
from bot.services.commands import Platform, ReplyTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A guild, a workspace or the playground. ``zone`` is that of its leaderboards (IANA name)."""

    id: int
    platform: Platform
    external: str
    name: str
    zone: str = "UTC"
    league: int | None = None
    """The league whose leaderboard it shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place to post. Without a ``schedule`` there are no daily rounds in it.

    ``paused`` is the reason for a pause, empty while it runs. ``next_due_at`` is when the tick has
    to look at it again (kept by the services, indexed by storage).
    """

    id: int
    community: int
    external: str
    name: str
    schedule: Schedule | None = None
    paused: str = ""
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person as known in one community. ``external`` is the platform's id of the account.

    ``person`` is set when they have linked several accounts.
    """

    id: int
    external: str
    name: str
    person: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who, where: what an ``Actor`` stands for in storage."""

    community: Community
    channel: Channel
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """One version of a question or challenge. ``question`` is the same over all its versions."""

    question: int
    version: int
    number: int
    """The version's number, from 1."""
    bank: str
    item: Item
    enabled: bool = True
    void: str = ""
    """Why this version was withdrawn; empty while it counts."""

    @property
    def as_question(self) -> Question:
        """The item, known to be a question. Raises ``TypeError`` otherwise."""
        if not isinstance(self.item, Question):
            raise TypeError(f"{self.item.meta.key} is a challenge, not a question")
        return self.item

    @property
    def as_challenge(self) -> Challenge:
        """The item, known to be a challenge. Raises ``TypeError`` otherwise."""
        if not isinstance(self.item, Challenge):
            raise TypeError(f"{self.item.meta.key} is a question, not a challenge")
        return self.item


class RoundState(StrEnum):
    """Where a round is in its life."""

    OPEN = "open"
    CLOSED = "closed"
    """Its window is over and the recap is on its way. The event time still decides about answers."""
    VOID = "void"
    """Withdrawn by an admin or for our fault (``reason``): it costs nobody a streak."""
    SKIPPED = "skipped"
    """Its catch-up window was missed: nothing was posted, and it is no challenge day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One challenge day of one channel; unique by (channel, local date).

    ``question`` and ``challenge`` are posting ids; either may be missing (an empty pool).
    """

    id: int
    community: int
    channel: int
    local_date: date
    opens_at: datetime
    closes_at: datetime
    state: RoundState
    question: int | None = None
    challenge: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A shown question or challenge, of a daily round or asked for; its id goes into buttons.

    A posting keeps the version it was shown with. ``member`` is whom an asked-for question was
    shown to (None for a round's). The four round fields are None together when there is no round.
    """

    id: int
    community: int
    channel: int
    stored: StoredItem
    round: int | None = None
    local_date: date | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    member: int | None = None
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A member's one answer to a posting; unique by (posting, member): the first wins.

    ``chosen`` are option positions in the author's order (from 0), whatever order was shown.
    """

    id: int
    posting: int
    member: int
    event_id: str
    chosen: frozenset[int]
    typed: str
    correct: bool
    points: int
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """An answer about to be recorded."""

    posting: int
    member: int
    event_id: str
    chosen: frozenset[int]
    typed: str
    correct: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreakFacts:
    """What a member's streak is computed from, and what it hangs on: see ``Streaks.remember``."""

    member: int
    past: Past
    turn: int
    """The member's."""
    rewritten: int
    """The community's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that decides about an answer, as it was at one moment; ``record`` writes if it still is.

    ``posting`` is None when there is no such one. ``first`` is the answer that stands; ``known`` whether the
    member has answered this question here on another posting (withdrawn versions left out). ``kept_from`` is
    the community's; see ``bot.domain.periods.is_kept``.
    """

    community: Community
    member: Member
    posting: Posting | None
    first: Answer | None
    known: bool
    facts: StreakFacts
    kept_from: date


@dataclass(frozen=True, slots=True)
class Tally:
    """How a posting's question was answered. ``chosen`` counts each option position (author's order)."""

    answered: int = 0
    correct: int = 0
    chosen: tuple[tuple[int, int], ...] = ()
    first: str = ""
    """Name of the first member (by event time) who was right; empty when they hide, too."""


class SubmissionState(StrEnum):
    """Whether the verdict is there."""

    WAITING = "waiting"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """A submission about to be recorded. ``posting`` is set when it counts for an open round."""

    platform: Platform
    community: int
    channel: int
    member: int
    event_id: str
    version: int
    posting: int | None
    attempt: int
    """Counted from 1 for this member, community and challenge."""
    files: tuple[SourceFile, ...]
    digest: str
    """SHA-256 over the files (``bot.domain.digests``)."""
    at: datetime
    reply: ReplyTarget = field(default_factory=ReplyTarget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission as recorded; unique by (platform, event_id). ``judgement`` is None while it waits."""

    id: int
    platform: Platform
    community: int
    channel: int
    member: int
    event_id: str
    stored: StoredItem
    posting: int | None
    attempt: int
    files: tuple[SourceFile, ...]
    digest: str
    at: datetime
    reply: ReplyTarget
    state: SubmissionState = SubmissionState.WAITING
    judgement: Judgement | None = None
    points: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class HintTaken:
    """A hint that a member has seen; ``number`` counts from 1."""

    number: int
    event_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """A member's sum in one period. ``reached_at`` is when the last points came in (event time)."""

    rank: int
    member: int
    community: int
    """Of the member: a league's board has several."""
    name: str
    points: int
    solved: int
    reached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePage:
    """Some rows in order, how many members there are in all, and the reader's own row.

    Members who hide are counted and have a rank, but only they themselves see their row.
    """

    rows: tuple[ScoreRow, ...]
    members: int
    own: ScoreRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A named collection. ``community`` owns it; None means that all communities may use it."""

    id: int
    name: str
    community: int | None
    enabled: bool
    questions: int


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to store: its digest, and where it lies in the shuffled order (``bot.domain.picking``)."""

    item: Item
    digest: str
    shuffle_key: int
