"""The streak card: the number, and the days that explain it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.services.cards import DayState
from bot.services.commands import HelpStreak, ShowStreak
from bot.services.errors import NotAllowed, NotFound
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question


@pytest.fixture
async def three_days(world: World) -> World:
    """Ada answers on the first and the third of three days; the third is still open, the second is over."""
    await world.load(*(question(f"q{n}") for n in range(5)))
    await world.set_up(challenge=False)
    for day in range(3):
        world.pass_time(days=1)
        await world.services.rounds.tick()
        world.pass_time(minutes=31 if day == 2 else 0)
        if day != 1:
            await world.answer(ADA, world.postings()[-1].id, "A")
    return world


async def test_the_card_explains_the_last_two_weeks(three_days: World) -> None:
    card = await three_days.services.streaks.show(ShowStreak(actor=ADA))
    assert (card.current, card.longest, card.freezes, card.answered_today) == (1, 1, 0, True)
    assert len(card.days) == 14
    assert [(day.day, day.state) for day in card.days[-4:]] == [
        (date(2026, 3, 2), DayState.NO_ROUND),
        (date(2026, 3, 3), DayState.KEPT),
        (date(2026, 3, 4), DayState.MISSED),
        (date(2026, 3, 5), DayState.KEPT),
    ]
    assert "a streak of 1 ended" in card.days[-2].why


async def test_another_members_streak_can_be_looked_at(three_days: World) -> None:
    card = await three_days.services.streaks.show(ShowStreak(actor=GRACE, member="ada"))
    assert (card.name, card.is_reader, card.current) == ("Ada", False, 1)
    own = await three_days.services.streaks.show(ShowStreak(actor=GRACE))
    assert (own.is_reader, own.current, own.answered_today) == (True, 0, False)
    assert own.days[-1].state is DayState.OPEN
    assert own.closes_at == three_days.postings()[-1].closes_at


async def test_an_admin_repairs_a_day_once_and_gives_freezes(three_days: World) -> None:
    async def help_ada(event: str, day: date | None) -> str:
        command = HelpStreak(actor=ADA, event_id=event, member="ada", day=day, why="the server was down")
        return (await three_days.services.streaks.help(command)).text

    repaired = await help_ada("a", date(2026, 3, 4))
    assert repaired == await help_ada("b", date(2026, 3, 4)) == "Done. Ada has a streak of 2 and 0 freezes."
    assert "1 freeze." in await help_ada("c", None)
    assert "1 freeze." in await help_ada("c", None)
    assert "2 freezes." in await help_ada("d", None)
    card = await three_days.services.streaks.show(ShowStreak(actor=ADA))
    assert (card.days[-2].state, card.freezes) == (DayState.REPAIRED, 2)
    assert "the server was down" in card.days[-2].why


async def test_only_admins_help_streaks(three_days: World) -> None:
    command = HelpStreak(actor=GRACE, event_id="e", member="ada", day=None, why="")
    with pytest.raises(NotAllowed):
        await three_days.services.streaks.help(command)


async def test_a_member_nobody_has_seen_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(NotFound):
        await world.services.streaks.show(ShowStreak(actor=ADA, member="nobody"))


async def test_a_day_stays_open_until_the_verdict_on_what_was_handed_in_in_time(world: World) -> None:
    """Grading is behind: neither the window's end nor the verdict makes the number drop and come back."""
    await world.load(challenge("c0"), challenge("c1"), challenge("c2"))
    await world.set_up(question=False)

    async def shown() -> tuple[int, DayState]:
        card = await world.services.streaks.show(ShowStreak(actor=ADA))
        return card.current, next(day.state for day in card.days if day.day == date(2026, 3, 4))

    for _ in range(2):
        world.pass_time(days=1)
        await world.services.rounds.tick()
        await world.submit(ADA, "```\nprint(42)\n```")
        if world.clock.now().day == 3:
            await world.grade()
    assert await shown() == (1, DayState.OPEN)
    world.pass_time(days=1, hours=2)
    await world.services.rounds.tick()
    assert await shown() == (1, DayState.OPEN)
    await world.grade()
    assert await shown() == (2, DayState.KEPT)


async def test_what_we_could_not_grade_costs_no_streak(world: World) -> None:
    await world.load(challenge("c0"), challenge("c1"), challenge("c2"))
    await world.set_up(question=False)
    for broken in (False, True):
        world.pass_time(days=1)
        await world.services.rounds.tick()
        await world.submit(ADA, "```\nprint(42)\n```")
        world.judge.broken = broken
        await world.grade()
    world.pass_time(days=2)
    card = await world.services.streaks.show(ShowStreak(actor=ADA))
    assert card.current == 1
    assert card.days[-3].state is DayState.REPAIRED
