"""Three seconds to react, fifteen minutes to edit, and buttons for ever."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.discord import limits
from tests.e2e.discord.server import ADA, CHANNEL
from tests.e2e.discord.world import Guild

SOLUTION = "print(42)\n"


async def hand_in(guild: Guild, code: str = SOLUTION):
    opened = await guild.server.slash("submit", {"challenge": "answer"})
    await guild.server.until(lambda: opened.acknowledged)
    sent = await guild.server.fill(opened.modal, code=code)
    await guild.server.until(lambda: "Grading" in sent.text)
    return sent


async def test_slow_work_is_acknowledged_first_and_answered_later(guild: Guild) -> None:
    await guild.restart(after_s=0.0)
    server = guild.server
    gate = asyncio.Event()
    begin = guild.world.services.quiz._begin

    def slow():
        return Slow(gate, begin)

    guild.world.services.quiz._begin = slow
    asked = await server.slash("quiz")
    await server.until(lambda: asked.acknowledged)
    assert asked.responses[0]["type"] == 5
    guild.pass_time(10)
    gate.set()
    await server.until(lambda: asked.edits)
    assert "yes" in asked.text


class Slow:
    """A transaction that begins when it is let."""

    def __init__(self, gate: asyncio.Event, begin) -> None:
        self.gate, self.inner = gate, begin()

    async def __aenter__(self):
        await self.gate.wait()
        return await self.inner.__aenter__()

    async def __aexit__(self, *error):
        return await self.inner.__aexit__(*error)


async def test_code_is_not_lost_when_discord_has_stopped_waiting(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, before=lambda: guild.pass_time(4), code=SOLUTION)
    await server.until(lambda: server.late == [sent.id])
    while not guild.world.store.tables.submissions:  # noqa: ASYNC110 - the client has no more requests to make
        await asyncio.sleep(0)
    await guild.world.grade()
    await guild.deliver()
    direct = server.posts(server.direct[ADA["id"]])
    assert "Accepted" in "\n".join(limits.texts(direct[-1]["components"]))


@pytest.mark.failure(25)
async def test_a_verdict_after_the_tokens_life_is_a_direct_message(guild: Guild) -> None:
    sent = await hand_in(guild)
    await guild.world.grade()
    guild.pass_time(16 * 60)
    await guild.deliver()
    assert "Grading" in sent.text, "the receipt is out of reach"
    direct = guild.server.posts(guild.server.direct[ADA["id"]])
    assert "Accepted" in "\n".join(limits.texts(direct[-1]["components"]))


@pytest.mark.failure(25)
async def test_where_direct_messages_are_closed_it_is_a_mention_without_code(guild: Guild) -> None:
    guild.server.closed_to_us.add(ADA["id"])
    await hand_in(guild, "print('secret idea')\n")
    await guild.world.grade()
    guild.pass_time(16 * 60)
    await guild.deliver()
    (post,) = guild.server.posts(CHANNEL)
    text = "\n".join(limits.texts(post["components"]))
    assert f"<@{ADA['id']}>" in text
    assert "Wrong answer" in text
    assert "secret" not in text
    assert post["allowed_mentions"] == {"parse": [], "users": [int(ADA["id"])]}


async def test_a_verdict_that_is_quicker_than_its_receipt_stays(guild: Guild) -> None:
    server = guild.server
    await hand_in(guild)
    await guild.world.grade()
    await guild.deliver()
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    again = await server.fill(opened.modal, code=SOLUTION)
    await server.until(lambda: "Accepted" in again.text)
    await guild.deliver()
    assert "Accepted" in again.text


@pytest.mark.failure(26)
async def test_buttons_and_dialogs_of_before_a_restart_work(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    await guild.restart()
    answered = await server.press(asked.buttons["B"], asked.message)
    await server.until(lambda: answered.message)
    assert "Right" in answered.text
    sent = await server.fill(opened.modal, code=SOLUTION)
    await server.until(lambda: "Grading" in sent.text)


@pytest.mark.failure(26)
async def test_a_button_of_another_release_says_why_not(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    old = dict(asked.message)
    old["components"] = [
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "A", "custom_id": "old_7_A"}]}
    ]
    old["flags"] = 0
    pressed = await server.press("old_7_A", old)
    await server.until(lambda: pressed.message)
    assert "another version" in pressed.text


@pytest.mark.failure(20)
async def test_a_double_click_is_one_answer(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    first = await server.press(asked.buttons["B"], asked.message)
    second = await server.press(asked.buttons["A"], asked.message)
    await server.until(lambda: first.message and second.message)
    assert len(guild.world.store.tables.answers) == 1
    assert sum("first answer stands" in each.text for each in (first, second)) == 1


@pytest.mark.failure(23)
async def test_the_time_of_the_press_decides_whether_a_round_was_open(guild: Guild) -> None:
    server = guild.server
    await guild.post_round()
    post = server.posts()[0]
    letter = next(each["custom_id"] for each in limits.walk(post["components"]) if each.get("label") == "B")
    guild.pass_time(48 * 3600)
    late = await server.press(letter, post)
    await server.until(lambda: late.message)
    assert "round is over" in late.text


async def test_the_database_away_is_said_and_nothing_is_lost(guild: Guild) -> None:
    server = guild.server
    guild.world.store.away = True
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    assert "try again" in asked.text
    guild.world.store.away = False
    again = await server.slash("quiz")
    await server.until(lambda: again.message)
    assert "yes" in again.text


async def test_a_dialog_opens_without_its_starter_rather_than_too_late(guild: Guild) -> None:
    await guild.restart(after_s=0.0)
    server, services = guild.server, guild.world.services
    gate, begin = asyncio.Event(), guild.world.store.begin
    services.challenges._begin = lambda: Slow(gate, begin)
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    assert not opened.modal["components"][0]["component"].get("value")
    sent = await server.fill(opened.modal, code=SOLUTION)
    await server.until(lambda: "Grading" in sent.text)
    services.submissions._begin = lambda: Slow(gate, begin)
    again = await server.press("1:r:1", sent.message | {"components": old_row("1:r:1")})
    await server.until(lambda: again.text)
    assert "press it again" in again.text


def old_row(custom_id: str) -> list[dict]:
    """A row with one button."""
    button = {"type": 2, "style": 1, "label": "A", "custom_id": custom_id}
    return [{"type": 1, "components": [button]}]
