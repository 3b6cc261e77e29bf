"""Panels in the channel: typed, drawn, pressed, asked, kept private."""

from __future__ import annotations

import re

import pytest

from bot.platforms.playground.conversation import Conversation
from bot.platforms.playground.messages import Draft, History, Message, from_stored
from bot.platforms.playground.people import RESIDENTS, People
from bot.platforms.playground.render import Renderer
from bot.platforms.playground.replies import Event, Reaction, Upload
from bot.services.cards import Notice
from bot.services.panels import Panel
from tests.unit.platforms.playground import sample_panels, samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeServices, FakeSignals

ADA, GRACE = People(RESIDENTS[0]), People(RESIDENTS[1])


class Room:
    """A conversation with everything around it in memory."""

    def __init__(self) -> None:
        self.messages = FakeMessages(FakeSignals())
        self.history = History(self.messages)
        self.services = FakeServices()
        self.sample = self.services.sample
        self.conversation = Conversation(self.services, self.history)  # type: ignore[arg-type]
        self.events = 0

    def event(self, people: People = ADA) -> Event:
        self.events += 1
        return Event(people=people, id=f"{people.me.id}:{self.events}", at=samples.NOW)

    async def say(self, text: str, people: People = ADA, files: tuple[Upload, ...] = ()) -> Message:
        return (await self.conversation.say(self.event(people), text, files)).messages[0]

    async def press(
        self, message: Message, key: str, values: dict[str, str] | None = None, people: People = ADA
    ) -> Reaction:
        return await self.conversation.panels.press(self.event(people), message.id, key, values)


@pytest.fixture
def room() -> Room:
    return Room()


def body(message: Message) -> Panel:
    assert isinstance(message.body, Panel)
    return message.body


async def test_a_command_opens_its_panel_for_its_reader_alone(room: Room) -> None:
    message = await room.say("/progress sql")
    assert message.body == sample_panels.EVERYTHING
    assert (message.private_to, message.invoked) == ("ada", "/progress sql")
    assert room.sample.opened[0].values == {"topic": "sql"}


async def test_a_panel_survives_the_history(room: Room) -> None:
    await room.say("/progress")
    assert from_stored(room.messages.rows[0]).body == sample_panels.EVERYTHING


async def test_a_public_panel_is_for_everybody_and_a_private_answer_is_not_put_in_its_place(
    room: Room,
) -> None:
    shown = await room.say("/shout")
    assert shown.private_to is None
    (answer,) = (await room.press(shown, "sample.mine", people=GRACE)).messages
    assert (answer.id != shown.id, answer.private_to) == (True, "grace")
    assert body(answer).title == "For Grace alone"


async def test_files_go_to_the_command_that_takes_them(room: Room) -> None:
    await room.say("/deck load Words", files=(Upload("words.csv", b"a;\xff"),))
    (file,) = room.sample.opened[0].files
    assert (file.name, file.content) == ("words.csv", b"a;\xff")
    refused = await room.say("/deck show new", files=(Upload("words.csv", b"a;\xff"),))
    assert refused.body == Notice("`/deck` takes no file.", ok=False)


async def test_a_press_replaces_the_panel_it_was_on(room: Room) -> None:
    message = await room.say("/progress")
    (edited,) = (await room.press(message, "sample.next:1")).messages
    assert (edited.id, body(edited).title) == (message.id, "Card 2")
    assert room.sample.pressed[0].arguments == ("1",)


async def test_a_form_is_made_when_its_button_is_pressed_and_sent_with_the_press(room: Room) -> None:
    message = await room.say("/progress")
    asked = await room.conversation.panels.form(room.event(), "sample.say")
    assert asked.form == sample_panels.FORM
    (answer,) = (await room.press(message, "sample.say", {"word": "hm", "some": "x,y"})).messages
    assert answer.body == Notice("Thank you.")
    assert room.sample.pressed[0].values == {"word": "hm", "some": "x,y"}


async def test_what_is_wrong_with_a_form_is_said_in_the_form(room: Room) -> None:
    message = await room.say("/progress")
    reaction = await room.press(message, "sample.say", {"word": "nothing"})
    assert (reaction.problem, reaction.messages) == ("Say something, please.", ())


@pytest.mark.parametrize(
    ("key", "told"), [("sample.no", "not possible now"), ("nowhere:1", "from an earlier version")]
)
async def test_a_press_that_is_refused_says_why_in_private(room: Room, key: str, told: str) -> None:
    message = await room.say("/progress")
    (answer,) = (await room.press(message, key)).messages
    assert isinstance(answer.body, Notice)
    assert told in answer.body.text
    assert answer.private_to == "ada"


async def test_a_page_whose_messages_are_gone_is_loaded_anew(room: Room) -> None:
    message = await room.say("/progress")
    room.sample.forgetting = room.messages
    assert (await room.press(message, "sample.forget")).stale
    assert not (await room.press(await room.say("/progress"), "sample.next:1")).stale


async def test_nobody_presses_the_buttons_of_another_reader(room: Room) -> None:
    message = await room.say("/progress")
    (answer,) = (await room.press(message, "sample.next:1", people=GRACE)).messages
    assert answer.body == Notice("That message is gone. Type the command again.", ok=False)
    assert room.sample.pressed == []


async def test_every_block_is_drawn_and_members_words_stay_words(room: Room) -> None:
    message = await room.say("/progress")
    html = Renderer().message(message, "ada").html
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; @everyone **not bold** `x`" in html
    assert "<strong>12</strong>" in html
    assert re.search(r"<summary[^>]*>Show the answer</summary>.*<strong>42</strong>", html, re.DOTALL)
    assert '<time datetime="2026-11-21T23:30:00+00:00">' in html
    assert re.search(r'<td dir="auto" class="number">1,512</td>', html)
    assert 'alt="A line that rises from 1,400 to 1,540"' in html
    assert "15 bytes" in html
    assert html.count('data-action="press"') == 4
    assert html.count("data-asks") == 1
    assert html.count(" disabled>") == 1


async def test_a_panel_of_another_version_is_told_as_such(room: Room) -> None:
    await room.history.add(Draft(channel="daily", body=sample_panels.EVERYTHING))
    document = dict(room.messages.rows[0].document)
    document["value"] = {**document["value"], "blocks": [{"block": "hologram"}]}
    await room.messages.edit(1, document)
    message = await room.history.get(1)
    assert message is not None
    assert isinstance(message.body, Notice)
