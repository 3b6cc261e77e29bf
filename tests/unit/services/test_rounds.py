"""Daily rounds: once each, caught up or skipped, closed and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.content import Challenge, Difficulty
from bot.services.commands import PauseChannel
from bot.services.errors import BadSetting, ClockSkew, NotAllowed
from bot.services.queues import DeliveryKind
from bot.services.records import RoundState
from bot.services.rounds import RoundService, TickReport
from tests.unit.services.fakes.store import FakeClock
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question


@pytest.fixture
async def daily(world: World) -> World:
    """Rounds at 09:00 UTC; it is Monday 09:00, and today's is not due any more."""
    await world.load(*(question(f"q{n}") for n in range(4)), *(challenge(f"c{n}") for n in range(4)))
    await world.set_up()
    return world


def dates(world: World, state: RoundState | None = None) -> list[date]:
    rounds = world.store.tables.rounds.values()
    return [r.local_date for r in rounds if state is None or r.state is state]


async def test_a_due_round_posts_a_question_and_a_challenge(daily: World) -> None:
    assert await daily.services.rounds.tick() == TickReport()
    daily.pass_time(days=1)
    assert await daily.services.rounds.tick() == TickReport(opened=1)
    await daily.deliver()
    assert [sent.kind for sent in daily.poster.sent] == [DeliveryKind.QUESTION, DeliveryKind.CHALLENGE]
    assert daily.poster.sent[0].card.local_date == date(2026, 3, 3)


@pytest.mark.failure(13)
async def test_two_replicas_make_one_post_a_day(daily: World) -> None:
    other = RoundService(daily.store.begin, daily.clock)
    for _ in range(5):
        daily.pass_time(days=1)
        await daily.services.rounds.tick()
        await other.tick()
        await daily.services.rounds.tick()
    assert dates(daily) == [date(2026, 3, day) for day in range(3, 8)]


@pytest.mark.failure(14)
async def test_a_clock_a_day_ahead_opens_nothing(daily: World) -> None:
    daily.store.database_clock = FakeClock(daily.clock.now())
    daily.pass_time(days=1)
    with pytest.raises(ClockSkew, match="differs from the database"):
        await daily.services.rounds.tick()
    assert not dates(daily)


@pytest.mark.failure(15)
async def test_a_clock_set_back_posts_nothing_again(daily: World) -> None:
    daily.pass_time(days=1, minutes=5)
    await daily.services.rounds.tick()
    daily.pass_time(minutes=-10)
    await daily.services.rounds.tick()
    daily.pass_time(minutes=10)
    await daily.services.rounds.tick()
    assert dates(daily) == [date(2026, 3, 3)]


@pytest.mark.failure(18)
async def test_down_at_post_time_is_caught_up_inside_the_window(daily: World) -> None:
    daily.pass_time(days=1, hours=11)
    assert (await daily.services.rounds.tick()).opened == 1
    (opened,) = daily.store.tables.rounds.values()
    assert opened.opens_at == daily.clock.now()
    assert opened.closes_at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.mark.failure(18)
async def test_beyond_the_window_the_round_is_skipped_with_a_notice(daily: World) -> None:
    daily.pass_time(days=1, hours=13)
    assert await daily.services.rounds.tick() == TickReport(skipped=1)
    await daily.deliver()
    assert "Nobody's streak is touched" in daily.poster.sent[0].card.text


@pytest.mark.failure(19)
async def test_down_five_days_opens_todays_round_only_and_leaves_streaks_alone(daily: World) -> None:
    daily.pass_time(days=1)
    await daily.services.rounds.tick()
    await daily.answer(ADA, daily.postings()[0].id, "B")
    daily.pass_time(days=5, minutes=1)
    await daily.services.rounds.tick()
    assert dates(daily, RoundState.OPEN) == [date(2026, 3, 8)]
    card = await daily.answer(ADA, daily.postings()[-1].id, "B")
    assert card.streak == 2


async def test_no_question_comes_twice_before_all_have_come(daily: World) -> None:
    for _ in range(8):
        daily.pass_time(days=1)
        await daily.services.rounds.tick()
    titles = [posting.stored.item.meta.key for posting in daily.postings()]
    assert sorted(titles[:4]) == sorted(titles[4:]) == ["q0", "q1", "q2", "q3"]


async def test_a_restart_does_not_change_the_pick() -> None:
    picked = []
    for _ in range(2):
        world = World()
        await world.load(*(question(f"q{n}") for n in range(50)))
        await world.set_up(challenge=False)
        world.pass_time(days=1)
        await world.services.rounds.tick()
        picked.append(world.postings()[0].stored.item.meta.key)
    assert picked[0] == picked[1]


async def test_a_closed_round_gets_a_recap_once(daily: World) -> None:
    daily.pass_time(days=1)
    await daily.services.rounds.tick()
    posting = daily.postings()[0].id
    await daily.answer(GRACE, posting, "A")
    daily.pass_time(minutes=1)
    await daily.answer(ADA, posting, "B")
    daily.pass_time(days=1, minutes=30)
    assert (await daily.services.rounds.tick()).closed == 1
    assert (await daily.services.rounds.tick()).closed == 0
    await daily.deliver()
    (recap,) = (sent.card for sent in daily.poster.sent if sent.kind is DeliveryKind.RECAP)
    assert (recap.answered, recap.correct, recap.first) == (2, 1, "Ada")
    assert recap.counts == (1, 1, 0)
    assert [choice.right for choice in recap.choices] == [False, True, False]


