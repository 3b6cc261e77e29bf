"""`/question`: flagged by members, looked at and set aside by admins, for their community alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.cards import Notice
from bot.services.commands import Actor, AskQuiz, ShowLeaderboard
from bot.services.errors import NotAllowed, NotFound
from bot.services.panels import OpenPanel, Panel, Press, PressPanel, Prose, Table
from bot.services.queues import DeliveryKind
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

ELSEWHERE = replace(ADA, community="c2", channel="other", member="eve", name="Eve")
WHY = {"why": "the second option is right as well"}


@pytest.fixture(autouse=True)
async def bank(world: World) -> None:
    await world.load(question("lists"), question("dicts"), challenge("answer"))


async def typed(world: World, word: str, actor: Actor = ADA, **values: str) -> Panel | Notice:
    request = OpenPanel(actor=actor, event_id=world.event(), at=world.clock.now(), values=values)
    return await world.services.panels.open("question", word, request)


async def press(
    world: World, name: str, *arguments: str, actor: Actor = ADA, **values: str
) -> Panel | Notice:
    request = PressPanel(
        actor=actor, event_id=world.event(), at=world.clock.now(), arguments=arguments, values=values
    )
    return await world.services.panels.press(name, request)


def presses(panel: Panel | Notice) -> dict[str, Press]:
    assert isinstance(panel, Panel)
    return {each.label: each for row in panel.presses for each in row}


async def set_aside(world: World, key: str, actor: Actor = ADA) -> str:
    asked = presses(await typed(world, "void", actor, question=key))["Set aside…"]
    assert asked.asks
    done = await press(world, asked.name, *asked.arguments, actor=actor, **WHY)
    assert isinstance(done, Notice)
    return done.text


async def points(world: World, actor: Actor) -> int:
    page = await world.services.leaderboards.show(ShowLeaderboard(actor=actor))
    return sum(row.points for row in page.rows)


async def test_a_preview_shows_what_its_author_wrote_to_admins_alone(world: World) -> None:
    panel = await typed(world, "preview", question="Lists")
    assert isinstance(panel, Panel)
    told = "\n".join(block.text for block in panel.blocks if isinstance(block, Prose))
    assert "✅ yes\n> indeed" in told
    assert "▫️ no\n> because" in told
    with pytest.raises(NotAllowed):
        await typed(world, "preview", GRACE, question="lists")
    with pytest.raises(NotFound, match="no question called 'nothing'"):
        await typed(world, "preview", question="nothing")


async def test_members_flag_and_admins_see_it_counted_once_for_each(world: World) -> None:
    assert "Thank you" in (await typed(world, "flag", GRACE, question="lists", why="B and C are equal")).text
    assert "before" in (await typed(world, "flag", GRACE, question="lists", why="B and C are the same")).text
    await typed(world, "flag", ADA, question="lists")
    flagged = await typed(world, "flagged")
    assert isinstance(flagged, Panel)
    assert Table(("Question", "Flags"), (("Lists", "2"),), frozenset({1})) in flagged.blocks
    assert "B and C are the same" in str(flagged.blocks)
    with pytest.raises(NotAllowed):
        await typed(world, "flagged", GRACE)


async def test_flags_of_a_question_that_is_right_are_forgotten(world: World) -> None:
    await typed(world, "flag", GRACE, question="lists")
    right = presses(await typed(world, "flagged"))["1 is right"]
    assert await press(world, right.name, *right.arguments) == Notice("Nobody has flagged a question here.")


async def test_setting_aside_rescores_everybody_here_and_tells_the_channel(world: World) -> None:
    await world.set_up(at_once=True)
    await world.deliver()
    (posting,) = world.postings()
    await world.answer(ADA, posting.id, "B")
    await world.answer(GRACE, posting.id, "B")
    before = await points(world, ADA)
    told = await set_aside(world, posting.stored.item.meta.key)
    assert "Rounds withdrawn: 1" in told
    assert f"{before} points in all" in told
    assert await points(world, ADA) == 0
    await world.deliver()
    notices = [each.card for each in world.poster.sent if each.kind is DeliveryKind.NOTICE]
    assert len(notices) == 1
    assert WHY["why"] in notices[0].text


async def test_doing_it_again_changes_nothing(world: World) -> None:
    await world.set_up(at_once=True)
    (posting,) = world.postings()
    await world.answer(GRACE, posting.id, "B")
    await set_aside(world, posting.stored.item.meta.key)
    again = await set_aside(world, posting.stored.item.meta.key)
    assert "Rounds withdrawn: 0. Payments taken back: 0, 0 points" in again
    assert len([row for row in world.store.tables.audit if "question.set_aside" in row]) == 1


async def test_a_question_set_aside_is_not_asked_here_and_is_elsewhere(world: World) -> None:
    first = await world.services.quiz.ask(AskQuiz(actor=GRACE, event_id="e1"))
    key = first.title.lower()
    await set_aside(world, key)
    with pytest.raises(NotFound):
        await world.answer(GRACE, first.posting, "B")
    asked = {
        (await world.services.quiz.ask(AskQuiz(actor=GRACE, event_id=f"e{n}"))).title for n in range(2, 6)
    }
    assert first.title not in asked
    elsewhere = set()
    for number in range(2):
        card = await world.services.quiz.ask(AskQuiz(actor=ELSEWHERE, event_id=f"x{number}"))
        await world.answer(ELSEWHERE, card.posting, "B")
        elsewhere.add(card.title)
    assert first.title in elsewhere


async def test_points_of_another_community_stay(world: World) -> None:
    await world.set_up(at_once=True)
    (here,) = world.postings()
    key = here.stored.item.meta.key
    await world.answer(GRACE, here.id, "B")
    while True:
        card = await world.services.quiz.ask(AskQuiz(actor=ELSEWHERE, event_id=world.event()))
        await world.answer(ELSEWHERE, card.posting, "B")
        if card.title == here.stored.item.meta.title:
            break
    kept = await points(world, ELSEWHERE)
    await set_aside(world, key)
    assert kept > 0
    assert await points(world, ELSEWHERE) == kept


async def test_only_admins_set_aside_and_only_with_a_reason(world: World) -> None:
    asked = presses(await typed(world, "void", question="lists"))["Set aside…"]
    with pytest.raises(NotAllowed):
        await press(world, asked.name, *asked.arguments, actor=GRACE, **WHY)
    with pytest.raises(Exception, match="Give a reason"):
        await press(world, asked.name, *asked.arguments, why="  ")


async def test_a_forged_number_finds_nothing(world: World) -> None:
    for forged in ("", "0", "99999999", "1;drop", "-1", "9" * 30):
        with pytest.raises(NotFound):
            await press(world, "question.preview", forged)


async def test_completion_offers_what_is_asked_here(world: World) -> None:
    assert ("lists", "Lists (lists)") in await world.services.panels.suggest("questions", ADA)
