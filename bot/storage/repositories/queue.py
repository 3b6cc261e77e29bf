"""Grading jobs: a table of our own, claimed in one statement.

Fairness is decided once, when a job comes in, by giving it a ``turn`` (start-time fair queueing): it is the
turn now being served, plus one for every job of the same community that has to go before it. Those are the
jobs at the same or a lower ``level``, where the level is how many jobs its member had waiting. So a member
with a hundred jobs goes behind each other member's first, a community with a thousand behind each other
community's first, and whoever waits is passed by a bounded number of later ones. A claim then is a walk
along one index, whatever the length of the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.grading import Judgement
from bot.services.queues import ClaimedJob, Enqueued, JobState
from bot.services.records import StoredItem, Submission
from bot.storage import values
from bot.storage.documents import files_document, judgement_document, read_files, read_judgement
from bot.storage.repositories.base import Repository
from bot.storage.tables import GradingJobRow, SubmissionRow
from bot.storage.tables.base import to_json

ENQUEUE = text("""
    WITH mine AS (
        SELECT count(*) AS level FROM grading_jobs
        WHERE state = 'queued' AND community_id = :community AND member_id = :member
    ), place AS (
        SELECT mine.level,
               1 + coalesce((SELECT min(turn) FROM grading_jobs WHERE state = 'queued'), 0)
                 + (SELECT count(*) FROM grading_jobs AS other
                    WHERE other.state = 'queued' AND other.community_id = :community
                      AND other.level <= mine.level) AS turn
        FROM mine
    )
    INSERT INTO grading_jobs AS job
        (version_id, digest, files, community_id, member_id, state, level, turn)
    SELECT :version, :digest, CAST(:files AS json), :community, :member, 'queued', level, turn FROM place
    ON CONFLICT (version_id, digest) DO UPDATE SET
        state = CASE job.state WHEN 'aside' THEN 'queued' ELSE job.state END,
        judgement = CASE job.state WHEN 'aside' THEN NULL ELSE job.judgement END,
        attempts = CASE job.state WHEN 'aside' THEN 0 ELSE job.attempts END,
        finished_at = CASE job.state WHEN 'aside' THEN NULL ELSE job.finished_at END,
        community_id = CASE job.state WHEN 'aside' THEN excluded.community_id ELSE job.community_id END,
        member_id = CASE job.state WHEN 'aside' THEN excluded.member_id ELSE job.member_id END,
        level = CASE job.state WHEN 'aside' THEN excluded.level ELSE job.level END,
        turn = CASE job.state WHEN 'aside' THEN excluded.turn ELSE job.turn END
    RETURNING id, state, judgement
""")

CLAIM = text("""
    WITH lost AS (
        SELECT id FROM grading_jobs
        WHERE state = 'running' AND leased_until < clock_timestamp()
        ORDER BY leased_until LIMIT :limit FOR UPDATE SKIP LOCKED
    ), fresh AS (
        SELECT id, turn FROM grading_jobs
        WHERE state = 'queued'
        ORDER BY turn, id LIMIT :limit FOR UPDATE SKIP LOCKED
    ), next AS (
        SELECT id FROM (SELECT 0 AS kind, 0 AS turn, id FROM lost
                        UNION ALL SELECT 1, turn, id FROM fresh) AS candidates
        ORDER BY kind, turn, id LIMIT :limit
    )
    UPDATE grading_jobs AS job SET
        state = 'running', fence = fence + 1, attempts = attempts + 1, worker = :worker,
        leased_until = clock_timestamp() + make_interval(secs => :lease)
    FROM next WHERE job.id = next.id
    RETURNING job.id, job.fence, job.attempts, job.version_id, job.files, job.turn
""")

REGRADE = text("""
    INSERT INTO grading_jobs AS job
        (version_id, digest, files, community_id, member_id, state, level, turn)
    SELECT DISTINCT ON (submissions.digest)
           CAST(:version AS bigint), submissions.digest, submissions.files, members.community_id, members.id,
           'queued', 0, 1 + coalesce((SELECT max(turn) FROM grading_jobs WHERE state = 'queued'), 0)
    FROM submissions JOIN members ON members.id = submissions.member_id
    WHERE submissions.question_id = :question AND CAST(submissions.files AS text) <> '[]'
    ORDER BY submissions.digest, submissions.id
    ON CONFLICT (version_id, digest) DO UPDATE SET
        state = 'queued', judgement = NULL, attempts = 0, fence = job.fence + 1, worker = '',
        leased_until = NULL, finished_at = NULL, level = excluded.level, turn = excluded.turn
