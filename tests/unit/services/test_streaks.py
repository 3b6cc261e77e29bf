"""The streak card: the number, and the days that explain it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.services.cards import DayState
from bot.services.commands import ShowStreak
from bot.services.errors import NotFound
from tests.unit.services.fakes.world import ADA, GRACE, World, question


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


async def test_a_member_nobody_has_seen_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(NotFound):
        await world.services.streaks.show(ShowStreak(actor=ADA, member="nobody"))
