"""``/review``: what was got wrong comes back, once for each press, and stays through everything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from fsrs import Rating

from bot.domain.content import Kind, Question
from bot.domain.reviewing import Memory, review
from bot.services.cards import Notice
from bot.services.commands import AskQuiz, Platform
from bot.services.deliveries import DeliveryService
from bot.services.errors import BadSetting, NotAllowed, NotFound
from bot.services.panels import Panel
from tests.integration.services.learner import Learner, button, buttons, text
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.world import ADA, GRACE, World, meta, question


def flashcard(key: str, topic: str = "python") -> Question:
    return Question(
        meta=meta(key, topic=topic), kind=Kind.FLASHCARD, prompt=f"{key}, front", answer=f"{key}, back"
    )


def predict(key: str) -> Question:
    return Question(
        meta=meta(key),
        kind=Kind.PREDICT_OUTPUT,
        prompt="What does it print?",
        program="print(6 * 7)",
        expected_output="42\n",
    )


@pytest.fixture
def ada(world: World) -> Learner:
    return Learner(world, ADA)


async def answer_quiz(world: World, letter: str = "", typed: str = "", **more: object) -> None:
    card = await world.services.quiz.ask(AskQuiz(actor=ADA, event_id=world.event(), **more))
    await world.answer(ADA, card.posting, *([letter] if letter else []), typed=typed)


async def test_a_question_got_wrong_comes_back_and_one_got_right_does_not(world: World, ada: Learner) -> None:
    await world.load(question("wrong", topic="sql"), question("right", topic="python"))
    await answer_quiz(world, "A", topic="sql")
    await answer_quiz(world, "B", topic="python")
    panel = await ada.open("review")
    assert "1 card" in text(panel)
    assert "sql | 1 | 1" in text(panel)
    assert "python" not in text(panel)


async def test_front_flip_rate_and_the_due_time_that_the_button_promised(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    front = await ada.press(await ada.open("review"), "Review")
    assert "loops?" in text(front)
    assert "indeed" not in text(front), "the front gives nothing away"
    back = await ada.press(front, "Show the answer")
    assert "indeed" in text(back)
    promised = review(Memory(due_at=world.clock.now()), Rating.Easy, world.clock.now()).due_at
    days = (promised - world.clock.now()).days
    assert button(back, "Easy").label == f"Easy · {days} d"
    done = await ada.press(back, "Easy")
    assert f"comes back in {days} d" in text(done)
    assert str(promised) in text(done)


async def test_an_answer_is_judged_before_the_member_judges_themselves(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    front = await ada.press(await ada.open("review"), "Review")
    assert "Right." in text(await ada.press(front, "B"))
    wrong = text(await ada.press(front, "A"))
    assert "Not this time." in wrong
    assert "(your answer)" in wrong


async def test_a_typed_output_is_compared(world: World, ada: Learner) -> None:
    await world.load(predict("six"))
    await answer_quiz(world, typed="41")
    front = await ada.press(await ada.open("review"), "Review")
    assert "42" not in text(front)
    assert "Right." in text(await ada.press(front, "Type", output="42"))
    wrong = await ada.press(front, "Type", output="41")
    assert "Not this time." in text(wrong)
    assert "42" in text(wrong)


async def test_a_double_click_counts_once(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    front = await ada.press(await ada.open("review"), "Review")
    back = await ada.press(front, "Show the answer")
    await asyncio.gather(ada.press(back, "Good"), ada.press(back, "Good"), ada.press(back, "Easy"))
    async with world.store.begin() as work:
        place = await work.directory.enter(ADA)
        assert len(await work.reviews.log(place.member.id, 10)) == 1
    assert "1 of 50" in text(await ada.open("review"))


async def test_a_review_survives_a_restart(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    back = await ada.press(await ada.press(await ada.open("review"), "Review"), "Show the answer")
    restarted = sql_world(world.store.database)
    restarted.clock.time = world.clock.now()
    done = await Learner(restarted, ADA).press(back, "Good")
    assert "comes back in 10 min" in text(done)
    later = sql_world(world.store.database)
    later.clock.time = world.clock.now() + timedelta(minutes=10)
    assert "1 card" in text(await Learner(later, ADA).open("review"))


async def test_nobody_else_turns_or_rates_a_members_card(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    front = await ada.press(await ada.open("review"), "Review")
    grace = Learner(world, GRACE)
    for label in ("Show the answer", "A"):
        with pytest.raises(NotAllowed, match="somebody else"):
            await grace.press(front, label)
    assert "empty" in text(await grace.open("review"))


async def test_flashcards_are_given_out_a_few_a_day(world: World, ada: Learner) -> None:
    await world.load(*(flashcard(f"card-{n}") for n in range(30)))
    assert "10 cards" in text(await ada.open("review"))
    assert "10 cards" in text(await ada.open("review")), "opening it again gives no more"
    world.pass_time(days=1)
    assert "20 cards" in text(await ada.open("review"))


async def test_the_bound_for_a_day_is_kept(world: World, ada: Learner) -> None:
    await world.load(*(flashcard(f"card-{n}") for n in range(5)))
    panel = await ada.open("review")
    panel = await ada.press(panel, "Settings", cards="2", new="5", remind="", zone="Europe/Berlin")
    for _ in range(2):
        front = await ada.press(await ada.open("review"), "Review")
        await ada.press(await ada.press(front, "Show"), "Easy")
    panel = await ada.open("review")
    assert "enough for today" in text(panel)
    assert button(panel, "Review").disabled


async def test_a_deck_of_one_topic(world: World, ada: Learner) -> None:
    await world.load(question("joins", topic="SQL: joins ~ more"), question("loops", topic="python"))
    await answer_quiz(world, "A", topic="python")
    await answer_quiz(world, "A", topic="SQL: joins ~ more")
    overview = await ada.open("review")
    front = await ada.press(overview, "SQL: joins")
    done = await ada.press(await ada.press(front, "Show"), "Easy")
    assert "All done" in text(done), "the other topic's card is in another deck"
    assert "loops?" in text(await ada.open("review", topic="Python"))
    with pytest.raises(NotFound, match="Your topics: SQL: joins ~ more, python"):
        await ada.open("review", topic="cobol")


async def test_a_card_can_be_dropped_for_good(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    back = await ada.press(await ada.press(await ada.open("review"), "Review"), "Show")
    await ada.press(back, "Never again")
    world.pass_time(days=400)
    assert "empty" in text(await ada.open("review"))


async def test_a_withdrawn_question_does_not_come_back(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    await ada.open("review")
    await world.services.corrections.void("loops", "wrong key")
    assert "empty" in text(await ada.open("review"))


async def remind(world: World) -> list[Panel]:
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


async def test_reminders_are_off_until_asked_for_and_come_at_the_members_own_hour(
    world: World, ada: Learner
) -> None:
    await world.load(flashcard("one"))
    overview = await ada.open("review")
    assert "Reminder: off" in text(overview)
    world.pass_time(days=2)
    assert await remind(world) == []
    await ada.press(overview, "Settings", cards="50", new="10", remind="19:30", zone="Asia/Tokyo")
    assert await remind(world) == [], "19:30 in Tokyo is 10:30 UTC"
    world.pass_time(hours=1, minutes=29)
    assert await remind(world) == []
    world.pass_time(minutes=1)
    (panel,) = await remind(world)
    assert world.poster.sent[-1].member == "ada"
    assert "1 card" in panel.title
    assert len(await remind(world)) == 1, "once a day"
    world.pass_time(days=1)
    assert len(await remind(world)) == 2


async def test_one_tap_stops_reminders_from_a_direct_message_too(world: World) -> None:
    user = replace(ADA, platform=Platform.DISCORD, community="123", member="7")
    ada = Learner(world, user)
    await world.load(flashcard("one"))
    overview = await ada.open("review")
    panel = await ada.press(overview, "Settings", cards="50", new="10", remind="19:30", zone="UTC")
    direct = Learner(world, replace(user, community="direct:7", channel="dm"))
    answer = await direct.push(panel, "Stop reminders")
    assert isinstance(answer, Notice)
    assert "Reminder: off" in text(await ada.open("review"))
    stranger = Learner(world, replace(user, member="8"))
    with pytest.raises(NotAllowed):
        await stranger.push(panel, "Stop reminders")


async def test_settings_that_make_no_sense_say_what_to_type(world: World, ada: Learner) -> None:
    overview = await ada.open("review")
    good = {"cards": "50", "new": "10", "remind": "", "zone": "UTC"}
    for field, value, said in (
        ("cards", "many", "0 to 500"),
        ("new", "-1", "0 to 500"),
        ("remind", "25:00", "19:30"),
        ("zone", "Europe/Berln", "Europe/Berlin"),
    ):
        with pytest.raises(BadSetting, match=said):
            await ada.press(overview, "Settings", **{**good, field: value})


async def test_answers_are_followed_without_the_member_opening_anything(world: World) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    seen = [await world.services.learning.follow_answers() for _ in range(3)]
    assert sum(seen) == 1, "each answer is looked at once"
    async with world.store.begin() as work:
        place = await work.directory.enter(ADA)
        assert [deck.due for deck in await work.reviews.decks(place.member.id, world.clock.now())] == [1]


async def test_buttons_of_panels_fit_every_platform(world: World, ada: Learner) -> None:
    await world.load(question("loops"))
    await answer_quiz(world, "A")
    overview = await ada.open("review")
    front = await ada.press(overview, "Review")
    for panel in (overview, front, await ada.press(front, "Show")):
        assert len(buttons(panel)) <= 25
        assert all(len(row) <= 5 for row in panel.presses)
        assert len({press.key for press in buttons(panel)}) == len(buttons(panel))