""")

MOVE = text("""
    UPDATE submissions SET job_id = job.id, version_id = job.version_id
    FROM grading_jobs AS job
    WHERE job.version_id = :version AND job.digest = submissions.digest
      AND submissions.question_id = :question
""")


class SqlGradingQueue(Repository):
    """Implements ``bot.services.queues.GradingQueue``."""

    async def enqueue(self, submission: Submission) -> Enqueued:
        """Attach the submission to its job, which is locked until the end of the transaction."""
        found = await self.session.execute(
            ENQUEUE,
            {
                "community": submission.community,
                "member": submission.member,
                "version": submission.stored.version,
                "digest": submission.digest,
                "files": to_json(files_document(submission.files)),
            },
        )
        job, state, judgement = found.one()
        await self.session.execute(
            update(SubmissionRow).where(SubmissionRow.id == submission.id).values(job_id=job)
        )
        done = JobState(state) is JobState.DONE
        return Enqueued(job=job, state=JobState(state), judgement=read_judgement(judgement) if done else None)

    async def ahead(self, job: int) -> int:
        """How many queued or running jobs come before it, about."""
        mine = select(GradingJobRow.turn, GradingJobRow.id).where(
            GradingJobRow.id == job, GradingJobRow.state == str(JobState.QUEUED)
        )
        place = (await self.session.execute(mine)).one_or_none()
        if place is None:
            return 0
        earlier = or_(
            GradingJobRow.turn < place.turn,
            (GradingJobRow.turn == place.turn) & (GradingJobRow.id < place.id),
        )
        counted = select(func.count()).where(
            or_(
                GradingJobRow.state == str(JobState.RUNNING),
                (GradingJobRow.state == str(JobState.QUEUED)) & earlier,
            )
        )
        return (await self.session.scalars(counted)).one()

    async def claim(self, worker: str, lease_s: float, limit: int) -> Sequence[ClaimedJob]:
        """Lease up to ``limit`` jobs: those whose worker was lost first, then by turn."""
        rows = await self.session.execute(CLAIM, {"worker": worker, "lease": lease_s, "limit": limit})
        return [
            ClaimedJob(
                job=row.id,
                fence=row.fence,
                attempt=row.attempts,
                version=row.version_id,
                files=read_files(row.files),
            )
            for row in sorted(rows, key=lambda row: (row.turn, row.id))
        ]

    async def heartbeat(self, job: int, fence: int, lease_s: float) -> bool:
        """Extend the lease; False when the job is another's by now."""
        return await self._update_leased(job, fence, leased_until=_from_now(lease_s))

    async def release(self, job: int, fence: int) -> None:
        """Hand a job back unfinished: it is queued at once and the attempt does not count."""
        await self._update_leased(
            job,
            fence,
            state=str(JobState.QUEUED),
            leased_until=None,
            worker="",
            attempts=GradingJobRow.attempts - 1,
        )

    async def finish(
        self, job: int, fence: int, judgement: Judgement, *, aside: bool = False
    ) -> Sequence[Submission] | None:
        """Record the judgement and return the submissions of the job; None when fenced out."""
        recorded = await self._update_leased(
            job,
            fence,
            state=str(JobState.ASIDE if aside else JobState.DONE),
            leased_until=None,
            judgement=judgement_document(judgement),
            finished_at=func.clock_timestamp(),
        )
        if not recorded:
            return None
        rows = await self.all(
            values.select_submissions().where(SubmissionRow.job_id == job).order_by(SubmissionRow.id)
        )
        return [values.submission(row) for row in rows]

    async def regrade(self, stored: StoredItem) -> tuple[int, int]:
        """Put every submission for a challenge up again, to be judged by this version of it."""
        which = {"question": stored.question, "version": stored.version}
        jobs = await self.session.execute(REGRADE, which)
        moved = await self.session.execute(MOVE, which)
        assert isinstance(jobs, CursorResult)
        assert isinstance(moved, CursorResult)
        return jobs.rowcount, moved.rowcount

    async def depth(self) -> int:
        """How many jobs are queued."""
        counted = select(func.count()).where(GradingJobRow.state == str(JobState.QUEUED))
        return (await self.session.scalars(counted)).one()

    async def _update_leased(self, job: int, fence: int, **changes: Any) -> bool:
        """Change a job if this fence is still the one that holds it."""
        result = await self.session.execute(
            update(GradingJobRow)
            .where(
                GradingJobRow.id == job,
                GradingJobRow.fence == fence,
                GradingJobRow.state == str(JobState.RUNNING),
            )
            .values(**changes),
            execution_options={"synchronize_session": False},
        )
        assert isinstance(result, CursorResult)
        return result.rowcount == 1


def _from_now(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=INTERVAL)
