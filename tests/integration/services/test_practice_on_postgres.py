"""``/practice``: own words beside the model answer, marked by oneself and kept; lists keep their ticks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.content import Kind, Question
from bot.services.errors import NotAllowed, NotFound
from bot.services.panels import Words
from tests.integration.services.learner import Learner, button, text
from tests.unit.services.fakes.world import ADA, GRACE, World, meta

ESSAY = Question(
    meta=meta("gil", topic="python"),
    kind=Kind.FREE_TEXT,
    prompt="Explain the GIL to a colleague.",
    answer="One thread at a time runs bytecode.",
    rubric=("says that one thread runs at a time", "names a way around it", "says what it protects"),
)
TODO = Question(
    meta=meta("launch", topic="ops"),
    kind=Kind.CHECKLIST,
    prompt="Before a launch:",
    rubric=("backups tried", "alarms set", "load tested"),
)


@pytest.fixture
async def ada(world: World) -> Learner:
    await world.load(ESSAY, TODO)
    return Learner(world, ADA)


async def begin(ada: Learner) -> object:
    return await ada.press(await ada.open("practice", topic="python"), "Start")


async def test_the_model_answer_comes_after_ones_own(world: World, ada: Learner) -> None:
    page = await begin(ada)
    assert "GIL" in text(page)
    assert "bytecode" not in repr(page)
    assert "protects" not in repr(page)
    compared = await ada.press(page, "Write", words="It is a **lock** @everyone")
    assert Words("It is a **lock** @everyone") in compared.blocks
    assert "One thread at a time runs bytecode." in text(compared)
    assert "○ **1.** says that one thread" in text(compared)


async def test_marks_are_ones_own_and_kept(world: World, ada: Learner) -> None:
    compared = await ada.press(await begin(ada), "Write", words="a lock")
    compared = await ada.press(compared, "1")
    compared = await ada.press(compared, "3")
    assert "2 of 3 points" in compared.footer
    compared = await ada.press(compared, "1 ✓")
    assert "1 of 3 points" in compared.footer
    assert "1 answer" in text(await ada.open("practice", topic="python"))
    assert not world.store.tables.ledger


async def test_nobody_else_marks_or_reads_an_answer(world: World, ada: Learner) -> None:
    compared = await ada.press(await begin(ada), "Write", words="a lock")
    grace = Learner(world, GRACE)
    for label in ("1", "Review it later"):
        with pytest.raises(NotAllowed):
            await grace.press(compared, label)


async def test_an_open_question_can_come_back_in_review(world: World, ada: Learner) -> None:
    compared = await ada.press(await begin(ada), "Write", words="a lock")
    await ada.press(compared, "Review it later")
    front = await ada.press(await ada.open("review"), "Review")
    assert "GIL" in text(front)
    assert "bytecode" not in repr(front)
    back = await ada.press(front, "Show")
    assert "bytecode" in text(back)
    assert "names a way around it" in text(back)


async def test_a_checklist_keeps_its_ticks_when_items_are_added(world: World, ada: Learner) -> None:
    page = await ada.press(await ada.open("practice", topic="ops"), "Start")
    page = await ada.press(page, "2")
    assert "✓ **2.** alarms set" in text(page)
    page = await ada.press(page, "2")
    page = await ada.press(page, "3")
    await world.load(replace(TODO, rubric=("backups tried", "somebody awake", "alarms set", "load tested")))
    page = await ada.press(await ada.open("practice", topic="ops"), "Start")
    assert "○ **3.** alarms set" in text(page)
    assert "✓ **4.** load tested" in text(page)
    assert "1 of 4 done" in page.footer
    grace = await Learner(world, GRACE).press(
        await Learner(world, GRACE).open("practice", topic="ops"), "Start"
    )
    assert "0 of 4" in grace.footer, "everybody has their own"


async def test_what_there_is_not_is_said(world: World, ada: Learner) -> None:
    with pytest.raises(NotFound, match="'cobol'"):
        await ada.open("practice", topic="cobol")
    page = await begin(ada)
    with pytest.raises(NotFound, match="empty"):
        await ada.press(page, "Write", words="  ")
    assert button(page, "Write").asks
