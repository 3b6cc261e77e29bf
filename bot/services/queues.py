"""The two queues on the database: code to grade, and messages to deliver.

Both hand out leases with a fence, a number that rises with every claim: whoever comes late with an older
fence records nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.content import SourceFile
from bot.domain.grading import Judgement
from bot.services.commands import Platform, ReplyTarget
from bot.services.records import (
    Channel,
    Community,
    Member,
    StoredItem,
    Submission,
)


class JobState(StrEnum):
    """Where a grading job is. One job serves all submissions of the same version and files."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    ASIDE = "aside"
    """Settled as an internal error; submitting the same code again queues it afresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """What ``GradingQueue.enqueue`` found: the job, and its judgement when it is done already."""

    job: int
    state: JobState
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job leased to a worker. ``fence`` rises with every claim; an older one records nothing.

    ``attempt`` counts claims (this one included) that were not handed back by ``release``.
    """

    job: int
    fence: int
    attempt: int
    version: int
    files: tuple[SourceFile, ...]


class GradingQueue(Protocol):
    """Grading jobs. One job serves every submission of the same challenge version and files digest."""

    async def enqueue(self, submission: Submission) -> Enqueued:
        """Attach the submission to its job, which is made, or put back in the queue when it was set aside.

        Locks the job until the end of the transaction, so that a submission is either there when the job is
        finished or finds it done.
        """

    async def ahead(self, job: int) -> int:
        """How many queued or running jobs come before it, about."""

    async def claim(self, worker: str, lease_s: float, limit: int) -> Sequence[ClaimedJob]:
        """Lease up to ``limit`` jobs that are queued, or running with a lease that ran out.

        Fair: between communities, then between members, then oldest first. Uses the database's clock.
        """

    async def heartbeat(self, job: int, fence: int, lease_s: float) -> bool:
        """Extend the lease; False when the job is another's by now (stop working on it)."""

    async def release(self, job: int, fence: int) -> None:
        """Hand a job back unfinished (a drain): it is queued at once and the attempt does not count."""

    async def finish(
        self, job: int, fence: int, judgement: Judgement, *, aside: bool = False
    ) -> Sequence[Submission] | None:
        """Record the judgement and return the submissions attached to the job, oldest first.

        Those that were judged before are among them: they were put up again, or set aside.

        None when ``fence`` is not the latest claim's or the job is done: nothing is recorded then.
        ``aside`` sets the job aside instead of done, so that the same code can be graded again.
        """

    async def regrade(self, stored: StoredItem) -> tuple[int, int]:
        """Put every submission for a challenge up again, to be judged by this version of it.

        Verdicts stay until new ones are recorded. A run that has begun is fenced out. Jobs go behind what
        waits already. Returns how many jobs, and how many submissions.
        """

    async def depth(self) -> int:
        """How many jobs are queued."""


class DeliveryKind(StrEnum):
    """What a delivery carries; its ``subject`` is the id of that thing."""

    QUESTION = "question"
    """``subject``: a posting."""
    CHALLENGE = "challenge"
    """``subject``: a posting."""
    RECAP = "recap"
    """``subject``: a round."""
    VERDICT = "verdict"
    """``subject``: a submission."""
    NOTICE = "notice"
    """``text`` says it all; ``subject`` is the channel."""
    PANEL = "panel"
    """``text`` names the panel's maker (``Feature.posts``), and ``subject`` is what it is about. With a
    ``member`` it goes to them directly, else to the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """An outbox entry about to be written. ``key`` is unique: the same thing is never entered twice."""

    key: str
    platform: Platform
    community: int
    channel: int
    kind: DeliveryKind
    subject: int
    text: str = ""
    member: int | None = None
    """Whom it is for, when it is private."""
    reply: ReplyTarget | None = None
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """An outbox entry leased to one replica. ``nonce`` stays the same over all attempts.

    ``attempt`` counts from 1; above 1 an earlier try may have reached the platform.
    """

    id: int
    fence: int
    attempt: int
    nonce: str
    platform: Platform
    community: Community
    channel: Channel
    kind: DeliveryKind
    subject: int
    text: str
    member: Member | None
    reply: ReplyTarget | None
    due_at: datetime


class Deliveries(Protocol):
    """The outbox: what has to reach a platform, written in the transaction that caused it."""

    async def add(self, delivery: NewDelivery) -> bool:
        """Write an entry with a new random nonce; False when its key is known already.

        Nothing is written for a community that removed us (False as well).
        """

    async def claim(
        self, platforms: Collection[Platform], now: datetime, lease_s: float, limit: int
    ) -> Sequence[ClaimedDelivery]:
        """Lease entries that are due and not leased (or whose lease ran out), fair between communities."""

    async def sent(self, delivery: int, fence: int, external_id: str, at: datetime) -> bool:
        """It arrived, as the platform's message ``external_id``; False when fenced out."""

    async def retry(self, delivery: int, fence: int, at: datetime, error: str) -> bool:
        """Try again at ``at``; False when fenced out."""

    async def dead(self, delivery: int, fence: int, error: str) -> bool:
        """Give up; it stays visible for the admin. False when fenced out."""

    async def was_sent(self, keys: Collection[str]) -> bool:
        """Whether any entry with one of these keys arrived."""

    async def drop_channel(self, channel: int, reason: str) -> int:
        """Give up everything public that waits for a channel; returns how many entries."""
