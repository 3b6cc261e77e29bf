"""What a platform hands to the services: frozen requests, made from an event and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from bot.domain.boards import Scope
from bot.domain.content import Difficulty, SourceFile
from bot.domain.rounds import EVERY_DAY
from bot.services.cards import Period


class Platform(StrEnum):
    """Where a community lives."""

    DISCORD = "discord"
    SLACK = "slack"
    PLAYGROUND = "playground"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, and where. Ids are the platform's own (strings); names are for showing only."""

    platform: Platform
    community: str
    channel: str
    member: str
    name: str
    community_name: str = ""
    channel_name: str = ""
    is_admin: bool = False
    """Whether the platform itself says that this member administers the community."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTarget:
    """Where the verdict goes: opaque to services, read back by the platform that made it.

    ``token`` may be a secret of short life (an interaction token, a response URL): it is stored
    with the delivery and never logged. ``expires_at`` tells when to use the channel or a direct
    message instead.
    """

    token: str = field(default="", repr=False)
    message: str = ""
    language: str = "en"
    """The reader's, for the words around the verdict (``bot.locales``)."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuiz:
    """``/quiz [topic] [difficulty]``: the open daily question first, else one not seen yet."""

    actor: Actor
    event_id: str
    topic: str | None = None
    difficulty: Difficulty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """A letter button, a choice, or typed output. ``at`` is the platform's event time (aware)."""

    actor: Actor
    event_id: str
    posting: int
    letters: frozenset[str] = frozenset()
    typed: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowChallenge:
    """``/challenge [name]``: the open daily challenge unless named."""

    actor: Actor
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeHint:
    """``/hint``: the next hint to the open (or named) challenge."""

    actor: Actor
    event_id: str
    challenge: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCode:
    """Code to grade. ``text`` is a message with fenced blocks or bare code; ``files`` come from
    uploads or a dialog; one of the two is used. ``event_id`` is the idempotency key.
    """

    actor: Actor
    event_id: str
    challenge: str | None = None
    text: str = ""
    files: tuple[SourceFile, ...] = ()
    at: datetime
    reply: ReplyTarget = field(default_factory=ReplyTarget)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLeaderboard:
    """``/leaderboard [today|week|month|season|all] [community|channel|league|topic:T] [page]``.

    Pages count from 1. A ``topic`` is that of ``Scope.TOPIC`` and empty otherwise.
    """

    actor: Actor
    period: Period = Period.WEEK
    page: int = 1
    scope: Scope = Scope.COMMUNITY
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStreak:
    """``/streak [why] [member]``; ``member`` is the platform's id of another member.

    The card always says why: ``why`` is a word that people may type, and changes nothing.
    """

    actor: Actor
    member: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpChannel:
    """Daily rounds for the actor's channel. ``post_at`` is local time in ``zone`` (an IANA name).

    ``days`` are ISO weekdays; ``difficulties`` may name one several times, for a larger share of the days.
    ``language`` is what posts are worded in, ``ping`` the platform's id of a role that each is announced to.
    With ``at_once`` today's round is posted now, whatever the time.
    """

    actor: Actor
    post_at: time
    zone: str
    days: frozenset[int] = EVERY_DAY
    holidays: frozenset[date] = frozenset()
    topics: tuple[str, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    question: bool = True
    challenge: bool = True
    language: str = "en"
    ping: str = ""
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseChannel:
    """Stop (``paused``) or go on with the daily rounds of the actor's channel."""

    actor: Actor
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpStreak:
    """An admin helps a member's streak: repairs one ``day``, or (None) gives a freeze.

    ``member`` is the platform's id; ``why`` is shown in the member's calendar.
    """

    actor: Actor
    event_id: str
    member: str
    day: date | None
    why: str
