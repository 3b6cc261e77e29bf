"""The grading queue and the outbox in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.grading import Judgement
from bot.services.commands import Platform
from bot.services.queues import ClaimedDelivery, ClaimedJob, Enqueued, JobState, NewDelivery
from bot.services.records import StoredItem, Submission
from tests.unit.services.fakes.store import Job, Parcel, Store


class FakeQueue:
    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def _jobs(self) -> dict[int, Job]:
        return self.store.tables.jobs

    async def enqueue(self, submission: Submission) -> Enqueued:
        key = (submission.stored.version, submission.digest)
        job = next((j for j in self._jobs.values() if (j.version, j.digest) == key), None)
        if job is None:
            job = Job(next(self.store.ids), *key, submission.id)
            self._jobs[job.id] = job
        job.waiting = (*job.waiting, submission.id)
        if job.state == "aside":
            job.state, job.attempts, job.judgement = "queued", 0, None
        return Enqueued(job=job.id, state=JobState(job.state), judgement=job.judgement)

    async def ahead(self, job: int) -> int:
        return sum(j.id < job and j.state in ("queued", "running") for j in self._jobs.values())

    async def claim(self, worker: str, lease_s: float, limit: int) -> Sequence[ClaimedJob]:
        now = self.store.database_clock.now()
        free = [
            j
            for j in self._jobs.values()
            if j.state == "queued"
            or (j.state == "running" and j.lease_until is not None and j.lease_until <= now)
        ]
        claimed = []
        for job in free[:limit]:
            job.state, job.lease_until = "running", now + timedelta(seconds=lease_s)
            job.fence += 1
            job.attempts += 1
            files = self.store.tables.submissions[job.submission].files
            claimed.append(
                ClaimedJob(
                    job=job.id, fence=job.fence, attempt=job.attempts, version=job.version, files=files
                )
            )
        return claimed

    def _held(self, job: int, fence: int) -> Job | None:
        found = self._jobs.get(job)
        return found if found and found.state == "running" and found.fence == fence else None

    async def heartbeat(self, job: int, fence: int, lease_s: float) -> bool:
        held = self._held(job, fence)
        if held is not None:
            held.lease_until = self.store.database_clock.now() + timedelta(seconds=lease_s)
        return held is not None

    async def release(self, job: int, fence: int) -> None:
        held = self._held(job, fence)
        if held is not None:
            held.state, held.lease_until, held.attempts = "queued", None, held.attempts - 1

    async def finish(
        self, job: int, fence: int, judgement: Judgement, *, aside: bool = False
    ) -> Sequence[Submission] | None:
        held = self._held(job, fence)
        if held is None:
            return None
        held.state, held.judgement = ("aside" if aside else "done"), judgement
        submissions = self.store.tables.submissions
        return [submissions[i] for i in held.waiting]

    async def regrade(self, stored: StoredItem) -> tuple[int, int]:
        t = self.store.tables
        mine = [s for s in t.submissions.values() if s.stored.question == stored.question]
        regraded = set()
        for submission in mine:
            for job in self._jobs.values():
                job.waiting = tuple(i for i in job.waiting if i != submission.id)
            key = (stored.version, submission.digest)
            job = next((j for j in self._jobs.values() if (j.version, j.digest) == key), None)
            if job is None:
                job = Job(next(self.store.ids), *key, submission.id)
                self._jobs[job.id] = job
            if job.id not in regraded:
                job.state, job.attempts, job.judgement, job.lease_until = "queued", 0, None, None
                job.fence += 1
            regraded.add(job.id)
            job.waiting = (*job.waiting, submission.id)
            t.submissions[submission.id] = replace(submission, stored=stored)
        return len(regraded), len(mine)

    async def depth(self) -> int:
        return sum(j.state == "queued" for j in self._jobs.values())


class FakeDeliveries:
    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def _outbox(self) -> dict[int, Parcel]:
        return self.store.tables.outbox

    async def add(self, delivery: NewDelivery) -> bool:
        if any(parcel.new.key == delivery.key for parcel in self._outbox.values()):
            return False
        number = next(self.store.ids)
        self._outbox[number] = Parcel(number, delivery, next_at=delivery.due_at)
        return True

    async def claim(
        self, platforms: Collection[Platform], now: datetime, lease_s: float, limit: int
    ) -> Sequence[ClaimedDelivery]:
        t = self.store.tables
        free = [
            p
            for p in self._outbox.values()
            if p.state == "waiting"
            and p.new.platform in platforms
            and p.next_at <= now
            and (p.lease_until is None or p.lease_until <= now)
        ]
        claimed = []
        for parcel in free[:limit]:
            parcel.lease_until = now + timedelta(seconds=lease_s)
            parcel.fence += 1
            parcel.attempts += 1
            new = parcel.new
            claimed.append(
                ClaimedDelivery(
                    id=parcel.id,
                    fence=parcel.fence,
                    attempt=parcel.attempts,
                    nonce=f"nonce-{parcel.id}",
                    platform=new.platform,
                    community=t.communities[new.community],
                    channel=t.channels[new.channel],
                    kind=new.kind,
                    subject=new.subject,
                    text=new.text,
                    member=t.members[new.member][1] if new.member is not None else None,
                    reply=new.reply,
                    due_at=new.due_at,
                )
            )
        return claimed

    def _held(self, delivery: int, fence: int) -> Parcel | None:
        parcel = self._outbox[delivery]
        return parcel if parcel.state == "waiting" and parcel.fence == fence else None

    async def sent(self, delivery: int, fence: int, external_id: str, at: datetime) -> bool:
        held = self._held(delivery, fence)
        if held is not None:
            held.state, held.external = "sent", external_id
        return held is not None

    async def retry(self, delivery: int, fence: int, at: datetime, error: str) -> bool:
        held = self._held(delivery, fence)
        if held is not None:
            held.next_at, held.lease_until, held.error = at, None, error
        return held is not None

    async def was_sent(self, keys: Collection[str]) -> bool:
        return any(p.state == "sent" and p.new.key in keys for p in self._outbox.values())

    async def dead(self, delivery: int, fence: int, error: str) -> bool:
        held = self._held(delivery, fence)
        if held is not None:
            held.state, held.error = "dead", error
        return held is not None

    async def drop_channel(self, channel: int, reason: str) -> int:
        waiting = [
            p
            for p in self._outbox.values()
            if p.state == "waiting" and p.new.channel == channel and p.new.member is None
        ]
        for parcel in waiting:
            parcel.state, parcel.error = "dead", reason
        return len(waiting)
