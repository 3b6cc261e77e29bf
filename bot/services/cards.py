"""What services answer with: values that every platform renders in its own way.

A card holds facts, never markup of one platform: prompts, explanations and code are Markdown or plain
text as their author wrote them, times are aware ``datetime`` values in UTC (shown in the reader's zone),
and member text is untrusted (a platform escapes it). Rows of storage never appear here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.boards import Scope as Scope
from bot.domain.content import Difficulty, Kind, SourceFile
from bot.domain.grading import Judgement
from bot.domain.periods import Period as Period
from bot.domain.streaks import DayState as DayState


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as shown: its letter and its Markdown text, in the order shown."""

    letter: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """A question to answer with letters. ``posting`` goes into buttons; it says nothing else."""

    posting: int
    kind: Kind
    title: str
    prompt: str
    program: str
    """For predict-the-output: the code to read; else empty."""
    choices: tuple[Choice, ...]
    several: bool
    """Whether more than one letter may be right (choose, then confirm)."""
    topic: str
    difficulty: Difficulty
    points: int
    answered: int
    """How many members have answered; how they did is not told before the close."""
    local_date: date | None
    """The challenge day, for a daily round; None for a question asked for."""
    opens_at: datetime | None
    closes_at: datetime | None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceReview:
    """One option after the answer: whether it is right, was chosen, and why."""

    letter: str
    text: str
    right: bool
    chosen: bool
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCard:
    """The private result of an answer. ``repeated`` is true when an earlier answer stands."""

    posting: int
    title: str
    correct: bool
    repeated: bool
    points: int
    """Points earned by this answer (0 when wrong, repeated, or known already)."""
    choices: tuple[ChoiceReview, ...]
    explanation: str
    typed: str = ""
    """For predict-the-output: what the member typed; else empty."""
    expected_output: str = ""
    streak: int = 0
    note: str = ""
    """One more sentence when points or streak need a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeCard:
    """A challenge to solve. ``examples`` are visible tests or sample runs, as code."""

    posting: int | None
    key: str
    kind: Kind
    title: str
    prompt: str
    language: str
    entry: str
    starter: tuple[SourceFile, ...]
    examples: tuple[SourceFile, ...]
    topic: str
    difficulty: Difficulty
    points: int
    minutes: int | None
    hints: int
    """How many hints there are."""
    solved: int
    """How many members have solved it in this round (or at all, without a round)."""
    local_date: date | None
    opens_at: datetime | None
    closes_at: datetime | None
    closed: bool = False
    ranked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HintCard:
    """One hint, private. ``number`` counts from 1."""

    challenge: str
    title: str
    number: int
    total: int
    text: str
    cost: int
    """Points this hint takes off a later solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Said at once when code has come in; the verdict follows."""

    submission: int
    challenge: str
    title: str
    attempt: int
    waiting: int
    """Submissions ahead in the queue."""
    repeated: bool = False
    """Whether this very event was received before (the same submission answers)."""
    note: str = ""
    """When something had to be chosen, such as one code block of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCard:
    """The verdict on one submission, private to its author unless shared."""

    submission: int
    challenge: str
    title: str
    judgement: Judgement
    attempt: int
    points: int
    """Points earned by this submission."""
    streak: int
    files: tuple[SourceFile, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a leaderboard. Ties share a rank: 1, 1, 3."""

    rank: int
    member: int
    name: str
    points: int
    solved: int
    streak: int
    is_reader: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardPage:
    """A page of ranks, with the reader's own line wherever it is. ``topic`` is that of a topic's board."""

    period: Period
    scope: Scope = Scope.COMMUNITY
    topic: str = ""
    since: datetime | None
    rows: tuple[Standing, ...]
    page: int
    pages: int
    members: int
    own: Standing | None
    tie_break: str
    """The rule, in one sentence, as shown below the table."""


@dataclass(frozen=True, slots=True)
class StreakDay:
    """A challenge day and what became of it."""

    day: date
    state: DayState
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreakCard:
    """A member's streak, with the days that explain it (oldest first)."""

    member: int
    name: str
    is_reader: bool
    current: int
    longest: int
    freezes: int
    answered_today: bool
    closes_at: datetime | None
    days: tuple[StreakDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapCard:
    """A round that has closed: the answer, how people did, who was first."""

    posting: int
    title: str
    local_date: date
    choices: tuple[ChoiceReview, ...]
    counts: tuple[int, ...]
    """Answers for each choice, in the order shown."""
    answered: int
    correct: int
    first: str
    """Name of the first member who was right; empty when nobody was."""
    explanation: str
    solved: int = 0
    submitted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRound:
    """A round that is open in one channel (``channel`` is the platform's id), for one reader."""

    channel: str
    channel_name: str
    question: QuestionCard | None
    challenge: ChallengeCard | None
    answered: bool
    """Whether the reader has answered the question."""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One command: how to type it, and what it does."""

    usage: str
    summary: str


@dataclass(frozen=True, slots=True)
class HelpCard:
    """What the bot can do, in the order a newcomer needs it."""

    intro: str
    commands: tuple[CommandHelp, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for one person: what went wrong and what to do, or what was done."""

    text: str
    ok: bool = True
