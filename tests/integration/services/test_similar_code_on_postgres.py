"""``/similar``: for admins of the community alone, and only to look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.errors import NotAllowed, NotFound
from tests.integration.services.learner import Learner, buttons, text
from tests.unit.domain.test_similarity import ORIGINAL, OTHER, disguised
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge

LINUS = replace(GRACE, member="linus", name="Linus")


@pytest.fixture
async def ada(world: World) -> Learner:
    """Three accepted programs; Linus's is Grace's in disguise."""
    await world.load(challenge("forty-two"))
    for actor, code in ((ADA, OTHER), (GRACE, ORIGINAL), (LINUS, disguised(ORIGINAL))):
        await world.submit(actor, f"```py\n{code}\nprint(42)\n```", name="forty-two")
        world.pass_time(seconds=20)
    await world.grade()
    return Learner(world, ADA)


async def test_nearly_identical_programs_are_listed_and_shown_side_by_side(
    world: World, ada: Learner
) -> None:
    page = await ada.open("similar", challenge="forty-two")
    assert "3 accepted submissions" in text(page)
    assert "1 | Grace | Linus | " in text(page)
    assert len(buttons(page)) == 1
    both = await ada.press(page, "1")
    assert "Grace" in text(both)
    assert "all my own work" in text(both)
    assert not page.public
    assert not both.public


async def test_nobody_else_sees_them_and_nothing_is_punished(world: World, ada: Learner) -> None:
    paid = sum(entry.points for entry in world.store.tables.ledger)
    page = await ada.open("similar", challenge="forty-two")
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).open("similar", challenge="forty-two")
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).press(page, "1")
    elsewhere = Learner(world, replace(ADA, community="elsewhere"))
    with pytest.raises(NotFound):
        await elsewhere.press(page, "1")
    async with world.store.begin():
        pass
    assert sum(entry.points for entry in world.store.tables.ledger) == paid > 0
