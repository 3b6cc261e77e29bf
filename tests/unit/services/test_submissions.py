"""Code handed in: which challenge is meant, what is refused, and what a verdict changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.accepting import Pace
from bot.domain.content import Challenge, Difficulty, Kind, SourceFile
from bot.domain.grading import Verdict
from bot.services.cards import Receipt
from bot.services.commands import Actor, Platform, ReplyTarget, ShowChallenge, SubmitCode, TakeHint
from bot.services.errors import BadCode, NotFound, Refusal, TooMuch
from bot.services.ports import Topic
from bot.services.queues import DeliveryKind
from bot.services.submissions import SubmissionService
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge

RIGHT = "```py\nprint(42)\n```"
WRONG = "```py\nprint(41)\n```"


@pytest.fixture
async def daily(world: World) -> World:
    await world.load(challenge("forty-two", Difficulty.MEDIUM, hints=2))
    await world.set_up(at_once=True)
    return world


async def test_a_submission_is_received_at_once_graded_and_told(daily: World) -> None:
    receipt = await daily.submit(ADA, RIGHT)
    assert (receipt.challenge, receipt.attempt, receipt.waiting, receipt.repeated) == (
        "forty-two",
        1,
        0,
        False,
    )
    assert Topic.GRADING in daily.signals.rings
    await daily.grade()
    await daily.deliver()
    card = daily.poster.sent[-1].card
    assert (card.judgement.verdict, card.points, card.streak) == (Verdict.ACCEPTED, 24, 1)
    assert await daily.services.submissions.result(ADA, receipt.submission) == card


async def test_while_it_waits_there_is_no_result_and_to_others_there_is_never_one(daily: World) -> None:
    receipt = await daily.submit(ADA, RIGHT)
    with pytest.raises(Refusal, match="waits"):
        await daily.services.submissions.result(ADA, receipt.submission)
    await daily.grade()
    with pytest.raises(NotFound):
        await daily.services.submissions.result(GRACE, receipt.submission)


async def test_a_wrong_submission_earns_nothing_and_another_may_follow(daily: World) -> None:
    first = await daily.submit(ADA, WRONG)
    await daily.grade()
    card = await daily.services.submissions.result(ADA, first.submission)
    assert (card.judgement.verdict, card.points, card.streak) == (Verdict.WRONG_ANSWER, 0, 0)
    second = await daily.submit(ADA, RIGHT)
    await daily.grade()
    card = await daily.services.submissions.result(ADA, second.submission)
    assert (second.attempt, card.points, card.streak) == (2, 20, 1)


async def test_points_come_once_for_a_challenge(daily: World) -> None:
    await daily.submit(ADA, RIGHT)
    await daily.grade()
    again = await daily.submit(ADA, "```\nprint(  42)\n```")
    await daily.grade()
    card = await daily.services.submissions.result(ADA, again.submission)
    assert card.points == 0
    assert "once" in card.note


async def test_hints_come_in_order_once_per_event_and_cost_points(daily: World) -> None:
    async def hint(event: str) -> object:
        return await daily.services.challenges.hint(TakeHint(actor=ADA, event_id=event))

    first = await hint("a")
    assert (first.number, first.total, first.text, first.cost) == (1, 2, "hint 1", 4)
    assert await hint("a") == first
    assert (await hint("b")).text == "hint 2"
    with pytest.raises(NotFound, match="all 2 hints"):
        await hint("c")
    receipt = await daily.submit(ADA, RIGHT)
    await daily.grade()
    assert (await daily.services.submissions.result(ADA, receipt.submission)).points == 12


@pytest.mark.failure(24)
async def test_the_same_event_is_the_same_submission(daily: World) -> None:
    first = await daily.submit(ADA, RIGHT, event="retried")
    again = await daily.submit(ADA, RIGHT, event="retried")
    assert again == replace(first, repeated=True)
    assert len(daily.store.tables.submissions) == len(daily.store.tables.jobs) == 1


@pytest.mark.failure(22)
async def test_the_same_code_twice_is_graded_once_and_both_get_the_verdict(daily: World) -> None:
    ada, grace = await daily.submit(ADA, RIGHT), await daily.submit(GRACE, RIGHT)
    await daily.grade()
    late = await daily.submit(ADA, RIGHT)
    assert len(daily.judge.graded) == 1
    for actor, receipt, points in ((ADA, ada, 24), (GRACE, grace, 24), (ADA, late, 0)):
        card = await daily.services.submissions.result(actor, receipt.submission)
        assert (card.judgement.verdict, card.points) == (Verdict.ACCEPTED, points)
    await daily.deliver()
    assert sum(sent.kind is DeliveryKind.VERDICT for sent in daily.poster.sent) == 3


async def test_a_reply_target_travels_with_the_verdict(daily: World) -> None:
    reply = ReplyTarget(token="secret", message="m1", expires_at=datetime(2026, 3, 2, 9, 15, tzinfo=UTC))
    await daily.services.submissions.submit(
        SubmitCode(actor=ADA, event_id="e", text=RIGHT, at=daily.clock.now(), reply=reply)
    )
    await daily.grade()
    await daily.deliver()
    sent = daily.poster.sent[-1]
    assert (sent.reply, sent.member) == (reply, "ada")
    assert "secret" not in repr(sent)


async def test_a_named_challenge_can_be_solved_at_any_time_and_keeps_no_streak(world: World) -> None:
    await world.load(challenge("forty-two"))
    receipt = await world.submit(ADA, RIGHT, name="Forty Two")
    await world.grade()
    card = await world.services.submissions.result(ADA, receipt.submission)
    assert (card.points, card.streak) == (12, 0)


async def test_naming_the_open_challenge_counts_for_the_day(daily: World) -> None:
    receipt = await daily.submit(ADA, RIGHT, name="forty-two")
    await daily.grade()
    assert (await daily.services.submissions.result(ADA, receipt.submission)).streak == 1


async def test_without_an_open_challenge_one_has_to_be_named(world: World) -> None:
    await world.load(challenge("forty-two"))
    with pytest.raises(NotFound) as refused:
        await world.submit(ADA, RIGHT)
    assert refused.value.code == "no_open_challenge"


async def test_an_unknown_name_is_refused_with_the_nearest(world: World) -> None:
    await world.load(challenge("forty-two"), challenge("quicksort"))
    with pytest.raises(NotFound, match="Did you mean `forty-two`"):
        await world.submit(ADA, RIGHT, name="fourty-two")


async def test_code_sent_before_the_close_counts_even_when_it_is_graded_after(daily: World) -> None:
    closes = daily.postings(Challenge)[0].closes_at
    daily.clock.time = closes - timedelta(seconds=1)
    receipt = await daily.submit(ADA, RIGHT)
    daily.clock.time = closes + timedelta(hours=1)
    await daily.grade()
    assert (await daily.services.submissions.result(ADA, receipt.submission)).streak == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("please grade my homework, thanks", "no_code"),
        ("x" * 1_000_000, "too_large"),
        ("\x00\x01\x02", "binary"),
    ],
)
async def test_what_is_no_code_is_refused_and_nothing_is_kept(daily: World, text: str, code: str) -> None:
    with pytest.raises(BadCode) as refused:
        await daily.submit(ADA, text)
    assert refused.value.code == code
    assert not daily.store.tables.submissions
    assert not daily.store.tables.jobs


async def test_a_member_with_many_waiting_submissions_is_asked_to_wait(daily: World) -> None:
    for number in range(5):
        await daily.submit(ADA, f"```\nprint({number})\n```")
    with pytest.raises(TooMuch):
        await daily.submit(ADA, RIGHT)
    await daily.submit(GRACE, RIGHT)


async def test_of_several_blocks_the_receipt_says_which_is_graded(daily: World) -> None:
    receipt = await daily.submit(ADA, "```\nx\n```\nand\n```\nprint(42)\n```")
    assert "longest" in receipt.note


async def test_files_of_a_project_that_were_not_handed_in_come_from_the_starter(world: World) -> None:
    project = replace(
        challenge("project"),
        kind=Kind.CODE_PROJECT,
        entry="app.py",
        starter=(SourceFile("app.py", "import store\n"), SourceFile("store.py", "pass\n")),
    )
    await world.load(project)
    command = SubmitCode(
        actor=ADA,
        event_id="e",
        challenge="project",
        files=(SourceFile("store.py", "done = 1\n"),),
        at=world.clock.now(),
    )
    receipt = await world.services.submissions.submit(command)
    files = world.store.tables.submissions[receipt.submission].files
    assert {file.name: file.text for file in files} == {"store.py": "done = 1\n", "app.py": "import store\n"}


async def test_a_project_without_its_entry_file_is_refused(world: World) -> None:
    await world.load(challenge("forty-two"))
    with pytest.raises(BadCode, match=r"solution\.py"):
        await world.submit(ADA, "```\n# file: other.py\nprint(42)\n```", name="forty-two")


async def test_a_challenge_card_shows_starter_and_visible_runs(daily: World) -> None:
    card = await daily.services.challenges.show(ShowChallenge(actor=ADA))
    assert (card.key, card.points, card.hints, card.solved) == ("forty-two", 20, 2, 0)
    assert card.starter == (SourceFile("solution.py", "# here\n"),)
    assert card.examples == (SourceFile("output: output", "42\n"),)
    assert card.closes_at == daily.postings(Challenge)[0].closes_at
    await daily.submit(ADA, RIGHT)
    await daily.grade()
    assert (await daily.services.challenges.show(ShowChallenge(actor=GRACE))).solved == 1
    assert await daily.services.challenges.names(ADA) == [("forty-two", "Forty Two")]


async def paced(
    world: World, cooldown_s: float = 10.0, attempts: int = 50
) -> tuple[Actor, SubmissionService]:
    """A member of another platform than the playground, and the service with bounds."""
    actor = replace(GRACE, platform=Platform.DISCORD)
    await world.load(challenge("c"), challenge("d"))
    pace = Pace(cooldown=timedelta(seconds=cooldown_s), attempts=attempts)
    return actor, SubmissionService(world.store.begin, world.clock, pace=pace)


async def hand_in(world: World, actor: Actor, service: SubmissionService, n: int, event: str = "") -> Receipt:
    return await service.submit(
        SubmitCode(
            actor=actor,
            event_id=event or world.event(),
            challenge="c" if n < 100 else "d",
            text=f"```py\nprint({n})\n```",
            at=world.clock.now(),
        )
    )


async def test_a_submission_right_after_another_is_told_when_to_try_again(world: World) -> None:
    actor, service = await paced(world)
    await hand_in(world, actor, service, 1, "first")
    world.pass_time(seconds=4)
    for number in (2, 100):
        with pytest.raises(TooMuch, match="in 6 seconds"):
            await hand_in(world, actor, service, number)
    assert (await hand_in(world, actor, service, 1, "first")).repeated
    world.pass_time(seconds=6)
    assert (await hand_in(world, actor, service, 2)).attempt == 2


async def test_attempts_at_one_challenge_in_a_day_are_bounded(world: World) -> None:
    actor, service = await paced(world, cooldown_s=0, attempts=3)
    for number in range(3):
        await hand_in(world, actor, service, number)
        await world.grade()
        world.pass_time(hours=1)
    with pytest.raises(TooMuch, match="at 09:00 UTC"):
        await hand_in(world, actor, service, 4)
    await hand_in(world, actor, service, 100)
    world.pass_time(hours=20, minutes=59)
    with pytest.raises(TooMuch, match="in 60 seconds"):
        await hand_in(world, actor, service, 4)
    world.pass_time(minutes=1)
    await hand_in(world, actor, service, 4)


async def test_an_internal_error_is_no_reason_to_wait(world: World) -> None:
    actor, service = await paced(world, attempts=1)
    world.judge.broken = True
    await hand_in(world, actor, service, 1)
    await world.grade()
    assert (await hand_in(world, actor, service, 1)).attempt == 1


async def test_the_playground_never_waits(world: World) -> None:
    _, service = await paced(world, attempts=1)
    for number in range(3):
        await hand_in(world, ADA, service, number)
