"""Ratings from first attempts, questions near the member's level, and ``/me``."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from bot.domain.content import Difficulty
from bot.domain.ratings import Game, Rating, question_start, rate
from bot.services.commands import Actor, AskQuiz
from bot.services.errors import NotAllowed
from tests.integration.services.learner import Learner, text
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question


@pytest.fixture
def ada(world: World) -> Learner:
    return Learner(world, ADA)


async def answer(world: World, letter: str, actor: Actor = ADA, **more: object) -> str:
    card = await world.services.quiz.ask(AskQuiz(actor=actor, event_id=world.event(), **more))
    await world.answer(actor, card.posting, letter)
    return card.title


async def follow(world: World) -> None:
    for _ in range(2):
        await world.services.learning.follow_answers()


async def ratings(world: World, actor: Actor = ADA) -> dict[str, Rating]:
    async with world.store.begin() as work:
        place = await work.directory.enter(actor)
        return {topic: one.rating for topic, one in (await work.skills.of_member(place.member.id)).items()}


async def question_ratings(world: World) -> dict[str, Rating]:
    async with world.store.begin() as work:
        (bank,) = await work.bank.banks(None)
        items = {one.question: one.item.meta.key for one in await work.bank.items(bank.id)}
        return {items[id_]: one.rating for id_, one in (await work.skills.of_questions(items)).items()}


async def test_a_first_attempt_is_a_game_between_member_and_question(world: World) -> None:
    await world.load(question("hard", Difficulty.HARD))
    await answer(world, "B")
    await follow(world)
    start = question_start(Difficulty.HARD)
    member = (await ratings(world))[""]
    assert member == rate(Rating(), [Game(start, 1)])
    assert (await ratings(world))["python"] == member
    assert (await question_ratings(world))["hard"] == rate(start, [Game(Rating(), 0)])


async def test_only_first_attempts_count(world: World) -> None:
    await world.load(question("only"))
    await answer(world, "B")
    await follow(world)
    before = await ratings(world), await question_ratings(world)
    for _ in range(3):
        world.pass_time(days=1)
        await answer(world, "A")
    await follow(world)
    assert (await ratings(world), await question_ratings(world)) == before


async def test_members_who_answer_at_once_each_count_once(world: World) -> None:
    await world.load(question("one"), question("two"))
    actors = [replace(GRACE, member=f"m{n}", name=f"M{n}") for n in range(4)]
    for actor in actors:
        for _ in range(2):
            await answer(world, "B", actor)
    await asyncio.gather(*(Learner(world, actor).open("me") for actor in actors * 2), follow(world))
    assert {one.games for one in (await question_ratings(world)).values()} == {4}


async def test_ratings_never_move_points(world: World) -> None:
    await world.load(question("one"), question("two", Difficulty.HARD))
    for letter in "BB":
        await answer(world, letter)
    paid = sorted(entry.points for entry in world.store.tables.ledger)
    await follow(world)
    assert sorted(entry.points for entry in world.store.tables.ledger) == paid == [5, 15]


async def test_quiz_without_arguments_picks_near_the_members_level(world: World) -> None:
    easy = [question(f"easy-{n}") for n in range(12)]
    hard = [question(f"hard-{n}", Difficulty.HARD) for n in range(12)]
    await world.load(*easy, *hard)
    for _ in range(6):
        await answer(world, "A", difficulty=Difficulty.EASY)
    await follow(world)
    card = await world.services.quiz.ask(AskQuiz(actor=ADA, event_id="low"))
    assert card.difficulty is Difficulty.EASY
    for _ in range(6):
        await answer(world, "B", GRACE, difficulty=Difficulty.HARD)
    await follow(world)
    card = await world.services.quiz.ask(AskQuiz(actor=GRACE, event_id="high"))
    assert card.difficulty is Difficulty.HARD


async def test_quiz_never_gives_what_was_just_seen(world: World) -> None:
    await world.load(*(question(f"q{n}") for n in range(8)))
    titles = []
    for n in range(8):
        card = await world.services.quiz.ask(AskQuiz(actor=ADA, event_id=f"again-{n}"))
        titles.append(card.title)
    assert len(set(titles)) == 8, "shown, though never answered"


async def test_me_tells_what_is_known_and_nobody_else(world: World, ada: Learner) -> None:
    await world.load(
        *(question(f"p{n}") for n in range(3)), question("s", topic="sql"), challenge("forty-two")
    )
    for letter in "BBA":
        await answer(world, letter, topic="python")
    await answer(world, "B", topic="sql")
    await world.submit(ADA, "```py\nprint(42)\n```", name="forty-two")
    await world.grade()
    page = await ada.open("me")
    assert not page.public
    assert "3 of 4 right (75 %)" in text(page)
    assert "python | 2/3 | 67 %" in text(page)
    assert "sql | 1/1 | 100 %" in text(page)
    assert "Challenges solved: 1" in text(page)
    assert "To review: 1 card" in text(page)
    assert "First light" in text(page)
    assert "not sure yet" in text(page), "four answers say little"
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).press(page, "Share")
    shared = await ada.press(page, "Share")
    assert shared.public
    assert "python | " not in text(shared)


async def test_me_of_a_newcomer_says_how_to_begin(world: World, ada: Learner) -> None:
    page = await ada.open("me")
    assert "type `/quiz`" in text(page)
    assert "Next:**" in text(page)


async def test_all_badges_with_their_rules(world: World, ada: Learner) -> None:
    await world.load(*(question(f"q{n}") for n in range(10)))
    for _ in range(10):
        await answer(world, "B")
    badges = await ada.press(await ada.open("me"), "All badges")
    assert "Curious | questions right at the first attempt: 10" in text(badges)
    assert "Well read | questions right at the first attempt: 100 | 10 of 100" in text(badges)


async def test_the_trend_compares_the_later_weeks_with_the_earlier_ones(world: World, ada: Learner) -> None:
    await world.load(*(question(f"q{n}") for n in range(20)))
    for n in range(10):
        await answer(world, "B" if n < 5 else "A")
    world.pass_time(days=21)
    for n in range(10):
        await answer(world, "B" if n < 9 else "A")
    assert "up (+40 points" in text(await ada.open("me"))
    world.clock.time += timedelta(weeks=20)
    assert "Trend" not in text(await ada.open("me"))


async def test_a_withdrawn_question_counts_for_nothing(world: World, ada: Learner) -> None:
    await world.load(question("good"), question("bad", topic="sql"))
    await answer(world, "B", topic="python")
    await answer(world, "A", topic="sql")
    assert "1 of 2 right" in text(await ada.open("me"))
    await world.services.corrections.void("bad", "wrong key")
    page = await ada.open("me")
    assert "1 of 1 right" in text(page)
    assert "sql" not in text(page)


async def test_an_answer_that_commits_late_is_not_passed_over(world: World) -> None:
    await world.load(question("one"), question("two"))
    cards = {
        actor.member: await world.services.quiz.ask(AskQuiz(actor=actor, event_id=world.event()))
        for actor in (ADA, GRACE)
    }
    async with world.store.begin() as work:
        ada = (await work.directory.enter(ADA)).member.id
    slow = await asyncpg.connect(world.store.database.url.replace("+asyncpg", ""))
    try:
        begun = slow.transaction()
        await begun.start()
        await slow.execute(
            """INSERT INTO answers
                   (posting_id, question_id, member_id, event_id, chosen, typed, correct, answered_at)
               SELECT id, question_id, $2, 'slow', '{0}', '', false, $3 FROM postings WHERE id = $1""",
            cards[ADA.member].posting,
            ada,
            world.clock.now(),
        )
        await world.answer(GRACE, cards[GRACE.member].posting, "B")
        for _ in range(4):
            await world.services.learning.follow_answers()
        await begun.commit()
    finally:
        await slow.close()
    assert "" not in await ratings(world, ADA)
    for _ in range(3):
        await world.services.learning.follow_answers()
    assert "" in await ratings(world, ADA)
    assert "" in await ratings(world, GRACE)


async def test_what_fails_keeps_nothing_else_from_being_done(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("an exam that cannot be read")

    monkeypatch.setattr(world.services.learning._exams, "end_late", broken)
    await world.load(question("one"))
    await answer(world, "B")
    for _ in range(3):
        await world.services.learning.tick()
    assert "" in await ratings(world)
    assert "an exam that cannot be read" in caplog.text
