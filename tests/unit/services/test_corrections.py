"""Undoing what went wrong, with everything that followed from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.cards import DayState, LeaderboardPage
from bot.services.commands import AskQuiz, ShowLeaderboard, ShowStreak
from bot.services.corrections import VoidReport
from bot.services.errors import Closed, NotFound
from bot.services.records import RoundState
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

WHY = "the key was wrong"


async def board(world: World) -> LeaderboardPage:
    return await world.services.leaderboards.show(ShowLeaderboard(actor=ADA))


async def points(world: World) -> dict[str, int]:
    return {row.name: row.points for row in (await board(world)).rows}


@pytest.fixture
async def answered(world: World) -> World:
    """A round's question that Ada had right and Grace did not answer, on the day after a kept one."""
    await world.load(question("a"), question("b"))
    await world.set_up(challenge=False)
    for day in range(2):
        world.pass_time(days=1)
        await world.services.rounds.tick()
        posting = world.postings()[-1]
        await world.answer(ADA, posting.id, "B")
        if day == 0:
            await world.answer(GRACE, posting.id, "B")
    world.pass_time(hours=1)
    await world.services.rounds.tick()
    return world


def posted(world: World) -> str:
    return world.postings()[-1].stored.item.meta.key


async def test_a_withdrawn_question_takes_its_points_back_and_costs_no_streak(answered: World) -> None:
    world = answered
    assert await points(world) == {"Ada": 10, "Grace": 5}
    report = await world.services.corrections.void(posted(world), WHY)
    assert report == VoidReport(bank="basics", key=posted(world), rounds=1, payments=1, points=5)
    assert await points(world) == {"Ada": 5, "Grace": 5}
    world.pass_time(days=2)
    for actor, state, current in ((ADA, DayState.KEPT, 2), (GRACE, DayState.REPAIRED, 1)):
        card = await world.services.streaks.show(ShowStreak(actor=actor))
        day = next(day for day in card.days if day.day == world.postings()[1].local_date)
        assert (card.current, day.state) == (current, state)
    assert WHY in day.why


@pytest.mark.failure(32)
async def test_withdrawing_twice_changes_nothing(answered: World) -> None:
    world = answered
    key = posted(world)
    await world.services.corrections.void(key, WHY)
    ledger, outbox = list(world.store.tables.ledger), len(world.store.tables.outbox)
    again = await world.services.corrections.void(key, "another reason")
    assert again == VoidReport(bank="basics", key=key)
    assert (list(world.store.tables.ledger), len(world.store.tables.outbox)) == (ledger, outbox)


async def test_members_are_told_once_in_their_channel(answered: World) -> None:
    await answered.deliver()
    before = len(answered.poster.sent)
    for _ in range(2):
        await answered.services.corrections.void(posted(answered), WHY)
        await answered.deliver()
    (notice,) = answered.poster.sent[before:]
    assert WHY in notice.card.text
    assert (notice.channel, notice.member) == ("daily", "")


async def test_a_withdrawn_question_takes_no_answers_and_is_not_asked_again(answered: World) -> None:
    posting = answered.postings()[-1].id
    await answered.services.corrections.void(posted(answered), WHY)
    with pytest.raises(Closed, match="withdrawn"):
        await answered.answer(GRACE, posting, "B")
    for number in range(3):
        card = await answered.services.quiz.ask(AskQuiz(actor=GRACE, event_id=f"q{number}"))
        assert card.title.lower() != posted(answered)


async def test_questions_asked_for_are_taken_back_as_well(world: World) -> None:
    await world.load(question("a"))
    card = await world.services.quiz.ask(AskQuiz(actor=ADA, event_id="q"))
    await world.answer(ADA, card.posting, "B")
    await world.services.corrections.void("a", WHY)
    assert (await board(world)).rows == ()


async def test_a_mended_question_counts_afresh(answered: World) -> None:
    world = answered
    key = posted(world)
    await world.services.corrections.void(key, WHY)
    await world.load(replace(question(key), prompt="mended?"))
    titles = set()
    for number in range(4):
        card = await world.services.quiz.ask(
            AskQuiz(actor=replace(ADA, channel="other"), event_id=f"q{number}")
        )
        titles.add(card.prompt)
        reply = await world.answer(ADA, card.posting, "B")
        if card.prompt == "mended?":
            assert reply.points in (5, 0)
    assert "mended?" in titles
    assert (await points(world))["Ada"] == 10


async def test_a_withdrawn_challenge_pays_nothing_any_more(world: World) -> None:
    await world.load(challenge("c"))
    await world.submit(ADA, "```\nprint(42)\n```", name="c")
    await world.grade()
    late = await world.submit(GRACE, "```\nprint(42)  # mine\n```", name="c")
    await world.services.corrections.void("c", WHY)
    await world.grade()
    assert (await board(world)).rows == ()
    card = await world.services.submissions.result(GRACE, late.submission)
    assert (card.points, "withdrawn" in card.note) == (0, True)
    with pytest.raises(NotFound):
        await world.submit(ADA, "```\nprint(42)\n```", name="c")


async def test_a_key_that_is_not_there_or_in_two_banks_is_said(world: World) -> None:
    with pytest.raises(NotFound, match="No bank here"):
        await world.services.corrections.void("nothing", WHY)
    await world.load(question("a"), bank="one")
    await world.load(question("a"), bank="two")
    with pytest.raises(NotFound, match="one, two"):
        await world.services.corrections.void("a", WHY)
    assert (await world.services.corrections.void("a", WHY, bank="two")).bank == "two"


async def test_a_round_withdrawn_twice_is_noted_once(answered: World) -> None:
    world = answered
    round_ = next(r.id for r in world.store.tables.rounds.values() if r.state is RoundState.OPEN)
    for reason in ("a slip", "another"):
        await world.services.rounds.withdraw(round_, reason)
    assert world.store.tables.rounds[round_].reason == "a slip"
    assert (await points(world))["Ada"] == 10
