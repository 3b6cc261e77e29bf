"""What happens at once, on PostgreSQL: every use case, raced against itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.grading import Verdict
from bot.services.commands import AskQuiz, TakeHint
from bot.services.deliveries import DeliveryService
from bot.services.rounds import RoundService
from tests.unit.services.fakes.world import ADA, World, challenge, question

AT_ONCE = 8
RIGHT = "```py\nprint(42)\n```"


@pytest.mark.failure(21)
async def test_answers_that_race_leave_one_answer_and_one_payment(world: World) -> None:
    await world.load(question("q"))
    await world.set_up(challenge=False, at_once=True)
    posting = world.postings()[0].id
    cards = await asyncio.gather(*(world.answer(ADA, posting, "B") for _ in range(AT_ONCE)))
    assert sum(not card.repeated for card in cards) == 1
    assert sum(card.points for card in cards) == 5
    assert all(card.correct and card.streak == 1 for card in cards)


async def test_the_same_question_answered_twice_at_once_pays_once(world: World) -> None:
    await world.load(question("q"))
    asked = [await world.services.quiz.ask(AskQuiz(actor=ADA, event_id=f"e{n}")) for n in range(AT_ONCE)]
    cards = await asyncio.gather(*(world.answer(ADA, card.posting, "B") for card in asked))
    assert sum(card.points for card in cards) == 5


@pytest.mark.failure(24)
async def test_an_event_that_comes_in_many_times_at_once_is_one_submission(world: World) -> None:
    await world.load(challenge("c"))
    receipts = await asyncio.gather(
        *(world.submit(ADA, RIGHT, name="c", event="same") for _ in range(AT_ONCE))
    )
    assert len({receipt.submission for receipt in receipts}) == 1
    assert sum(not receipt.repeated for receipt in receipts) == 1


@pytest.mark.failure(22)
async def test_the_same_code_from_many_members_while_it_is_graded_is_graded_once(world: World) -> None:
    await world.load(challenge("c"))
    members = [replace(ADA, member=f"m{n}", name=f"M{n}") for n in range(AT_ONCE)]
    await asyncio.gather(*(world.services.communities.enter(member) for member in members))
    workers = [world.make_worker(f"w{n}") for n in range(3)]

    async def work() -> None:
        for _ in range(4):
            await asyncio.gather(*(worker.run_once() for worker in workers))

    receipts, _ = await asyncio.gather(
        asyncio.gather(*(world.submit(member, RIGHT, name="c") for member in members)), work()
    )
    await world.grade()
    assert len(world.judge.graded) == 1
    for member, receipt in zip(members, receipts, strict=True):
        card = await world.services.submissions.result(member, receipt.submission)
        assert (card.judgement.verdict, card.points) == (Verdict.ACCEPTED, 12)


async def test_attempts_handed_in_at_once_get_a_number_each(world: World) -> None:
    await world.load(challenge("c"))
    receipts = await asyncio.gather(*(world.submit(ADA, f"```\nprint({n})\n```", name="c") for n in range(4)))
    assert sorted(receipt.attempt for receipt in receipts) == [1, 2, 3, 4]


async def test_hints_asked_for_at_once_skip_none_and_count_once(world: World) -> None:
    await world.load(challenge("c", hints=3))
    await world.services.communities.enter(ADA)
    command = TakeHint(actor=ADA, event_id="", challenge="c")
    hints = await asyncio.gather(
        *(world.services.challenges.hint(replace(command, event_id=f"e{n}")) for n in range(3))
    )
    seen = {hint.number for hint in hints}
    following = await world.services.challenges.hint(replace(command, event_id="e0"))
    assert seen == set(range(1, len(seen) + 1))
    assert following.number <= len(seen) + 1


@pytest.mark.failure(13)
async def test_replicas_that_tick_at_once_open_and_close_each_round_once(world: World) -> None:
    await world.load(*(question(f"q{n}") for n in range(3)), *(challenge(f"c{n}") for n in range(3)))
    for channel in range(4):
        await world.set_up(replace(ADA, channel=f"ch{channel}"))
    replicas = [RoundService(world.store.begin, world.clock) for _ in range(3)]
    world.pass_time(days=1)
    opened = await asyncio.gather(*(replica.tick() for replica in replicas))
    assert sum(report.opened for report in opened) == 4
    assert sum(report.failed for report in opened) == 0
    world.pass_time(days=1, hours=1)
    closed = await asyncio.gather(*(replica.tick() for replica in replicas))
    assert (sum(r.closed for r in closed), sum(r.opened for r in closed)) == (4, 4)


@pytest.mark.failure(13)
async def test_replicas_that_deliver_at_once_send_each_message_once(world: World) -> None:
    await world.load(question("q"), challenge("c"))
    for channel in range(4):
        await world.set_up(replace(ADA, channel=f"ch{channel}"), at_once=True)
    calls = []
    real = world.poster.send

    async def send(message: object) -> str:
        calls.append(message)
        return await real(message)

    world.poster.send = send
    replicas = [
        DeliveryService(world.store.begin, {ADA.platform: world.poster}, world.clock, world.signals)
        for _ in range(3)
    ]
    await asyncio.gather(*(replica.run_once() for replica in replicas))
    await world.deliver()
    assert len(calls) == len(world.poster.sent) == 8


async def test_a_community_entered_by_many_at_once_is_one(world: World) -> None:
    places = await asyncio.gather(*(world.services.communities.enter(ADA) for _ in range(AT_ONCE)))
    assert len({(place.community.id, place.channel.id, place.member.id) for place in places}) == 1


async def test_a_bank_loaded_twice_at_once_has_no_duplicates(world: World) -> None:
    await asyncio.gather(*(world.load(question("q"), challenge("c")) for _ in range(4)))
    assert len(world.store.tables.versions) == 2
