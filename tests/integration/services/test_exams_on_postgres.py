"""``/exam``: the clock is in the database, nothing is told before the end, retakes draw anew."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.content import Blueprint, ExamDomain, Kind, Option, Question
from bot.services.banks import LoadBank
from bot.services.commands import Platform
from bot.services.deliveries import DeliveryService
from bot.services.errors import BadSetting, NotAllowed, NotFound, Refusal
from bot.services.panels import Facts, Panel
from tests.integration.services.learner import Learner, button, buttons, text
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.world import ADA, GRACE, World, meta

SECRETS = ("because-it-is-so", "the-only-true-reason", "in-short-this")


def asked(key: str, topic: str) -> Question:
    """B is right."""
    options = (
        Option(f"{key} no", False, SECRETS[0]),
        Option(f"{key} yes", True, SECRETS[1]),
        Option(f"{key} maybe", False, SECRETS[0]),
    )
    return Question(
        meta=meta(key, topic=topic),
        kind=Kind.MULTIPLE_CHOICE,
        prompt=f"{key}?",
        options=options,
        explanation=SECRETS[2],
        shuffle=True,
    )


PLAN = Blueprint(
    key="junior",
    title="Junior",
    count=4,
    minutes=10,
    pass_mark=75,
    domains=(
        ExamDomain(name="Language", weight=3, topics=("python",)),
        ExamDomain(name="Data", weight=1, topics=("sql",)),
    ),
)


@pytest.fixture
async def ada(world: World) -> Learner:
    items = [asked(f"p{n}", "python") for n in range(8)] + [asked(f"s{n}", "sql") for n in range(3)]
    await world.services.banks.load(LoadBank(bank="basics", items=items, exams=(PLAN,)))
    return Learner(world, ADA)


def letter_of(panel: Panel, word: str) -> str:
    """The letter of the option that says ``word`` ("yes" is right)."""
    line = next(line for line in text(panel).splitlines() if line.startswith(("**", "● **")) and word in line)
    return line.replace("●", "").strip()[2]


async def answer_all(ada: Learner, panel: Panel, words: list[str]) -> Panel:
    """Answer one question after the other; the panel of the last."""
    for place, said in enumerate(words, start=1):
        panel = await ada.press(panel, letter_of(panel, said))
        if place < len(words):
            panel = await ada.press(panel, "Next")
    return panel


async def test_drawn_by_domain_and_weight(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", exam="junior")
    keys = [text(panel)]
    for _ in range(3):
        panel = await ada.press(panel, "Next")
        keys.append(text(panel))
    assert [sum(f"{kind}{n}?" in one for one in keys for n in range(8)) for kind in "ps"] == [3, 1]
    assert "Question 4 of 4" in panel.title
    assert button(panel, "Next").disabled


async def test_the_result_by_domain_pass_mark_and_every_answer_explained(world: World, ada: Learner) -> None:
    panel = await answer_all(ada, await ada.open("exam", exam="junior"), ["yes", "yes", "no", "yes"])
    world.pass_time(minutes=3)
    result = await ada.press(await ada.press(panel, "All questions"), "Hand in")
    assert result.title == "Passed: Junior"
    assert "3 of 4 (75 %)" in text(result)
    assert "Language | 2 of 3 | 66 %" in text(result)
    assert "Data | 1 of 1 | 100 %" in text(result)
    assert "3 min 0 s of 10 min" in text(result)
    first = await ada.press(result, "Review")
    assert all(secret in text(first) for secret in SECRETS)
    wrong = await ada.press(result, "Only the 1 wrong")
    assert wrong.title == "3 of 4: Wrong"
    assert "(your answer)" in text(wrong)
    assert "1 card" in text(await ada.open("review")), "what was wrong comes back"


async def test_nothing_about_the_answers_leaks_before_the_end(
    world: World, ada: Learner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    panel = await ada.open("exam", exam="junior")
    seen: list[Panel] = [panel]
    seen += [await ada.press(panel, letter) for letter in "ABC"]
    seen.append(await ada.press(panel, "Flag"))
    seen.append(await ada.press(panel, "Next"))
    seen.append(await ada.press(panel, "All questions"))
    seen.append(await ada.press(seen[-1], "Hand in"))
    seen.append(await ada.open("exam"))
    said = "".join(repr(panel) for panel in seen) + caplog.text
    assert not [secret for secret in SECRETS if secret in said]
    right_and_wrong = [
        [(press.name, press.arguments[:2], press.disabled) for press in buttons(panel)] for panel in seen[1:4]
    ]
    assert right_and_wrong[0] == right_and_wrong[1] == right_and_wrong[2]
    assert len({(panel.tone, panel.title, panel.footer) for panel in seen[1:4]}) == 1
    for name, arguments in (("exam.result", ()), ("exam.review", ("1", "a")), ("exam.share", ())):
        press = replace(button(panel, "All questions"), name=name)
        with pytest.raises(Refusal, match="not over yet"):
            await ada.press(
                replace(panel, presses=((replace(press, arguments=(press.arguments[0], *arguments)),),)),
                "All questions",
            )
    async with world.store.begin() as work:
        exam = await work.exams.get(int(button(panel, "All questions").arguments[0]))
        assert [item.correct for item in exam.items] == [None] * 4
    assert not world.store.tables.answers
    assert not world.store.tables.outbox


async def test_it_goes_on_after_a_restart_and_on_another_device_to_the_second(
    world: World, ada: Learner
) -> None:
    panel = await ada.open("exam", exam="junior")
    ends_at = world.clock.now() + timedelta(minutes=10)
    panel = await ada.press(panel, letter_of(panel, "no"))
    world.pass_time(minutes=4, seconds=7)
    restarted = sql_world(world.store.database)
    restarted.clock.time = world.clock.now()
    again = await Learner(restarted, replace(ADA, channel="phone")).open("exam")
    assert again.title == "Question 2 of 4", "the first question without an answer"
    assert Facts((("Time is up", ends_at),)) in again.blocks
    back = await Learner(restarted, ADA).press(again, "Back")
    assert "●" in text(back), "the answer is kept"
    changed = await Learner(restarted, ADA).press(back, letter_of(back, "yes"))
    assert text(changed).count("●") == 1


async def test_the_event_time_decides_at_the_last_second(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", exam="junior")
    world.pass_time(minutes=10)
    panel = await ada.press(panel, letter_of(panel, "yes"))
    assert "●" in text(panel)
    world.pass_time(seconds=1)
    late = await ada.press(panel, letter_of(panel, "no"))
    assert late.title == "Not passed: Junior"
    assert "Time was up." in text(late)
    assert "1 of 4" in text(late), "what was answered in time counts"


async def test_it_ends_by_itself_and_tells_the_member_once(world: World, ada: Learner) -> None:
    await ada.open("exam", exam="junior")
    world.pass_time(minutes=10, seconds=1)
    for _ in range(2):
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
    (sent,) = world.poster.sent
    assert sent.member == "ada"
    assert sent.card.title == "Not passed: Junior"


async def test_flags_and_the_list_of_questions(world: World, ada: Learner) -> None:
    panel = await ada.press(await ada.open("exam", exam="junior"), "Flag")
    assert "flagged" in panel.footer
    overview = await ada.press(panel, "All questions")
    assert "open, flagged" in text(overview)
    assert (await ada.press(overview, "3")).title == "Question 3 of 4"
    panel = await ada.press(panel, "Remove flag")
    assert "flagged" not in panel.footer


async def test_handing_in_with_open_questions_asks_first(world: World, ada: Learner) -> None:
    overview = await ada.press(await ada.open("exam", exam="junior"), "All questions")
    asks = await ada.press(overview, "Hand in")
    assert "4 questions" in text(asks)
    assert (await ada.press(asks, "Go on")).title == "Junior"
    assert (await ada.press(asks, "Hand in anyway")).title == "Not passed: Junior"


async def test_a_retake_draws_what_was_not_met_and_is_compared(world: World, ada: Learner) -> None:
    drawn: list[set[str]] = []
    for words in (["no", "no", "yes", "yes"], ["yes"] * 4):
        panel = await ada.open("exam", exam="junior")
        keys = set()
        for place, said in enumerate(words):
            keys.add(next(f"{kind}{n}" for kind in "ps" for n in range(8) if f"{kind}{n}?" in text(panel)))
            panel = await ada.press(panel, letter_of(panel, said))
            if place < 3:
                panel = await ada.press(panel, "Next")
        drawn.append(keys)
        result = await ada.press(await ada.press(panel, "All questions"), "Hand in")
        world.pass_time(hours=1)
    assert not drawn[0] & drawn[1]
    assert "50 % (+50 points since)" in text(result)
    assert "100 %" in text(await ada.open("exam"))
    assert (await ada.press(result, "Take it again")).title == "Question 1 of 4"


async def test_two_starts_at_once_are_one_exam(world: World, ada: Learner) -> None:
    panels = await asyncio.gather(*(ada.open("exam", exam="junior") for _ in range(4)))
    assert len({button(panel, "All questions").arguments for panel in panels}) == 1


async def test_one_of_ones_own(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", topics="SQL, python", number="6", minutes="5")
    assert panel.title == "Question 1 of 6"
    overview = await ada.press(panel, "All questions")
    assert "Answered: 0 of 6" in text(overview)


async def test_too_few_questions_are_said(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", topics="sql", number="9")
    assert panel.title == "Question 1 of 3"
    assert "only 3 questions" in text(panel)


async def test_what_cannot_be_taken_says_what_can(world: World, ada: Learner) -> None:
    with pytest.raises(NotFound, match="`junior`"):
        await ada.open("exam", exam="senior")
    with pytest.raises(NotFound, match="Topics: python, sql"):
        await ada.open("exam", topics="cobol")
    with pytest.raises(BadSetting, match="1 to 100"):
        await ada.open("exam", topics="sql", number="0")


async def test_nobody_else_sees_it_unless_it_is_shared(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", exam="junior")
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).press(panel, "A")
    panel = await answer_all(ada, panel, ["yes"] * 4)
    assert not panel.public
    result = await ada.press(await ada.press(panel, "All questions"), "Hand in")
    assert not result.public
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).press(result, "Review")
    shared = await ada.press(result, "Share")
    assert shared.public
    assert "passed with 100 %" in text(shared)
    assert not any(f"{kind}{n}?" in text(shared) for kind in "ps" for n in range(8))


async def test_an_exam_updated_in_its_bank_keeps_what_was_started(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", exam="junior")
    await world.services.banks.load(
        LoadBank(bank="basics", items=(), exams=(replace(PLAN, count=2, title="Shorter"),))
    )
    assert (await ada.press(panel, "Next")).title == "Question 2 of 4"
    assert "Junior" in panel.footer


async def test_a_withdrawn_question_counts_for_nobody(world: World, ada: Learner) -> None:
    panel = await ada.open("exam", exam="junior")
    key = next(f"p{n}" for n in range(8) if f"p{n}?" in text(panel))
    panel = await answer_all(ada, panel, ["no", "yes", "yes", "yes"])
    result = await ada.press(await ada.press(panel, "All questions"), "Hand in")
    assert "3 of 4 (75 %)" in text(result)
    await world.services.corrections.void(key, "wrong key")
    page = await ada.press(await ada.open("exam"), "Result 1")
    assert "3 of 3 (100 %)" in text(page)
    assert "100 %" in text(await ada.open("exam"))
