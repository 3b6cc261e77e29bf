"""The worker's side of grading: claim, judge, record; fenced, so that a late worker changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass

from bot.domain.grading import GradingJob, Judgement
from bot.domain.judging import internal_error, judge
from bot.services.errors import Unavailable
from bot.services.ports import Begin, Clock, Judge, Signals, Topic
from bot.services.queues import ClaimedJob
from bot.services.records import StoredItem, SubmissionState
from bot.services.verdicts import settle, settle_again
from bot.services.waiting import either

log = logging.getLogger(__name__)

MOST_DEATHS = 3
"""After so many claims that ended without a word, a job is set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How one worker process works. A job whose worker died is graded again when its lease runs out."""

    name: str
    slots: int = 2
    lease_s: float = 20.0
    poll_s: float = 5.0
    """How often to look without being woken."""
    drain_s: float = 8.0
    """How long jobs may go on after the stop, before they are handed back."""
    retry_s: float = 1.0
    """How long to wait when the database is away."""


class GradingService:
    """Grades what is queued until it is told to stop."""

    def __init__(
        self, begin: Begin, judge_: Judge, clock: Clock, signals: Signals, settings: WorkerSettings
    ) -> None:
        self._begin = begin
        self._judge = judge_
        self._clock = clock
        self._signals = signals
        self._settings = settings

    async def run(self, stop: asyncio.Event) -> None:
        """Work in ``slots`` at once; after ``stop`` finish or hand back what is running, then return."""
        slots = [asyncio.create_task(self._slot(stop)) for _ in range(self._settings.slots)]
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([stopping, *slots], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(slots, timeout=self._settings.drain_s if stop.is_set() else 0)
        finally:
            for task in (stopping, *slots):
                task.cancel()
            results = await asyncio.gather(*slots, return_exceptions=True)
            stopping.cancel()
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result

    async def run_once(self) -> int:
        """Claim one job, grade and record it; returns how many were claimed (0 or 1)."""
        async with self._begin() as work:
            claimed = await work.queue.claim(self._settings.name, self._settings.lease_s, 1)
        for job in claimed:
            await self._work_on(job)
        return len(claimed)

    async def _slot(self, stop: asyncio.Event) -> None:
        bell = self._signals.bell(Topic.GRADING)
        try:
            while not stop.is_set():
                try:
                    if await self.run_once() == 0:
                        await either(stop.wait(), bell.wait(self._settings.poll_s))
                except Unavailable:
                    log.warning("database away; trying again")
                    await either(stop.wait(), asyncio.sleep(self._settings.retry_s))
        finally:
            bell.close()

    async def _work_on(self, job: ClaimedJob) -> None:
        if job.attempt > MOST_DEATHS:
            note = f"its worker died {job.attempt - 1} times"
            await self._record(job, internal_error(note))
            return
        try:
            judgement = await self._judged(job)
        except asyncio.CancelledError:
            await asyncio.shield(self._hand_back(job))
            raise
        if judgement is not None:
            await self._record(job, judgement)

    async def _judged(self, job: ClaimedJob) -> Judgement | None:
        """The judgement, or None when the lease was lost meanwhile."""
        async with self._begin() as work:
            stored = await work.bank.version(job.version)
        grading = asyncio.create_task(self._grade(stored, job))
        beating = asyncio.create_task(self._beat(job))
        try:
            await asyncio.wait([grading, beating], return_when=asyncio.FIRST_COMPLETED)
            return grading.result() if grading.done() else None
        finally:
            for task in (grading, beating):
                task.cancel()
            await asyncio.gather(grading, beating, return_exceptions=True)

    async def _grade(self, stored: StoredItem, job: ClaimedJob) -> Judgement:
        challenge = stored.as_challenge
        try:
            report = await self._judge.grade(
                GradingJob(key=f"v{stored.version}", challenge=challenge, files=job.files)
            )
            return judge(challenge, report)
        except Exception as error:  # whatever breaks here is ours, and must not cost the member anything
            log.exception("grading failed", extra={"job": job.job})
            return internal_error(f"{type(error).__name__}: {error}")

    async def _beat(self, job: ClaimedJob) -> None:
        """Keep the lease alive; returns when it is lost."""
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            with contextlib.suppress(Unavailable):
                async with self._begin() as work:
                    if not await work.queue.heartbeat(job.job, job.fence, self._settings.lease_s):
                        log.warning("lease lost", extra={"job": job.job})
                        return

    async def _record(self, job: ClaimedJob, judgement: Judgement) -> None:
        """Verdict, points and messages of all that wait for the job, in one fenced transaction."""
        ours = judgement.note != ""
        if ours:
            log.error("internal error: %s", judgement.note, extra={"job": job.job})
        async with self._begin() as work:
            submissions = await work.queue.finish(job.job, job.fence, judgement, aside=ours)
            if submissions is None:
                log.warning("late verdict refused", extra={"job": job.job})
                return
            now = self._clock.now()
            # Each locks its member: always in the same order, so that no two workers wait for each other.
            for submission in sorted(submissions, key=lambda one: (one.member, one.id)):
                if submission.state is SubmissionState.WAITING:
                    await settle(work, submission, judgement, now)
                else:
                    await settle_again(work, submission, judgement, f"{job.job}:{job.fence}", now)

    async def _hand_back(self, job: ClaimedJob) -> None:
        with contextlib.suppress(Unavailable):
            async with self._begin() as work:
                await work.queue.release(job.job, job.fence)
                work.ring(Topic.GRADING)
