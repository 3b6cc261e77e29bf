"""The grading queue: leases, fences, fairness, and one grading for the same code."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter

import pytest
from sqlalchemy import text

from bot.domain.grading import Verdict
from bot.services.commands import Platform
from bot.services.queues import ClaimedJob, JobState
from bot.services.records import NewSubmission, StoredItem, SubmissionState
from bot.storage.database import Database
from tests.integration.storage.samples import NOON, challenge, enter, fill, judgement, submit

LEASE = 30.0


@pytest.fixture
async def item(database: Database) -> StoredItem:
    (stored,) = await fill(database, [challenge("c")])
    return stored


async def hand_in(
    database: Database, item: StoredItem, member: str, number: int, community: str = "home"
) -> int:
    """A submission unlike any other; gives its id."""
    place = await enter(database, member, community)
    async with database.begin() as work:
        made = await submit(
            work, place, item, f"{community}-{member}-{number}", f"print({member!r}, {number})"
        )
    return made.id


async def claim(database: Database, limit: int = 1, worker: str = "w1") -> list[ClaimedJob]:
    async with database.begin() as work:
        return list(await work.queue.claim(worker, LEASE, limit))


async def lose_workers(database: Database) -> None:
    """Let every lease run out, as time would."""
    async with database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE grading_jobs SET leased_until = now() - interval '1 s' WHERE state = 'running'")
        )


def owner(job: ClaimedJob) -> str:
    """Whose code a job holds, by what it prints."""
    return job.files[0].text.split("'")[1]


async def test_a_job_is_claimed_once_and_finished_with_its_submission(
    database: Database, item: StoredItem
) -> None:
    submission = await hand_in(database, item, "ada", 1)
    (job,) = await claim(database)
    assert (job.attempt, job.version) == (1, item.version)
    assert await claim(database) == []
    async with database.begin() as work:
        finished = await work.queue.finish(job.job, job.fence, judgement())
        assert finished is not None
        assert [one.id for one in finished] == [submission]
        await work.submissions.record(submission, judgement(), 10, "nice")
    async with database.begin() as work:
        judged = await work.submissions.get(submission)
        assert judged is not None
        assert (judged.state, judged.judgement, judged.points) == (SubmissionState.JUDGED, judgement(), 10)


async def test_an_enqueue_that_is_rolled_back_leaves_no_job(database: Database, item: StoredItem) -> None:
    place = await enter(database)

    async def fail() -> None:
        async with database.begin() as work:
            await submit(work, place, item, "e1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await claim(database) == []


async def test_many_workers_never_share_a_job(database: Database, item: StoredItem) -> None:
    for number in range(20):
        await hand_in(database, item, "ada", number)
    batches = await asyncio.gather(*(claim(database, 3, f"w{n}") for n in range(8)))
    jobs = [job.job for batch in batches for job in batch]
    assert len(jobs) == len(set(jobs)) == 20


@pytest.mark.failure(3)
async def test_the_job_of_a_dead_worker_is_given_out_again(database: Database, item: StoredItem) -> None:
    await hand_in(database, item, "ada", 1)
    (first,) = await claim(database)
    await lose_workers(database)
    (second,) = await claim(database, worker="w2")
    assert (second.job, second.attempt) == (first.job, 2)
    assert second.fence > first.fence


@pytest.mark.failure(4)
async def test_a_stalled_workers_late_verdict_is_refused(database: Database, item: StoredItem) -> None:
    await hand_in(database, item, "ada", 1)
    (stalled,) = await claim(database)
    await lose_workers(database)
    (working,) = await claim(database, worker="w2")
    async with database.begin() as work:
        wrong = judgement(Verdict.WRONG_ANSWER)
        assert await work.queue.finish(stalled.job, stalled.fence, wrong) is None
        assert not await work.queue.heartbeat(stalled.job, stalled.fence, LEASE)
        assert await work.queue.finish(working.job, working.fence, judgement()) is not None
        assert await work.queue.finish(working.job, working.fence, wrong) is None


async def test_a_heartbeat_keeps_the_job(database: Database, item: StoredItem) -> None:
    await hand_in(database, item, "ada", 1)
    (job,) = await claim(database)
    await lose_workers(database)
    async with database.begin() as work:
        assert await work.queue.heartbeat(job.job, job.fence, LEASE)
    assert await claim(database, worker="w2") == []


@pytest.mark.failure(36)
async def test_a_job_handed_back_costs_no_attempt(database: Database, item: StoredItem) -> None:
    await hand_in(database, item, "ada", 1)
    (job,) = await claim(database)
    async with database.begin() as work:
        await work.queue.release(job.job, job.fence)
        assert await work.queue.depth() == 1
    (again,) = await claim(database, worker="w2")
    assert (again.job, again.attempt) == (job.job, 1)


@pytest.mark.failure(5)
async def test_a_job_set_aside_can_be_graded_afresh(database: Database, item: StoredItem) -> None:
    place = await enter(database)
    broken = judgement(Verdict.INTERNAL_ERROR)
    async with database.begin() as work:
        first = await submit(work, place, item, "e1")
    for _ in range(3):
        (job,) = await claim(database)
        await lose_workers(database)
    assert job.attempt == 3
    (job,) = await claim(database)
    async with database.begin() as work:
        assert await work.queue.finish(job.job, job.fence, broken, aside=True)
        await work.submissions.record(first.id, broken, 0, "")
    assert await claim(database) == []
    async with database.begin() as work:
        ids = (place.community.id, place.member.id, item.question)
        assert await work.submissions.attempts(*ids) == 0
        await submit(work, place, item, "e2")
    (fresh,) = await claim(database)
    assert (fresh.job, fresh.attempt) == (job.job, 1)
    assert fresh.fence > job.fence


@pytest.mark.failure(22)
async def test_the_same_code_is_graded_once(database: Database, item: StoredItem) -> None:
    ada, grace, alan = [await enter(database, name) for name in ("ada", "grace", "alan")]
    async with database.begin() as work:
        waiting = [(await submit(work, who, item, who.member.name)).id for who in (ada, grace)]
        assert await work.queue.depth() == 1
    (job,) = await claim(database)
    async with database.begin() as work:
        finished = await work.queue.finish(job.job, job.fence, judgement())
        assert [one.id for one in finished or ()] == waiting
        for one in waiting:
            await work.submissions.record(one, judgement(), 0, "")
    async with database.begin() as work:
        late = await submit(work, alan, item, "late")
        known = await work.queue.enqueue(late)
        assert (known.state, known.judgement) == (JobState.DONE, judgement())
    assert await claim(database) == []


@pytest.mark.failure(22)
async def test_the_same_code_handed_in_while_its_job_ends_is_never_forgotten(
    database: Database, item: StoredItem
) -> None:
    ada, grace = await enter(database, "ada"), await enter(database, "grace")
    async with database.begin() as work:
        await submit(work, ada, item, "e1")
    (job,) = await claim(database)
    async with database.begin() as entering:
        second = await submit(entering, grace, item, "e2")

        async def finish() -> list[int]:
            async with database.begin() as work:
                finished = await work.queue.finish(job.job, job.fence, judgement())
                return [one.id for one in finished or ()]

        finishing = asyncio.create_task(finish())
        async with database.engine.connect() as connection:
            blocked = text(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            while not (await connection.scalars(blocked)).one():
                await connection.rollback()
    assert second.id in await finishing


@pytest.mark.failure(24)
async def test_an_event_is_recorded_once(database: Database, item: StoredItem) -> None:
    place = await enter(database)
    async with database.begin() as work:
        first = await submit(work, place, item, "e1")
    async with database.begin() as work:
        again = await work.submissions.get(first.id)
        assert again is not None
        fields = {
            field.name: getattr(again, field.name)
            for field in dataclasses.fields(NewSubmission)
            if field.name != "version"
        }
        assert await work.submissions.add(NewSubmission(**fields, version=item.version)) is None
        assert await work.submissions.by_event(Platform.PLAYGROUND, "e1") == await work.submissions.get(
            first.id
        )
        assert await work.submissions.by_event(Platform.SLACK, "e1") is None
        assert await work.submissions.waiting(place.community.id, place.member.id) == 1


async def test_a_member_with_many_submissions_does_not_starve_the_others(
    database: Database, item: StoredItem
) -> None:
    for number in range(50):
        await hand_in(database, item, "greedy", number)
    for member in ("ada", "grace"):
        await hand_in(database, item, member, 1)
    first = [owner(job) for job in await claim(database, 5)]
    assert {"ada", "grace"} <= set(first)


async def test_a_community_with_many_members_does_not_starve_the_others(
    database: Database, item: StoredItem
) -> None:
    for number in range(40):
        await hand_in(database, item, f"m{number}", 1, "large")
    for number in range(3):
        await hand_in(database, item, "only", number, "small")
    first = Counter(owner(job) for job in await claim(database, 8))
    assert first["only"] == 3


async def test_whoever_waits_is_passed_by_a_bounded_number(database: Database, item: StoredItem) -> None:
    for number in range(5):
        await hand_in(database, item, "patient", number)
    served: list[str] = []
    for number in range(12):  # somebody new comes before every claim
        await hand_in(database, item, f"new{number}", 1, f"c{number}")
        served += [owner(job) for job in await claim(database)]
    assert served.count("patient") >= 4


async def test_how_many_come_before(database: Database, item: StoredItem) -> None:
    places = [await enter(database, name) for name in ("ada", "grace", "alan")]
    async with database.begin() as work:
        jobs = []
        for place in places:
            made = await submit(work, place, item, place.member.name, f"print({place.member.id})")
            jobs.append((await work.queue.enqueue(made)).job)
        assert [await work.queue.ahead(job) for job in jobs] == [0, 1, 2]
    await claim(database)
    async with database.begin() as work:
        assert [await work.queue.ahead(job) for job in jobs] == [0, 1, 2]
        assert await work.queue.depth() == 2


async def test_who_solved_and_who_tried(database: Database, item: StoredItem) -> None:
    ada, grace = await enter(database, "ada"), await enter(database, "grace")
    async with database.begin() as work:
        for place, verdict, event in (
            (ada, Verdict.WRONG_ANSWER, "1"),
            (ada, Verdict.ACCEPTED, "2"),
            (ada, Verdict.ACCEPTED, "3"),
            (grace, Verdict.RUNTIME_ERROR, "4"),
        ):
            made = await submit(work, place, item, event)
            await work.submissions.record(made.id, judgement(verdict), 0, "")
        assert await work.submissions.solved(ada.community.id, item.question, None) == 1
        assert await work.submissions.solved(-1, item.question, None) == 0
        assert await work.submissions.attempts(ada.community.id, ada.member.id, item.question) == 3


async def test_hints_are_taken_once_each(database: Database, item: StoredItem) -> None:
    place = await enter(database)
    ids = (place.community.id, place.member.id, item.question)
    async with database.begin() as work:
        assert await work.hints.add(*ids, 1, "e1", NOON)
        assert not await work.hints.add(*ids, 1, "e2", NOON)
        assert await work.hints.add(*ids, 2, "e3", NOON)
        assert [(one.number, one.event_id) for one in await work.hints.taken(*ids)] == [(1, "e1"), (2, "e3")]
