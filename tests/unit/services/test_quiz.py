"""Questions: which one comes, what an answer earns, and what cannot be answered any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.content import Challenge, Difficulty, Kind, Option, Question
from bot.services.commands import AskQuiz
from bot.services.errors import Closed, NotAllowed, NotFound, Refusal
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, meta, question


async def ask(world: World, **more: object) -> object:
    return await world.services.quiz.ask(AskQuiz(actor=ADA, event_id=world.event(), **more))


@pytest.fixture
async def daily(world: World) -> int:
    """Today's question; its posting id."""
    await world.load(question("loops"))
    await world.set_up(at_once=True)
    return world.postings()[0].id


async def test_quiz_gives_the_open_daily_question_first(world: World, daily: int) -> None:
    card = await ask(world)
    assert (card.posting, card.local_date) == (daily, world.clock.now().date())


async def test_after_the_daily_question_quiz_gives_others_and_repeats_none_until_all_are_seen(
    world: World,
) -> None:
    await world.load(*(question(f"q{n}") for n in range(5)))
    await world.set_up(at_once=True, challenge=False)
    seen = set()
    for _ in range(5):
        card = await ask(world)
        seen.add(card.title)
        await world.answer(ADA, card.posting, "A")
    assert len(seen) == 5


async def test_the_same_event_gives_the_same_question(world: World) -> None:
    await world.load(*(question(f"q{n}") for n in range(9)))
    command = AskQuiz(actor=ADA, event_id="once")
    first, second = await world.services.quiz.ask(command), await world.services.quiz.ask(command)
    assert first == second
    assert len(world.store.tables.postings) == 1


async def test_topic_and_difficulty_narrow_the_choice(world: World) -> None:
    await world.load(question("easy"), question("joins", Difficulty.HARD, "sql"))
    card = await ask(world, topic="SQL", difficulty=Difficulty.HARD)
    assert card.title == "Joins"


async def test_an_unknown_topic_is_refused_with_the_topics_there_are(world: World) -> None:
    await world.load(question("easy", topic="python"))
    with pytest.raises(NotFound, match="Topics: python") as refused:
        await ask(world, topic="cobol")
    assert refused.value.code == "no_question"


async def test_a_right_answer_earns_the_points_and_tells_why_each_option_is_as_it_is(
    world: World, daily: int
) -> None:
    card = await world.answer(ADA, daily, "B")
    assert (card.correct, card.points, card.streak, card.repeated) == (True, 5, 1, False)
    assert [(c.letter, c.right, c.chosen) for c in card.choices] == [
        ("A", False, False),
        ("B", True, True),
        ("C", False, False),
    ]
    assert card.choices[0].explanation == "because"


async def test_a_wrong_answer_earns_nothing_and_keeps_the_streak(world: World, daily: int) -> None:
    card = await world.answer(ADA, daily, "A")
    assert (card.correct, card.points, card.streak) == (False, 0, 1)


@pytest.mark.failure(20)
async def test_a_double_click_is_one_answer_and_the_same_reply(world: World, daily: int) -> None:
    first = await world.answer(ADA, daily, "B", event="click")
    again = await world.answer(ADA, daily, "B", event="click")
    assert first == again
    assert len(world.store.tables.answers) == len(world.store.tables.ledger) == 1


@pytest.mark.failure(20)
@pytest.mark.failure(21)
async def test_the_first_answer_stands_whatever_comes_later(world: World, daily: int) -> None:
    await world.answer(ADA, daily, "A")
    card = await world.answer(ADA, daily, "B")
    assert (card.correct, card.repeated, card.points) == (False, True, 0)
    assert "first answer counts" in card.note


async def test_an_answer_to_a_question_known_from_before_is_practice(world: World) -> None:
    await world.load(question("only"))
    card = await ask(world)
    await world.answer(ADA, card.posting, "A")
    again = await ask(world)
    second = await world.answer(ADA, again.posting, "B")
    assert (second.correct, second.points) == (True, 0)
    assert "practice" in second.note


async def test_practice_by_quiz_does_not_touch_the_streak(world: World) -> None:
    await world.load(question("only"))
    card = await ask(world)
    assert (await world.answer(ADA, card.posting, "B")).streak == 0


