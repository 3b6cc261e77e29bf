"""Being removed from a community, coming back, and what time takes away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.services.cards import Period
from bot.services.commands import PauseChannel, Platform, ShowLeaderboard
from bot.services.leaving import Keep
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

KEEP = Keep(left=90, deliveries=30, messages=365, code=0)
ELSEWHERE = replace(ADA, community="c2", member="eve", name="Eve")


async def rows(world: World, table: str, where: str = "true") -> int:
    async with world.store.database.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}"))
        return int(found.scalar_one())


async def played(world: World) -> None:
    """Two communities with a round each, in which somebody has answered and handed in."""
    await world.load(question("q1"), question("q2"), challenge("c1"))
    for actor in (ADA, ELSEWHERE):
        await world.set_up(actor, at_once=True)
    await world.deliver()
    for actor in (ADA, GRACE, ELSEWHERE):
        community = (await world.services.communities.enter(actor)).community.id
        shown = next(p for p in world.postings() if p.community == community)
        await world.answer(actor, shown.id, "B")
        await world.submit(actor, "```python\nprint(42)\n```", name="c1")
    await world.grade()


@pytest.mark.failure(35)
async def test_a_community_that_removed_us_hears_no_more_of_us(world: World) -> None:
    await played(world)
    assert await rows(world, "deliveries", "state = 'waiting' AND community_id = 1") > 0
    assert await world.services.leaving.left(Platform.PLAYGROUND, "c1")
    assert await rows(world, "deliveries", "state = 'waiting' AND community_id = 1") == 0
    sent = len(world.poster.sent)
    for _ in range(3):
        world.pass_time(days=1)
        await world.services.rounds.tick()
    await world.deliver()
    later = world.poster.sent[sent:]
    assert {message.community for message in later} == {"c2"}


@pytest.mark.failure(35)
async def test_what_was_earned_is_kept_and_coming_back_restores_it(world: World) -> None:
    await played(world)
    before = await world.services.leaderboards.show(ShowLeaderboard(actor=ADA))
    await world.services.leaving.left(Platform.PLAYGROUND, "c1")
    world.pass_time(days=2)
    assert (await world.services.leaving.purge(KEEP))["communities"] == 0
    assert await world.services.leaving.came_back(Platform.PLAYGROUND, "c1")
    after = await world.services.leaderboards.show(ShowLeaderboard(actor=ADA))
    assert [(row.name, row.points) for row in after.rows] == [(row.name, row.points) for row in before.rows]
    sent = len(world.poster.sent)
    await world.services.rounds.tick()
    await world.deliver()
    assert "c1" in {message.community for message in world.poster.sent[sent:]}


async def test_leaving_and_coming_back_are_told_more_than_once_and_happen_once(world: World) -> None:
    await played(world)
    leaving = world.services.leaving
    assert [await leaving.left(Platform.PLAYGROUND, "c1") for _ in range(2)] == [True, False]
    assert [await leaving.came_back(Platform.PLAYGROUND, "c1") for _ in range(2)] == [True, False]
    assert not await leaving.left(Platform.DISCORD, "nowhere")
    assert await rows(world, "audit_log", "action LIKE 'community.%'") == 2


async def test_whoever_acts_in_a_community_that_was_left_shows_that_we_are_there(world: World) -> None:
    await played(world)
    await world.services.leaving.left(Platform.PLAYGROUND, "c1")
    await world.services.communities.enter(GRACE)
    assert await rows(world, "communities", "left_at IS NOT NULL") == 0
    assert await rows(world, "channels", "paused <> ''") == 0


async def test_an_admins_pause_is_not_ended_by_coming_back(world: World) -> None:
    await played(world)
    await world.services.communities.pause(PauseChannel(actor=ADA, paused=True))
    await world.services.leaving.left(Platform.PLAYGROUND, "c1")
    await world.services.leaving.came_back(Platform.PLAYGROUND, "c1")
    assert await rows(world, "channels", "paused = 'paused by an admin'") == 1


@pytest.mark.failure(35)
async def test_after_the_retention_time_everything_of_the_community_goes_and_nothing_else(
    world: World,
) -> None:
    await played(world)
    await world.services.leaving.left(Platform.PLAYGROUND, "c1")
    world.pass_time(days=91)
    expected = await world.services.leaving.expired(KEEP)
    assert expected["communities"] == 1
    taken = await world.services.leaving.purge(KEEP)
    assert taken["communities"] == 1
    for table in ("channels", "members", "banks", "ledger", "audit_log"):
        assert await rows(world, table, "community_id = 1") == 0, table
    assert await rows(world, "members") == 1
    assert await rows(world, "scores", "member_id NOT IN (SELECT id FROM members)") == 0
    assert await rows(world, "answers") == 1
    assert await rows(world, "submissions") == 1
    assert await rows(world, "questions") == 3
    again: dict[str, Any] = dict(await world.services.leaving.purge(KEEP))
    assert not any(again.values())


async def test_code_goes_when_it_is_too_old_and_verdicts_and_points_stay(world: World) -> None:
    await played(world)
    board = ShowLeaderboard(actor=ADA, period=Period.ALL)
    before = (await world.services.leaderboards.show(board)).rows
    world.pass_time(days=4000)
    keep = Keep(code=7)
    assert (await world.services.leaving.expired(keep))["code"] == 3
    assert (await world.services.leaving.purge(keep))["code"] == 3
    assert await rows(world, "submissions", "files::text = '[]' AND verdict = 'accepted'") == 3
    assert await rows(world, "grading_jobs") == 0
    report = await world.services.corrections.rejudge("c1")
    assert (report.jobs, report.submissions) == (0, 0)
    await world.grade()
    assert await rows(world, "submissions", "verdict = 'accepted'") == 3
    after = (await world.services.leaderboards.show(board)).rows
    assert [row.points for row in after] == [row.points for row in before] != []


async def test_old_entries_of_the_outbox_go_and_waiting_ones_stay(world: World) -> None:
    await played(world)
    waiting = await rows(world, "deliveries", "state = 'waiting'")
    sent = await rows(world, "deliveries", "state = 'sent'")
    world.pass_time(days=4000)
    keep = Keep(deliveries=1, messages=0, left=1)
    taken = await world.services.leaving.purge(keep)
    assert (taken["deliveries"], sent > 0) == (sent, True)
    assert await rows(world, "deliveries") == waiting
