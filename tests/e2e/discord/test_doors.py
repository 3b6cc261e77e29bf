"""Every way in, from Discord's side: commands, buttons, dialogs, files, menus and messages."""

from __future__ import annotations

from tests.e2e.discord.server import ADA
from tests.e2e.discord.world import Guild

SOLUTION = "print(42)\n"


async def test_a_quiz_is_answered_by_a_button(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    assert asked.message["flags"] & 64, "the question is private to whoever asked"
    assert {"A", "B", "C"} <= set(asked.buttons)
    assert "yes" in asked.text

    answered = await server.press(asked.buttons["B"], asked.message)
    await server.until(lambda: answered.message)
    assert "Right" in answered.text
    assert "indeed" in answered.text


async def test_code_from_the_dialog_gets_a_receipt_and_then_its_verdict_in_the_same_place(
    guild: Guild,
) -> None:
    server = guild.server
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    assert opened.modal["components"][0]["component"]["value"] == "# here\n", "the starter is there"

    sent = await server.fill(opened.modal, code=SOLUTION)
    await server.until(lambda: "Grading" in sent.text)
    await guild.world.grade()
    await guild.deliver()
    assert "Accepted" in sent.text
    assert sent.message["flags"] & 64


async def test_commands_are_registered_once_and_not_again_by_the_next_start(guild: Guild) -> None:
    assert guild.server.registrations == 1
    names = {each["name"] for each in guild.server.commands}
    assert names >= {
        "quiz",
        "challenge",
        "submit",
        "leaderboard",
        "streak",
        "hint",
        "help",
        "Submit for grading",
    }
    await guild.restart()
    assert guild.server.registrations == 1


async def test_a_person_is_called_by_their_display_name(guild: Guild) -> None:
    server = guild.server
    shown = await server.slash("leaderboard")
    await server.until(lambda: shown.message)
    assert "Nobody has earned points" in shown.text
    assert ADA["global_name"] == "Ada"
