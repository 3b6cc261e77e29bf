"""What comes of writing a message or pressing a button."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.domain.content import SourceFile
from bot.platforms.playground.commands import Leaderboard as Wanted
from bot.platforms.playground.conversation import CHAT_LIMIT, Conversation
from bot.platforms.playground.messages import Draft, History, Said
from bot.platforms.playground.people import RESIDENTS, People
from bot.platforms.playground.poster import PlaygroundPoster
from bot.platforms.playground.replies import Event, Reaction, Upload
from bot.services import cards
from bot.services.cards import Period
from bot.services.errors import Unavailable
from tests.unit.platforms.playground import samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeServices, FakeSignals

ADA, GRACE = People(RESIDENTS[0]), People(RESIDENTS[1])
CODE = "```python\ndef two_sum(): ...\n```"


class Room:
    """A conversation with everything around it in memory."""

    def __init__(self) -> None:
        self.messages = FakeMessages(FakeSignals())
        self.history = History(self.messages)
        self.services = FakeServices()
        self.services.poster = PlaygroundPoster(self.history)
        self.conversation = Conversation(self.services, self.history)  # type: ignore[arg-type]
        self.events = 0

    def event(self, people: People = ADA, name: str = "") -> Event:
        self.events += 1
        return Event(people=people, id=name or f"{people.me.id}:{self.events}", at=samples.NOW)

    async def say(self, text: str, people: People = ADA, **more: Any) -> Reaction:
        return await self.conversation.say(self.event(people), text, **more)


@pytest.fixture
def room() -> Room:
    return Room()


async def test_prose_is_a_message_for_everybody(room: Room) -> None:
    (message,) = (await room.say("good morning @everyone")).messages
    assert (message.body, message.author, message.private_to) == (Said("good morning @everyone"), "ada", None)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("/quiz", cards.QuestionCard),
        ("/challenge", cards.ChallengeCard),
        ("/hint", cards.HintCard),
        ("/leaderboard", cards.LeaderboardPage),
        ("/streak", cards.StreakCard),
        ("/help", cards.HelpCard),
        ("/nonsense", cards.Notice),
    ],
)
async def test_a_command_is_answered_privately_under_its_name(room: Room, line: str, kind: type) -> None:
    (message,) = (await room.say(line)).messages
    assert isinstance(message.body, kind)
    assert (message.private_to, message.invoked, message.invoked_by) == ("ada", line, "Ada")


async def test_an_answer_is_private_and_counted_on_the_question(room: Room) -> None:
    question = await room.history.add(Draft(channel="daily", body=samples.QUESTION))
    reaction = await room.conversation.answer(
        room.event(), samples.QUESTION.posting, frozenset("B"), message=question.id
    )
    assert isinstance(reaction.messages[0].body, cards.AnswerCard)
    assert reaction.messages[0].private_to == "ada"
    again = await room.history.get(question.id)
    assert again is not None
    assert again.body == dataclasses.replace(samples.QUESTION, answered=samples.QUESTION.answered + 1)


@pytest.mark.failure(20)
async def test_a_double_click_gives_one_answer_and_the_same_reply(room: Room) -> None:
    first = await room.conversation.answer(room.event(), 7, frozenset("B"))
    second = await room.conversation.answer(room.event(), 7, frozenset("B"))
    assert first.messages == second.messages
    assert len(room.messages.rows) == 1


async def test_another_choice_is_told_that_the_first_stands(room: Room) -> None:
    await room.conversation.answer(room.event(), 7, frozenset("A"))
    (message,) = (await room.conversation.answer(room.event(), 7, frozenset("B"))).messages
    assert isinstance(message.body, cards.AnswerCard)
    assert (message.body.repeated, message.body.correct) == (True, False)


async def test_an_answer_to_what_is_gone_is_refused_in_words(room: Room) -> None:
    (message,) = (await room.conversation.answer(room.event(), 999, frozenset("A"))).messages
    assert message.body == cards.Notice("That question is gone. `/quiz` asks another one.", ok=False)


@pytest.mark.parametrize("name", ["two-sum", "Two numbers, one target"])
async def test_code_that_names_a_challenge_is_handed_in_and_seen_by_nobody_else(
    room: Room, name: str
) -> None:
    text = f"for {name}\n{CODE}"
    (message,) = (await room.say(text)).messages
    assert isinstance(message.body, cards.Receipt)
    assert message.private_to == "ada"
    assert (room.services.submitted[0].challenge, room.services.submitted[0].text) == ("two-sum", text)


@pytest.mark.parametrize("body", [samples.CHALLENGE, samples.WRONG, samples.HINT, samples.RECEIPT])
async def test_code_in_a_reply_to_a_challenge_is_handed_in(room: Room, body: Any) -> None:
    posted = await room.history.add(Draft(channel="daily", body=body))
    (message,) = (await room.say(CODE, reply_to=posted.id)).messages
    assert isinstance(message.body, cards.Receipt)
    assert room.services.submitted[0].challenge == "two-sum"


async def test_a_reply_to_somebody_elses_private_message_tells_nothing(room: Room) -> None:
    secret = await room.history.add(Draft(channel="daily", body=samples.WRONG, private_to="grace"))
    await room.say(CODE, reply_to=secret.id)
    assert room.services.submitted == []


async def test_code_about_nothing_is_shown_with_advice(room: Room) -> None:
    said, advice = (await room.say(CODE)).messages
    assert (said.body, said.private_to) == (Said(CODE), None)
    assert isinstance(advice.body, cards.Notice)
    assert "/submit" in advice.body.text
    assert advice.private_to == "ada"


async def test_an_attached_file_is_handed_in(room: Room) -> None:
    file = Upload("solution.py", b"x = 1\n")
    await room.say("/submit two-sum", files=(file,))
    await room.say("", files=(file,))
    assert [code.files for code in room.services.submitted] == [(file.as_source(),)] * 2
    assert [code.challenge for code in room.services.submitted] == ["two-sum", None]


async def test_a_picture_in_place_of_code_is_refused(room: Room) -> None:
    (answer,) = (await room.say("/submit two-sum", files=(Upload("cat.png", b"\x89PNG\xff"),))).messages
    assert answer.body == cards.Notice("cat.png is no text file: hand in the source code.", ok=False)
    assert room.services.submitted == []


async def test_submit_without_code_opens_the_editor(room: Room) -> None:
    reaction = await room.say("/submit")
    assert reaction.editor == samples.CHALLENGE
    assert reaction.messages == ()


async def test_the_verdict_takes_the_place_of_the_receipt(room: Room) -> None:
    (receipt,) = (await room.say(f"/submit\n{CODE}")).messages
    assert isinstance(receipt.body, cards.Receipt)
    await room.services.grade()
    (verdict,) = await room.history.before("daily", "ada", None, 10)
    assert (verdict.id, type(verdict.body)) == (receipt.id, cards.VerdictCard)


async def test_a_verdict_quicker_than_its_receipt_stays(room: Room) -> None:
    submit = room.services.submit

    async def graded_at_once(code: Any) -> cards.Receipt:
        receipt = await submit(code)
        await room.services.grade()
        return receipt

    room.services.submissions.submit = graded_at_once
    (message,) = (await room.say(f"/submit\n{CODE}")).messages
    assert isinstance(message.body, cards.VerdictCard)


@pytest.mark.failure(24)
async def test_the_same_event_again_hands_in_once(room: Room) -> None:
    event = room.event(name="ada:same")
    (first,) = (await room.conversation.say(event, f"/submit\n{CODE}")).messages
    await room.services.grade()
    (second,) = (await room.conversation.say(event, f"/submit\n{CODE}")).messages
    assert len(room.services.submitted) == 1
    assert first.id == second.id
    assert isinstance(second.body, cards.VerdictCard)


@pytest.mark.parametrize("code", ["x = 1\n" * 200_000, "   "])
async def test_code_that_cannot_be_graded_is_refused_where_the_verdict_would_be(
    room: Room, code: str
) -> None:
    reaction = await room.conversation.submit(room.event(), None, files=(SourceFile("solution.py", code),))
    assert isinstance(reaction.messages[0].body, cards.Notice)
    assert not reaction.messages[0].body.ok
    assert len(room.messages.rows) == 1
    assert len(str(room.messages.rows[0].document)) < 1_000


async def test_a_very_long_message_is_refused_and_not_kept(room: Room) -> None:
    (message,) = (await room.say("x" * (CHAT_LIMIT + 1))).messages
    assert isinstance(message.body, cards.Notice)
    assert "at most 8,000 characters" in message.body.text


async def test_a_leaderboard_turns_its_own_page(room: Room) -> None:
    (shown,) = (await room.say("/leaderboard")).messages
    (turned,) = (await room.conversation.turn(room.event(), shown.id, Wanted(Period.ALL, 2))).messages
    assert isinstance(turned.body, cards.LeaderboardPage)
    assert (turned.id, turned.body.period, turned.body.page) == (shown.id, Period.ALL, 2)


async def test_nobody_turns_the_page_of_another(room: Room) -> None:
    (shown,) = (await room.say("/leaderboard")).messages
    (refused,) = (await room.conversation.turn(room.event(GRACE), shown.id, Wanted(Period.ALL, 2))).messages
    assert isinstance(refused.body, cards.Notice)
    assert (await room.history.get(shown.id)) == shown


@pytest.mark.failure(6)
async def test_a_lost_database_is_told_and_nothing_is_kept(room: Room) -> None:
    room.messages.away = True
    with pytest.raises(Unavailable, match="try again"):
        await room.say("hello")
    room.messages.away = False
    assert room.messages.rows == []