@pytest.mark.failure(23)
async def test_the_events_time_decides_whether_the_round_was_open(world: World, daily: int) -> None:
    closes = world.postings()[0].closes_at
    world.clock.time = closes + timedelta(seconds=20)
    await world.services.rounds.tick()
    in_time = await world.answer(ADA, daily, "B", at=closes - timedelta(seconds=1))
    assert in_time.points == 5
    with pytest.raises(Closed, match="over"):
        await world.answer(GRACE, daily, "B", at=closes + timedelta(seconds=1))


async def test_an_event_from_the_future_counts_as_now(world: World, daily: int) -> None:
    await world.answer(ADA, daily, "B", at=world.clock.now() + timedelta(days=30))
    assert next(iter(world.store.tables.answers.values())).at == world.clock.now()


async def test_a_withdrawn_question_takes_no_answers(world: World, daily: int) -> None:
    await world.services.rounds.withdraw(world.postings()[0].round, "wrong key")
    with pytest.raises(Closed, match="withdrawn"):
        await world.answer(ADA, daily, "B")


async def test_a_question_that_somebody_else_asked_for_is_theirs(world: World) -> None:
    await world.load(question("only"))
    card = await ask(world)
    with pytest.raises(NotAllowed):
        await world.answer(GRACE, card.posting, "B")


async def test_a_posting_of_another_community_or_of_none_is_not_here(world: World, daily: int) -> None:
    stranger = replace(ADA, community="elsewhere")
    for actor, posting in ((stranger, daily), (ADA, 999_999)):
        with pytest.raises(NotFound):
            await world.answer(actor, posting, "B")


@pytest.mark.parametrize(
    ("letters", "code"),
    [(("Z",), "unknown_option"), ((), "no_option"), (("A", "B"), "one_option"), (("",), "unknown_option")],
)
async def test_letters_that_make_no_sense_are_refused_and_nothing_is_recorded(
    world: World, daily: int, letters: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await world.answer(ADA, daily, *letters)
    assert refused.value.code == code
    assert not world.store.tables.answers


async def test_several_right_options_must_all_be_chosen(world: World) -> None:
    both = Question(
        meta=meta("both"),
        kind=Kind.MULTIPLE_CHOICE,
        prompt="?",
        options=(Option("1", True), Option("2", False), Option("3", True)),
    )
    await world.load(both)
    card = await ask(world)
    assert card.several
    assert (await world.answer(ADA, card.posting, "A", "C")).correct


async def test_shuffled_options_keep_their_letters_for_everybody_and_for_ever(world: World) -> None:
    options = tuple(Option(str(n), n == 3) for n in range(8))
    await world.load(
        Question(meta=meta("mixed"), kind=Kind.MULTIPLE_CHOICE, prompt="?", options=options, shuffle=True)
    )
    await world.set_up(at_once=True)
    posting = world.postings()[0].id
    shown = await world.services.quiz.show(ADA, posting)
    right = next(choice.letter for choice in shown.choices if choice.text == "3")
    card = await world.answer(GRACE, posting, right)
    assert card.correct
    assert [choice.text for choice in card.choices] == [choice.text for choice in shown.choices]
    assert sorted(choice.text for choice in shown.choices) == sorted(option.text for option in options)


async def test_predicted_output_is_compared_line_by_line(world: World) -> None:
    predict = Question(
        meta=meta("predict"), kind=Kind.PREDICT_OUTPUT, prompt="?", program="print(1)", expected_output="1\n"
    )
    await world.load(predict)
    card = await ask(world)
    assert card.program == "print(1)"
    result = await world.answer(ADA, card.posting, typed="1  \n")
    assert (result.correct, result.typed) == (True, "1  \n")
    with pytest.raises(Refusal, match="type what the program prints"):
        await world.answer(GRACE, (await ask_as(world, GRACE)).posting, typed="  ")


async def ask_as(world: World, actor: object) -> object:
    return await world.services.quiz.ask(AskQuiz(actor=actor, event_id=world.event()))


@pytest.mark.failure(31)
async def test_a_question_edited_after_it_was_posted_keeps_the_version_that_was_shown(
    world: World, daily: int
) -> None:
    changed = replace(question("loops"), options=(Option("now right", True), Option("now wrong", False)))
    await world.load(changed)
    card = await world.answer(ADA, daily, "B")
    assert (card.correct, [choice.text for choice in card.choices]) == (True, ["no", "yes", "maybe"])


async def test_a_challenges_posting_cannot_be_answered_with_letters(world: World) -> None:
    await world.load(challenge("forty-two"))
    await world.set_up(at_once=True)
    with pytest.raises(NotFound):
        await world.answer(ADA, world.postings(Challenge)[0].id, "A")
