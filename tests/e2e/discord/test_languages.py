"""Everybody reads Warmup in the language of their own Discord, a channel in the one it was given."""

from __future__ import annotations

from tests.e2e.discord import limits
from tests.e2e.discord.server import GRACE
from tests.e2e.discord.world import ADMIN, Guild


def text_of(message: dict) -> str:
    return "\n".join(limits.texts(message["components"]))


async def test_two_readers_read_the_same_in_their_own_languages(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz", locale="de")
    await server.until(lambda: asked.message)
    assert "**Frage** · python · leicht" in asked.text
    answered = await server.press(asked.buttons["B"], asked.message, locale="de")
    await server.until(lambda: answered.message)
    assert "Richtig, +" in answered.text
    assert "Noch eine Frage" in answered.buttons
    board = await server.slash("leaderboard", locale="ja", by=GRACE)
    await server.until(lambda: board.message)
    assert "ランキング" in board.text
    assert "今週" in board.buttons


async def test_a_no_and_a_dialog_are_in_the_readers_language_too(guild: Guild) -> None:
    server = guild.server
    refused = await server.slash("hint", locale="es-419")
    await server.until(lambda: refused.message)
    assert "No hay ningún reto abierto en este canal." in refused.text
    opened = await server.slash("submit", {"challenge": "answer"}, locale="de")
    await server.until(lambda: opened.acknowledged)
    assert opened.modal["title"].startswith("Abgeben: ")
    assert opened.modal["components"][0]["label"] == "Dein Code"


async def test_a_verdict_comes_in_the_language_of_whoever_handed_in(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("submit", {"challenge": "answer"}, locale="de")
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, code="print(42)\n", locale="de")
    await server.until(lambda: "Dein Code wird geprüft" in sent.text)
    await guild.world.grade()
    await guild.deliver()
    assert "✅ Angenommen" in sent.text


async def test_a_channel_has_its_language_also_when_the_count_is_drawn_again(guild: Guild) -> None:
    server = guild.server
    await guild.world.set_up(ADMIN, at_once=True, language="de")
    await guild.deliver()
    question = server.posts()[0]
    assert "**Frage des Tages** · Mo 2. März" in text_of(question)
    buttons = {
        each["label"]: each["custom_id"] for each in limits.walk(question["components"]) if "label" in each
    }
    answered = await server.press(buttons["B"], question)
    await server.until(lambda: answered.message)
    assert "Right, +" in answered.text, "the reader's own language"
    await server.until(lambda: "1 Antwort ·" in text_of(question))


async def test_commands_are_described_in_every_language_and_called_the_same(guild: Guild) -> None:
    commands = {each["name"]: each for each in guild.server.commands}
    quiz = commands["quiz"]
    assert quiz["description_localizations"]["de"].startswith("Die heutige Frage")
    assert quiz["description_localizations"]["ja"].startswith("今日の問題")
    assert set(quiz["description_localizations"]) == {"de", "es-ES", "es-419", "ja"}
    assert not quiz.get("name_localizations")
    (topic, difficulty) = quiz["options"]
    assert topic["description_localizations"]["de"] == "Worum es geht"
    assert difficulty["choices"][0]["name_localizations"]["es-ES"] == "Fácil"
    before = guild.server.registrations
    await guild.restart()
    assert guild.server.registrations == before, "nothing has changed"


async def test_a_role_is_pinged_with_the_question_alone_and_nobody_else(guild: Guild) -> None:
    server = guild.server
    await guild.world.set_up(ADMIN, at_once=True, ping="777")
    await guild.deliver()
    first, second = server.posts()
    assert first["allowed_mentions"]["roles"] == ["777"] or first["allowed_mentions"]["roles"] == [777]
    assert first["allowed_mentions"].get("parse") == []
    assert "<@&777>" in text_of(first)
    assert "<@&" not in text_of(second)
    assert second["allowed_mentions"].get("roles", []) == []


async def test_an_admin_chooses_language_and_role(guild: Guild) -> None:
    server = guild.server
    role = {"id": "777", "name": "Daily", "permissions": "0", "position": 1, "color": 0, "flags": 0}
    role |= {"hoist": False, "managed": False, "mentionable": True, "colors": {"primary_color": 0}}
    options = {"time": "09:00", "zone": "UTC", "language": "ja", "role": "777", "now": True}
    resolved = {"resolved": {"roles": {"777": role}}}
    done = await server.slash("warmup setup", options, admin=True, data_more=resolved)
    await server.until(lambda: done.message)
    await guild.deliver()
    assert "今日の問題" in text_of(server.posts()[0])
    assert "<@&777>" in text_of(server.posts()[0])
