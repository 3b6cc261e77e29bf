"""A challenge graded again: points and days follow the verdicts, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.content import Challenge, StdoutCase
from bot.domain.grading import Verdict
from bot.domain.ledger import LedgerKind
from bot.services.cards import DayState
from bot.services.commands import Actor, ShowLeaderboard, ShowStreak
from bot.services.errors import NotFound, Refusal
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

FORTY_TWO, FORTY_THREE = "```py\nprint(42)\n```", "```py\nprint(43)\n```"


def mended(to: int = 43) -> Challenge:
    return replace(challenge("c"), cases=(StdoutCase(expected=f"{to}\n"),))


async def points(world: World) -> dict[str, tuple[int, int]]:
    page = await world.services.leaderboards.show(ShowLeaderboard(actor=ADA))
    return {row.name: (row.points, row.solved) for row in page.rows}


async def verdict(world: World, actor: Actor, submission: int) -> Verdict:
    return (await world.services.submissions.result(actor, submission)).judgement.verdict


async def rejudge(world: World) -> None:
    await world.services.corrections.rejudge("c")
    await world.grade()


@pytest.fixture
async def judged(world: World) -> World:
    """In a round, Ada was accepted with 42 and Grace refused with 43; the tests should have asked for 43."""
    await world.load(challenge("c"))
    await world.set_up(question=False)
    world.pass_time(days=1)
    await world.services.rounds.tick()
    await world.submit(ADA, FORTY_TWO)
    await world.submit(GRACE, FORTY_THREE)
    await world.grade()
    return world


async def test_points_follow_the_mended_tests(judged: World) -> None:
    assert await points(judged) == {"Ada": (12, 1)}
    await judged.load(mended())
    report = await judged.services.corrections.rejudge("c")
    assert (report.version, report.jobs, report.submissions) == (2, 2, 2)
    assert await points(judged) == {"Ada": (12, 1)}
    await judged.grade()
    assert await points(judged) == {"Grace": (12, 1)}
    ada, grace = judged.store.tables.submissions
    assert await verdict(judged, ADA, ada) is Verdict.WRONG_ANSWER
    assert await verdict(judged, GRACE, grace) is Verdict.ACCEPTED


@pytest.mark.failure(32)
async def test_a_rejudge_run_twice_gives_the_same_points(judged: World) -> None:
    await judged.load(mended())
    await rejudge(judged)
    ledger, outbox = list(judged.store.tables.ledger), len(judged.store.tables.outbox)
    await rejudge(judged)
    assert (list(judged.store.tables.ledger), len(judged.store.tables.outbox)) == (ledger, outbox)
    assert await points(judged) == {"Grace": (12, 1)}


async def test_there_and_back_again_is_as_it_was(judged: World) -> None:
    for to in (43, 42):
        await judged.load(mended(to))
        await rejudge(judged)
    assert await points(judged) == {"Ada": (12, 1)}


async def test_a_day_that_was_kept_with_an_accepted_solution_is_not_lost(judged: World) -> None:
    async def state(actor: Actor) -> DayState:
        return (await judged.services.streaks.show(ShowStreak(actor=actor))).days[-2].state

    await judged.load(mended())
    await judged.services.corrections.rejudge("c")
    judged.pass_time(days=1, hours=1)
    assert (await state(ADA), await state(GRACE)) == (DayState.KEPT, DayState.MISSED)
    await judged.grade()
    assert (await state(ADA), await state(GRACE)) == (DayState.REPAIRED, DayState.KEPT)
    kinds = [entry.kind for entry in judged.store.tables.ledger]
    assert kinds.count(LedgerKind.STREAK_REPAIRED) == 1


async def test_whose_verdict_changed_is_told_and_nobody_else(judged: World) -> None:
    await judged.submit(GRACE, "```py\nprint(44)\n```")
    await judged.grade()
    await judged.deliver()
    before = len(judged.poster.sent)
    await judged.load(mended())
    await rejudge(judged)
    await judged.deliver()
    told = {(one.member, one.card.judgement.verdict) for one in judged.poster.sent[before:]}
    assert told == {("ada", Verdict.WRONG_ANSWER), ("grace", Verdict.ACCEPTED)}
    assert "Graded again" in judged.poster.sent[-1].card.note


async def test_the_best_of_several_submissions_is_paid_on_the_day_it_was_handed_in(world: World) -> None:
    await world.load(challenge("c"))
    await world.submit(ADA, FORTY_THREE, name="c")
    world.pass_time(days=1)
    await world.submit(ADA, FORTY_TWO, name="c")
    await world.submit(ADA, "```py\nprint(42)  # tidier\n```", name="c")
    await world.grade()
    assert [(entry.points, entry.solved) for entry in world.store.tables.ledger] == [(10, 1)]
    await world.load(mended())
    await rejudge(world)
    by_day: dict[object, int] = {}
    for entry in world.store.tables.ledger:
        by_day[entry.day] = by_day.get(entry.day, 0) + entry.points
    first, second = sorted(by_day)
    assert (by_day[first], by_day[second]) == (12, 0)


async def test_a_judge_that_breaks_takes_nothing_away(judged: World) -> None:
    judged.judge.broken = True
    await rejudge(judged)
    assert await points(judged) == {"Ada": (12, 1)}
    assert await verdict(judged, ADA, min(judged.store.tables.submissions)) is Verdict.ACCEPTED
    judged.judge.broken = False
    await rejudge(judged)
    assert await points(judged) == {"Ada": (12, 1)}


@pytest.mark.failure(4)
async def test_a_run_that_began_before_the_rejudge_records_nothing(world: World) -> None:
    await world.load(challenge("c"))
    receipt = await world.submit(ADA, FORTY_TWO, name="c")
    async with world.store.begin() as work:
        (claimed,) = await work.queue.claim("old", 60.0, 1)
    await world.services.corrections.rejudge("c")
    async with world.store.begin() as work:
        assert not await work.queue.heartbeat(claimed.job, claimed.fence, 60.0)
    await world.grade()
    assert await verdict(world, ADA, receipt.submission) is Verdict.ACCEPTED


async def test_only_a_challenge_that_counts_can_be_graded_again(judged: World) -> None:
    await judged.load(question("q"), bank="other")
    with pytest.raises(Refusal, match="question"):
        await judged.services.corrections.rejudge("q")
    with pytest.raises(NotFound):
        await judged.services.corrections.rejudge("nothing")
    await judged.services.corrections.void("c", "no solution exists")
    with pytest.raises(Refusal, match="no solution exists"):
        await judged.services.corrections.rejudge("c")
