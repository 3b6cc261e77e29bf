"""``/solution``: never before it is earned, and giving up ends the points for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.content import Challenge, SourceFile, Variant
from bot.services.cards import Notice
from bot.services.errors import NotAllowed
from bot.services.panels import Press
from tests.integration.services.learner import Learner, button, buttons, text
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge

SECRET = "print(6 * 7)  # the author's own"
RIGHT, WRONG = "```py\nprint(42)\n```", "```py\nprint(41)\n```"


def with_solution(key: str = "forty-two", hints: int = 2) -> Challenge:
    reference = Variant("solution", (SourceFile("solution.py", SECRET),))
    return replace(challenge(key, hints=hints), references=(reference,), explanation="Since six by seven.")


@pytest.fixture
async def ada(world: World) -> Learner:
    await world.load(with_solution())
    return Learner(world, ADA)


async def solve(world: World, actor: object = ADA, code: str = RIGHT) -> None:
    await world.submit(actor, code, name="forty-two")
    await world.grade()
    world.pass_time(seconds=30)


def points(world: World) -> int:
    return sum(entry.points for entry in world.store.tables.ledger)


async def test_before_solving_only_the_cost_is_shown(world: World, ada: Learner) -> None:
    await solve(world, code=WRONG)
    page = await ada.open("solution", challenge="forty-two")
    assert SECRET not in repr(page)
    assert "Since six" not in repr(page)
    assert "up to 10 that you could still earn" in text(page)
    assert "2 hints" in text(page)


async def test_after_solving_it_is_there_for_nothing(world: World, ada: Learner) -> None:
    await solve(world)
    earned = points(world)
    page = await ada.open("solution", challenge="forty-two")
    assert SECRET in text(page)
    assert "Since six" in text(page)
    assert points(world) == earned > 0


async def test_giving_up_ends_the_points_and_only_from_then_on(world: World, ada: Learner) -> None:
    page = await ada.press(await ada.open("solution", challenge="forty-two"), "Give up")
    assert SECRET in text(page)
    world.pass_time(seconds=1)
    await solve(world)
    assert points(world) == 0
    (submission,) = world.store.tables.submissions.values()
    assert submission.judgement.accepted
    assert submission.note == "You have seen its solution: it earns no points any more."
    await world.services.corrections.rejudge("forty-two")
    await world.grade()
    assert points(world) == 0


async def test_a_submission_from_before_giving_up_is_paid(world: World, ada: Learner) -> None:
    await world.submit(ADA, RIGHT, name="forty-two")
    world.pass_time(seconds=5)
    await ada.press(await ada.open("solution", challenge="forty-two"), "Give up")
    await world.grade()
    assert points(world) > 0
    await world.services.corrections.rejudge("forty-two")
    await world.grade()
    assert points(world) > 0


async def test_a_round_that_is_over_says_so(world: World, ada: Learner) -> None:
    await world.set_up(at_once=True, question=False)
    page = await ada.open("solution")
    assert "round is over" not in text(page)
    world.clock.time += timedelta(days=2)
    page = await ada.open("solution", challenge="forty-two")
    assert "Its round is over." in text(page)
    assert SECRET in text(await ada.press(page, "See the solution"))


async def test_others_solutions_come_after_ones_own_and_only_when_shared(world: World, ada: Learner) -> None:
    await solve(world)
    page = await ada.open("solution", challenge="forty-two")
    assert button(page, "Others' solutions (0)").disabled
    shared = await ada.press(page, "Share mine")
    grace = Learner(world, GRACE)
    given_up = await grace.press(await grace.open("solution", challenge="forty-two"), "Give up")
    assert not [press for press in buttons(given_up) if press.label.startswith("Others")]
    others = replace(given_up, presses=((replace(button(page, "Others"), disabled=False),),))
    with pytest.raises(NotAllowed, match="after your own"):
        await grace.press(others, "Others")
    await solve(world, GRACE)
    seen = await grace.press(await grace.open("solution", challenge="forty-two"), "Others' solutions (1)")
    assert seen.title.startswith("Ada:")
    assert "print(42)" in text(seen)
    await ada.press(shared, "Stop sharing mine")
    assert isinstance(await grace.push(others, "Others"), Notice)


async def test_only_an_accepted_solution_is_shared(world: World, ada: Learner) -> None:
    given_up = await ada.press(await ada.open("solution", challenge="forty-two"), "Give up")
    share = Press(label="Share mine", name="solution.share", arguments=("1",))
    with pytest.raises(NotAllowed, match="accepted"):
        await ada.press(replace(given_up, presses=((share,),)), "Share mine")
