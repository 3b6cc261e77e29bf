"""The outbox: nothing lost, nothing doubled, nobody held up by somebody else's trouble."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services import deliveries
from bot.services.commands import Platform
from bot.services.deliveries import PUBLIC, DeliveryService
from bot.services.errors import DeliveryFailed, Gone
from bot.services.panels import Feature, Panel, Panels, PostPanel
from bot.services.ports import Outgoing
from bot.services.queues import DeliveryKind, NewDelivery
from bot.services.records import RoundState
from tests.unit.services.fakes.world import ADA, World, challenge, question


@pytest.fixture
async def posted(world: World) -> World:
    """A question that waits in the outbox."""
    await world.load(question("q"))
    await world.set_up(challenge=False, at_once=True)
    return world


def states(world: World) -> list[str]:
    return [parcel.state for parcel in world.store.tables.outbox.values()]


@pytest.mark.failure(1)
async def test_what_was_committed_and_not_sent_is_sent_by_the_next_process(posted: World) -> None:
    async with posted.store.begin() as work:
        claimed = await work.deliveries.claim(["playground"], posted.clock.now(), 60.0, 10)
        assert len(claimed) == 1
    await posted.deliver()
    assert not posted.poster.sent
    posted.pass_time(seconds=61)
    await posted.deliver()
    await posted.deliver()
    assert len(posted.poster.sent) == 1
    assert states(posted) == ["sent"]


@pytest.mark.failure(2)
@pytest.mark.failure(10)
async def test_a_message_that_arrived_although_it_failed_keeps_its_nonce_and_is_one(posted: World) -> None:
    posted.poster.failures_after = [DeliveryFailed("502")]
    await posted.deliver()
    posted.pass_time(seconds=3)
    await posted.deliver()
    assert len(posted.poster.sent) == 1
    assert states(posted) == ["sent"]


async def test_the_question_is_posted_before_the_challenge_however_long_it_takes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.load(question("q"), challenge("c"))
    await world.set_up(at_once=True)
    send, kinds = world.poster.send, []

    async def slow_question(message: Outgoing) -> str:
        for _ in range(100 if message.kind is DeliveryKind.QUESTION else 0):
            await asyncio.sleep(0)
        kinds.append(message.kind)
        return await send(message)

    monkeypatch.setattr(world.poster, "send", slow_question)
    await world.deliver()
    assert kinds == [DeliveryKind.QUESTION, DeliveryKind.CHALLENGE]


async def test_a_later_attempt_says_that_it_is_one(posted: World) -> None:
    posted.poster.failures = [DeliveryFailed("500")]
    await posted.deliver()
    posted.pass_time(seconds=3)
    await posted.deliver()
    assert posted.poster.sent[0].attempt == 2


@pytest.mark.failure(9)
async def test_ten_minutes_of_errors_end_in_one_post_and_a_longer_window(posted: World) -> None:
    before = posted.postings()[0].closes_at
    posted.poster.failures = [DeliveryFailed("503")] * 8
    for _ in range(200):
        posted.pass_time(seconds=5)
        await posted.deliver()
    assert len(posted.poster.sent) == 1
    delay = posted.postings()[0].closes_at - before
    assert timedelta(minutes=8) < delay < timedelta(minutes=11)


async def test_a_post_in_time_leaves_the_window_as_it_is(posted: World) -> None:
    before = posted.postings()[0].closes_at
    await posted.deliver()
    assert posted.postings()[0].closes_at == before


@pytest.mark.failure(11)
async def test_a_rate_limit_is_honoured_and_others_go_on(posted: World) -> None:
    await posted.set_up(replace(ADA, community="c2"), challenge=False, at_once=True)
    posted.poster.failures = [DeliveryFailed("429", retry_after_s=120.0)]
    await posted.deliver()
    assert len(posted.poster.sent) == 1
    posted.pass_time(seconds=119)
    await posted.deliver()
    assert len(posted.poster.sent) == 1
    posted.pass_time(seconds=2)
    await posted.deliver()
    assert {sent.community for sent in posted.poster.sent} == {"c1", "c2"}


@pytest.mark.failure(12)
async def test_a_channel_that_is_gone_is_paused_and_admins_are_told_once(world: World) -> None:
    await world.load(question("q"), challenge("c"))
    await world.set_up(at_once=True)
    world.poster.gone = PUBLIC
    await world.deliver()
    (channel,) = world.store.tables.channels.values()
    assert "unknown channel" in channel.paused
    assert [sent.kind for sent in world.poster.sent] == [DeliveryKind.NOTICE]
    assert "daily rounds are paused" in world.poster.sent[0].card.text
    world.pass_time(days=2)
    await world.services.rounds.tick()
    await world.deliver()
    assert len(world.poster.sent) == 1
    (round_,) = world.store.tables.rounds.values()
    assert round_.state is RoundState.VOID


@pytest.mark.failure(12)
async def test_a_notice_that_cannot_be_delivered_either_makes_no_loop(posted: World) -> None:
    posted.poster.failures = [Gone("no")] * 50
    await posted.deliver()
    assert len(posted.poster.failures) == 48
    assert set(states(posted)) == {"dead"}


async def test_a_poster_that_breaks_is_tried_again_later(
    posted: World, caplog: pytest.LogCaptureFixture
) -> None:
    posted.poster.failures = [ValueError("bug")]
    await posted.deliver()
    posted.pass_time(minutes=10)
    await posted.deliver()
    assert len(posted.poster.sent) == 1
    assert "delivery failed" in caplog.text


async def test_a_poster_that_never_answers_is_given_up_for_now(
    posted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "SEND_S", 0.0)
    posted.poster.silent = True
    await posted.deliver()
    assert states(posted) == ["waiting"]
    posted.poster.silent = False
    monkeypatch.undo()
    posted.pass_time(seconds=3)
    await posted.deliver()
    assert states(posted) == ["sent"]


async def test_what_nobody_takes_for_a_day_is_given_up_and_stays_visible(posted: World) -> None:
    await posted.deliver()
    async with posted.store.begin() as work:
        place = await work.directory.enter(ADA)
        await work.deliveries.add(_notice(place.community.id, place.channel.id, posted))
    posted.poster.failures = [DeliveryFailed("down")] * 1_000
    for _ in range(60):
        posted.pass_time(minutes=30)
        await posted.deliver()
    assert states(posted) == ["sent", "dead"]
    assert "gave up" in list(posted.store.tables.outbox.values())[-1].error


def _notice(community: int, channel: int, world: World) -> object:
    from bot.services.queues import NewDelivery

    return NewDelivery(
        key="note",
        platform=ADA.platform,
        community=community,
        channel=channel,
        kind=DeliveryKind.NOTICE,
        subject=channel,
        text="hello",
        due_at=world.clock.now(),
    )


async def test_a_round_that_is_over_or_withdrawn_is_not_posted_any_more(posted: World) -> None:
    await posted.services.rounds.withdraw(posted.postings()[0].round, "wrong")
    await posted.deliver()
    assert not posted.poster.sent
    assert states(posted) == ["dead"]


async def test_a_posted_round_that_is_withdrawn_is_told_once(posted: World) -> None:
    await posted.deliver()
    for _ in range(2):
        await posted.services.rounds.withdraw(posted.postings()[0].round, "a wrong key")
    await posted.deliver()
    (notice,) = [one for one in posted.poster.sent if one.kind is DeliveryKind.NOTICE]
    assert "withdrawn: a wrong key" in notice.card.text


async def test_a_round_that_nobody_could_see_is_no_challenge_day(world: World) -> None:
    """The bot was away until it was over, or the platform refused it for a day."""
    await world.load(question("q"), challenge("c"))
    await world.set_up(at_once=True)
    world.pass_time(days=2)
    await world.deliver()
    assert [one.state for one in world.store.tables.rounds.values()] == [RoundState.VOID]
    assert not world.poster.sent


async def test_a_round_of_which_one_part_was_posted_counts(world: World) -> None:
    await world.load(question("q"), challenge("c"))
    await world.set_up(at_once=True)
    send = world.poster.send

    async def refuse_challenges(message: Outgoing) -> str:
        if message.kind is DeliveryKind.CHALLENGE:
            raise DeliveryFailed("503")
        return await send(message)

    world.poster.send = refuse_challenges  # type: ignore[method-assign]
    await world.deliver()
    world.pass_time(days=2)
    await world.deliver()
    assert states(world) == ["sent", "dead"]
    assert [one.state for one in world.store.tables.rounds.values()] == [RoundState.OPEN]


def with_panels(world: World, feature: Feature) -> None:
    world.deliveries = DeliveryService(
        world.store.begin,
        {Platform.PLAYGROUND: world.poster},
        world.clock,
        world.signals,
        Panels([feature]),
    )


async def write_panel(world: World, *, about: int) -> int:
    """A panel for Ada in the outbox; her number."""
    async with world.store.begin() as work:
        place = await work.directory.enter(ADA)
        await work.deliveries.add(
            NewDelivery(
                key=f"weather:{about}",
                platform=Platform.PLAYGROUND,
                community=place.community.id,
                channel=place.channel.id,
                kind=DeliveryKind.PANEL,
                subject=about,
                text="weather",
                member=place.member.id,
                due_at=world.clock.now(),
            )
        )
    return place.member.id


async def test_a_panel_is_made_when_it_is_sent_and_goes_to_the_member(world: World) -> None:
    async def weather(request: PostPanel) -> Panel:
        return Panel(title=f"{request.subject} degrees", footer=f"for {request.member} at {request.at:%H:%M}")

    with_panels(world, Feature(posts={"weather": weather}))
    ada = await write_panel(world, about=21)
    world.pass_time(hours=1)
    await world.deliver()
    (sent,) = world.poster.sent
    assert sent.card == Panel(title="21 degrees", footer=f"for {ada} at 10:00")
    assert sent.member == ADA.member


async def test_a_panel_that_has_nothing_to_say_any_more_is_not_sent(world: World) -> None:
    async def nothing(request: PostPanel) -> None:
        return None

    with_panels(world, Feature(posts={"weather": nothing}))
    await write_panel(world, about=21)
    await world.deliver()
    assert not world.poster.sent
    assert states(world) == ["dead"]
