"""What is open now, for a page that belongs to no channel."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question


async def test_before_the_first_round_nothing_is_open(world: World) -> None:
    assert await world.services.today.show(ADA) == []


async def test_an_open_round_is_there_from_every_place_until_it_closes(world: World) -> None:
    await world.load(question("lists"), challenge("forty-two"))
    await world.set_up(at_once=True)
    elsewhere = replace(GRACE, channel="home")
    [opened] = await world.services.today.show(elsewhere)
    assert opened.channel == ADA.channel
    assert opened.question is not None
    assert opened.challenge is not None
    assert (opened.question.title, opened.challenge.key, opened.answered) == ("Lists", "forty-two", False)
    world.pass_time(days=2)
    assert await world.services.today.show(elsewhere) == []


async def test_who_has_answered_is_told_so_and_nobody_else(world: World) -> None:
    await world.load(question("lists"))
    await world.set_up(at_once=True)
    await world.answer(ADA, world.postings()[0].id, "A")
    assert [each.answered for each in await world.services.today.show(ADA)] == [True]
    assert [each.answered for each in await world.services.today.show(GRACE)] == [False]


async def test_another_communitys_round_is_not_shown(world: World) -> None:
    await world.load(question("lists"))
    await world.set_up(at_once=True)
    assert await world.services.today.show(replace(ADA, community="c2")) == []
