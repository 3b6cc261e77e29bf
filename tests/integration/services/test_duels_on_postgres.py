"""``/duel``: the same for both, judged by the bot, and nothing to farm."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.commands import Platform
from bot.services.deliveries import DeliveryService
from bot.services.errors import Closed, NotAllowed, NotFound, Refusal
from bot.services.panels import Panel
from tests.integration.services.learner import Learner, buttons, text
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

LINUS = replace(GRACE, member="linus", name="Linus")


@pytest.fixture
async def ada(world: World) -> Learner:
    await world.load(*(question(f"q{n}") for n in range(12)), challenge("forty-two"))
    await Learner(world, GRACE).open("me")
    return Learner(world, ADA)


@pytest.fixture
def grace(world: World) -> Learner:
    return Learner(world, GRACE)


async def begin(ada: Learner, grace: Learner, **more: str) -> Panel:
    """The panel of a duel that is on."""
    return await grace.press(await ada.open("duel", member="grace", **more), "Accept")


async def results(world: World) -> list[Panel]:
    await world.services.learning.tick()
    deliveries = DeliveryService(
        world.store.begin,
        {Platform.PLAYGROUND: world.poster},
        world.clock,
        world.signals,
        world.services.panels,
    )
    while await deliveries.run_once():
        pass
    return [sent.card for sent in world.poster.sent if isinstance(sent.card, Panel)]


async def play(world: World, who: Learner, on: Panel, letter: str, after: int = 10) -> Panel:
    """Open the question and answer it some seconds later."""
    asked = await who.press(on, "Show my question")
    assert not asked.public
    world.pass_time(seconds=after)
    return await who.press(asked, letter)


async def test_both_get_the_same_question_and_the_right_one_wins(
    world: World, ada: Learner, grace: Learner
) -> None:
    on = await begin(ada, grace)
    assert on.public
    mine, hers = [await who.press(on, "Show my question") for who in (ada, grace)]
    assert mine.blocks == hers.blocks
    waits = await ada.press(mine, "A")
    assert "indeed" not in repr(waits), "nothing is told before both have answered"
    assert "wrong" not in text(waits).lower()
    assert await results(world) == []
    assert "indeed" in text(await grace.press(hers, "B")), "the second one learns the answer at once"
    (result,) = await results(world)
    assert result.public
    assert "Grace wins" in text(result)
    assert "indeed" not in repr(result), "those who watch learn no answer"
    assert "indeed" in text(await ada.press(result, "Show the answer"))
    with pytest.raises(NotAllowed):
        await Learner(world, LINUS).press(result, "Show the answer")
    assert "1 card" in text(await ada.open("review")), "what Ada got wrong comes back"


async def test_of_two_right_ones_the_quicker_wins_from_opening_it(
    world: World, ada: Learner, grace: Learner
) -> None:
    on = await begin(ada, grace)
    await play(world, ada, on, "B", after=30)
    world.pass_time(minutes=20)
    await play(world, grace, on, "B", after=12)
    (result,) = await results(world)
    assert "Grace wins" in text(result)
    assert "Grace: right, in 12 s" in text(result)


async def test_both_wrong_is_a_draw(world: World, ada: Learner, grace: Learner) -> None:
    on = await begin(ada, grace)
    await play(world, ada, on, "A")
    await play(world, grace, on, "C")
    assert "a draw" in text((await results(world))[0])
    assert "Grace | 0 | 1 | 0" in text(await ada.open("duel"))


async def test_the_first_answer_stands(world: World, ada: Learner, grace: Learner) -> None:
    on = await begin(ada, grace)
    asked = await ada.press(on, "Show my question")
    await asyncio.gather(*(ada.press(asked, letter) for letter in "AAA"))
    await ada.press(asked, "B")
    await play(world, grace, on, "B")
    assert "Ada: wrong" in text((await results(world))[0])


async def test_when_time_is_up_who_did_not_answer_loses(world: World, ada: Learner, grace: Learner) -> None:
    on = await begin(ada, grace)
    await play(world, ada, on, "B")
    world.pass_time(hours=1, seconds=1)
    with pytest.raises(Closed):
        await grace.press(on, "Show my question")
    (result,) = await results(world)
    assert "Ada wins" in text(result)
    assert "Grace: no answer" in text(result)
    assert len(await results(world)) == 1


async def test_an_invitation_is_accepted_by_the_invited_alone_or_expires(
    world: World, ada: Learner, grace: Learner
) -> None:
    invitation = await ada.open("duel", member="grace")
    with pytest.raises(NotAllowed, match="Grace was invited"):
        await ada.press(invitation, "Accept")
    with pytest.raises(NotAllowed, match="between two others"):
        await Learner(world, LINUS).press(invitation, "Accept")
    world.pass_time(hours=24, seconds=1)
    assert "not accepted in time" in text(await grace.press(invitation, "Accept"))
    await begin(ada, grace)


async def test_declined(world: World, ada: Learner, grace: Learner) -> None:
    invitation = await ada.open("duel", member="grace")
    assert "declined" in text(await grace.press(invitation, "Decline"))
    assert "declined" in text(await grace.press(invitation, "Accept")), "that was it"


async def test_who_cannot_be_invited(world: World, ada: Learner, grace: Learner) -> None:
    with pytest.raises(NotFound, match="not seen that member"):
        await ada.open("duel", member="nobody")
    with pytest.raises(Refusal, match="takes two"):
        await ada.open("duel", member="ada")
    await ada.open("duel", member="grace")
    with pytest.raises(Refusal, match="already"):
        await grace.open("duel", member="ada")


async def test_the_first_accepted_submission_wins_a_challenge(
    world: World, ada: Learner, grace: Learner
) -> None:
    on = await begin(ada, grace, challenge="forty-two")
    assert "Print 42." in text(await ada.press(on, "Show the challenge"))
    await world.submit(ADA, "```py\nprint(41)\n```", name="forty-two")
    world.pass_time(minutes=7)
    await world.submit(GRACE, "```py\nprint(42)\n```", name="forty-two")
    assert await results(world) == [], "no verdict yet"
    await world.grade()
    result = next(panel for panel in await results(world) if panel.title.startswith("Duel"))
    assert "Grace wins" in text(result)
    assert "Grace: solved after 7 min" in text(result)
    assert "Ada: not solved" in text(result)


async def test_a_challenge_that_one_has_solved_makes_no_duel(
    world: World, ada: Learner, grace: Learner
) -> None:
    await world.submit(GRACE, "```py\nprint(42)\n```", name="forty-two")
    await world.grade()
    with pytest.raises(Refusal, match="Grace has solved"):
        await ada.open("duel", member="grace", challenge="forty-two")


async def test_the_same_two_cannot_farm_ratings_or_badges(world: World, ada: Learner, grace: Learner) -> None:
    async def rating() -> object:
        async with world.store.begin() as work:
            place = await work.directory.enter(ADA)
            return (await work.skills.of_member(place.member.id)).get("")

    counted = []
    for _ in range(3):
        on = await begin(ada, grace)
        await play(world, ada, on, "B")
        await play(world, grace, on, "A")
        counted.append(await rating())
        world.pass_time(minutes=5)
    assert counted[0] is not None
    assert counted[0] == counted[1] == counted[2]
    badges = await ada.press(await ada.open("me"), "All badges")
    assert "Champion | duels won: 20 | 1 of 20" in text(badges)
    assert "had their counted duels" in text(on)
    world.clock.time += timedelta(days=1)
    on = await begin(ada, grace)
    await play(world, ada, on, "B")
    await play(world, grace, on, "A")
    assert await rating() != counted[0]


async def test_a_question_that_one_has_tried_is_not_used(world: World, ada: Learner, grace: Learner) -> None:
    seen: set[str] = set()
    for _ in range(4):
        on = await begin(ada, grace)
        panel = await ada.press(on, "Show my question")
        assert panel.blocks[0].text not in seen
        seen.add(panel.blocks[0].text)
        await ada.press(panel, "B")
        await play(world, grace, on, "B")


async def test_open_duels_are_found_again(world: World, ada: Learner, grace: Learner) -> None:
    await ada.open("duel", member="grace")
    assert "1 invitation" in text(await ada.open("duel"))
    page = await grace.open("duel")
    assert [press.label for press in buttons(page)] == ["Accept: Ada"]
    await grace.press(page, "Accept")
    assert [press.label for press in buttons(await ada.open("duel"))] == ["Play: Grace"]


async def test_an_export_holds_ones_own_side_of_a_duel_and_not_the_others(
    world: World, ada: Learner, grace: Learner
) -> None:
    on = await begin(ada, grace)
    await play(world, grace, on, "B")
    await ada.press(on, "Show my question")
    async with world.store.begin() as work:
        mine = (await work.directory.enter(ADA)).member.id
        held = await work.privacy.export([mine])
    assert len(held["duels"]) == 1
    assert [side["member_id"] for side in held["duel_sides"]] == [mine]