async def test_topics_and_parts_of_a_channel_are_kept_to(world: World) -> None:
    await world.load(question("py"), question("joins", topic="sql"), challenge("c"))
    await world.set_up(topics=("SQL",), challenge=False, at_once=True)
    (posting,) = world.store.tables.postings.values()
    assert posting.stored.item.meta.key == "joins"


async def test_an_empty_pool_is_said_and_is_no_challenge_day(world: World) -> None:
    await world.set_up(at_once=True)
    await world.deliver()
    assert "no question or challenge fits" in world.poster.sent[0].card.text


async def test_at_once_opens_today_and_the_schedule_does_not_open_it_again(world: World) -> None:
    world.clock.time = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    await world.load(question("q"), challenge("c"))
    await world.set_up(at=time(9), at_once=True)
    world.pass_time(hours=3)
    await world.services.rounds.tick()
    assert dates(world) == [date(2026, 3, 2)]
    assert world.postings(Challenge)[0].closes_at == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


async def test_a_pause_opens_nothing_and_going_on_starts_with_the_next_day(daily: World) -> None:
    await daily.services.communities.pause(PauseChannel(actor=ADA, paused=True))
    daily.pass_time(days=3, minutes=1)
    await daily.services.rounds.tick()
    await daily.services.communities.pause(PauseChannel(actor=ADA, paused=False))
    await daily.services.rounds.tick()
    assert not dates(daily)
    daily.pass_time(days=1)
    await daily.services.rounds.tick()
    assert dates(daily) == [date(2026, 3, 6)]


async def test_a_fault_in_one_channel_holds_no_other_up(
    daily: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bot.services.errors import ServiceError
    from tests.unit.services.fakes.directory import FakeDirectory

    await daily.set_up(replace(ADA, channel="second"))
    real = FakeDirectory.lock_due
    broken = min(daily.store.tables.channels)

    async def lock_due(self: FakeDirectory, channel: int, now: datetime) -> object:
        if channel == broken:
            raise ServiceError("broken")
        return await real(self, channel, now)

    monkeypatch.setattr(FakeDirectory, "lock_due", lock_due)
    daily.pass_time(days=1)
    report = await daily.services.rounds.tick()
    assert (report.opened, report.failed) == (1, 1)
    monkeypatch.undo()
    assert (await daily.services.rounds.tick()).opened == 1


@pytest.mark.failure(33)
async def test_a_channel_that_changes_its_zone_gains_and_loses_no_day(daily: World) -> None:
    zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/New_York", "UTC"]
    answered = 0
    for hour in range(24 * 20):
        daily.pass_time(hours=1)
        if hour % 41 == 40:
            await daily.set_up(zone=zones[hour % len(zones)])
        report = await daily.services.rounds.tick()
        if report.opened:
            card = await daily.answer(ADA, daily.postings()[-1].id, "B")
            answered += 1
            assert card.streak == answered
    assert len(dates(daily)) == len(set(dates(daily)))
    assert answered > 10


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"zone": "Europe/Berln"}, "unknown_zone"),
        ({"days": frozenset({8})}, "bad_days"),
        ({"at": time(9, 0, 30)}, "bad_time"),
        ({"question": False, "challenge": False}, "nothing_to_post"),
        ({"topics": ("cobol",)}, "unknown_topic"),
    ],
)
async def test_settings_that_cannot_be_used_are_refused(
    world: World, change: dict[str, object], code: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        await world.set_up(**change)
    assert refused.value.code == code
    assert not any(channel.schedule for channel in world.store.tables.channels.values())


async def test_only_admins_set_up_and_pause(world: World) -> None:
    with pytest.raises(NotAllowed):
        await world.set_up(GRACE)
    with pytest.raises(NotAllowed):
        await world.services.communities.pause(PauseChannel(actor=GRACE, paused=True))


async def test_the_first_set_up_gives_the_community_its_zone(world: World) -> None:
    await world.set_up(zone="Asia/Tokyo")
    await world.set_up(replace(ADA, channel="other"), zone="Europe/Paris")
    (community,) = world.store.tables.communities.values()
    assert community.zone == "Asia/Tokyo"


async def test_a_withdrawn_round_costs_nobody_a_streak(daily: World) -> None:
    for day in range(3):
        daily.pass_time(days=1)
        await daily.services.rounds.tick()
        if day != 1:
            card = await daily.answer(ADA, daily.postings()[-1].id, "B")
        else:
            await daily.services.rounds.withdraw(daily.postings()[-1].round, "the key was wrong")
    assert card.streak == 2


def test_the_grace_is_shorter_than_a_day() -> None:
    from bot.domain.rounds import GRACE

    assert timedelta() < GRACE < timedelta(hours=12)


async def test_a_mix_of_difficulties_is_kept_over_the_days_and_no_day_goes_without(world: World) -> None:
    easy, hard = Difficulty.EASY, Difficulty.HARD
    await world.load(
        *(question(f"e{n}", easy) for n in range(30)), *(question(f"h{n}", hard) for n in range(30))
    )
    await world.set_up(challenge=False, difficulties=(easy, easy, easy, hard))
    for _ in range(30):
        world.pass_time(days=1)
        await world.services.rounds.tick()
    asked = [posting.stored.item.meta.difficulty for posting in world.postings()]
    assert len(asked) == 30
    assert 2 <= asked.count(hard) < asked.count(easy)
