"""The worker's side: leases, fences, deaths and drains."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.grading import Verdict
from bot.services.errors import Refusal
from bot.services.queues import ClaimedJob
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge

RIGHT = "```py\nprint(42)\n```"


@pytest.fixture
async def waiting(world: World) -> int:
    """A submission that waits; its id."""
    await world.load(challenge("forty-two"))
    return (await world.submit(ADA, RIGHT, name="forty-two")).submission


async def verdict(world: World, submission: int) -> Verdict:
    return (await world.services.submissions.result(ADA, submission)).judgement.verdict


async def abandon(world: World) -> None:
    """A worker claims the job and dies without a word."""
    async with world.store.begin() as work:
        assert await work.queue.claim("doomed", 20.0, 1)
    world.pass_time(seconds=21)


@pytest.mark.failure(3)
async def test_a_job_whose_worker_died_is_graded_again_with_one_verdict(world: World, waiting: int) -> None:
    await abandon(world)
    await world.grade()
    assert await verdict(world, waiting) is Verdict.ACCEPTED
    assert len(world.store.tables.ledger) == 1


@pytest.mark.failure(4)
async def test_a_stalled_worker_that_finishes_late_is_refused(world: World, waiting: int) -> None:
    world.judge.gate = asyncio.Event()
    stalled = asyncio.create_task(world.worker.run_once())
    await world.judge.started.wait()
    world.pass_time(seconds=60)
    gate, world.judge.gate = world.judge.gate, None
    await world.make_worker("w2").run_once()
    recorded = world.store.tables.submissions[waiting]
    gate.set()
    await stalled
    assert world.store.tables.submissions[waiting] == recorded
    assert len(world.store.tables.ledger) == 1
    assert len(world.store.tables.outbox) == 1


@pytest.mark.failure(5)
async def test_a_submission_that_kills_its_worker_three_times_is_set_aside_at_no_cost(
    world: World, waiting: int
) -> None:
    for _ in range(3):
        await abandon(world)
    await world.grade()
    assert await verdict(world, waiting) is Verdict.INTERNAL_ERROR
    assert not world.judge.graded
    again = await world.submit(ADA, RIGHT, name="forty-two")
    assert again.attempt == 1
    await world.grade()
    assert await verdict(world, again.submission) is Verdict.ACCEPTED
    assert world.store.tables.ledger[0].points == 12


async def test_a_broken_sandbox_or_judge_is_an_internal_error_and_never_the_members(
    world: World, waiting: int, caplog: pytest.LogCaptureFixture
) -> None:
    world.judge.broken = True
    await world.grade()
    assert await verdict(world, waiting) is Verdict.INTERNAL_ERROR
    assert "no namespaces" in caplog.text
    world.judge.broken, world.judge.error = False, RuntimeError("bug")
    second = await world.submit(ADA, RIGHT, name="forty-two")
    await world.grade()
    assert await verdict(world, second.submission) is Verdict.INTERNAL_ERROR


@pytest.mark.failure(36)
async def test_a_stop_hands_back_what_does_not_finish_in_time(world: World, waiting: int) -> None:
    world.judge.gate = asyncio.Event()
    stop = asyncio.Event()
    world.worker._settings = replace(world.worker._settings, drain_s=0.0)
    running = asyncio.create_task(world.worker.run(stop))
    await world.judge.started.wait()
    stop.set()
    await running
    (job,) = world.store.tables.jobs.values()
    assert (job.state, job.attempts) == ("queued", 0)
    world.judge.gate = None
    await world.grade()
    assert await verdict(world, waiting) is Verdict.ACCEPTED


async def test_a_stop_lets_a_running_job_finish(world: World, waiting: int) -> None:
    world.judge.gate = asyncio.Event()
    stop = asyncio.Event()
    running = asyncio.create_task(world.worker.run(stop))
    await world.judge.started.wait()
    stop.set()
    world.judge.gate.set()
    await running
    assert await verdict(world, waiting) is Verdict.ACCEPTED


async def test_a_worker_is_woken_by_a_new_submission(world: World) -> None:
    await world.load(challenge("forty-two"))
    stop = asyncio.Event()
    running = asyncio.create_task(world.worker.run(stop))
    await asyncio.sleep(0)
    receipt = await world.submit(ADA, RIGHT, name="forty-two")
    await world.judge.started.wait()
    stop.set()
    await running
    assert await verdict(world, receipt.submission) is Verdict.ACCEPTED


@pytest.mark.failure(6)
async def test_a_worker_outlives_a_database_that_is_away(
    world: World, waiting: int, caplog: pytest.LogCaptureFixture
) -> None:
    world.worker._settings = replace(world.worker._settings, retry_s=0.0)
    world.store.away = True
    stop = asyncio.Event()
    running = asyncio.create_task(world.worker.run(stop))
    await world.store.refused.wait()
    with pytest.raises(Refusal, match="try again"):
        await world.submit(GRACE, RIGHT, name="forty-two")
    world.store.away = False
    await world.judge.started.wait()
    stop.set()
    await running
    assert "database away" in caplog.text
    assert await verdict(world, waiting) is Verdict.ACCEPTED


@pytest.mark.failure(4)
async def test_a_worker_that_lost_its_lease_stops_working_on_the_job(world: World, waiting: int) -> None:
    world.judge.gate = asyncio.Event()
    world.worker._settings = replace(world.worker._settings, lease_s=0.0)
    working = asyncio.create_task(world.worker.run_once())
    await world.judge.started.wait()
    world.pass_time(seconds=1)
    claimed: Sequence[ClaimedJob] = ()
    while not claimed:  # a claim passes over the job in the moment in which its lease is renewed
        async with world.store.begin() as work:
            claimed = await work.queue.claim("w2", 20.0, 1)
    await working
    assert world.store.tables.submissions[waiting].judgement is None


async def test_a_lease_is_kept_by_heartbeats_and_lost_with_the_fence(world: World, waiting: int) -> None:
    async with world.store.begin() as work:
        (first,) = await work.queue.claim("w1", 20.0, 1)
        assert await work.queue.heartbeat(first.job, first.fence, 20.0)
    world.clock.time += timedelta(seconds=21)
    async with world.store.begin() as work:
        (second,) = await work.queue.claim("w2", 20.0, 1)
        assert not await work.queue.heartbeat(first.job, first.fence, 20.0)
        assert await work.queue.heartbeat(second.job, second.fence, 20.0)
