"""Every way in, from Discord's side: commands, buttons, dialogs, files, menus and messages."""

from __future__ import annotations

import io
import zipfile

from bot.domain.content import Kind, Option, Question
from tests.e2e.discord import limits
from tests.e2e.discord.server import ADA, BOT, CHANNEL, GRACE, ME
from tests.e2e.discord.world import Guild
from tests.unit.services.fakes.world import meta

SOLUTION = "print(42)\n"
FENCED = f"<@{BOT}> here it is\n```py\nprint(42)\n```"


def shown(message: dict) -> str:
    return "\n".join(limits.texts(message["components"]))


async def test_a_quiz_is_answered_by_a_button(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    assert asked.message["flags"] & limits.EPHEMERAL, "the question is private to whoever asked"
    assert {"A", "B", "C"} <= set(asked.buttons)

    answered = await server.press(asked.buttons["B"], asked.message)
    await server.until(lambda: answered.message)
    assert "Right, +" in answered.text
    assert "indeed" in answered.text
    assert len(answered.responses) == 1, "quick answers take one call"


async def test_a_quiz_can_be_asked_by_topic_and_difficulty(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz", {"topic": "data", "difficulty": "easy"})
    await server.until(lambda: asked.message)
    assert "Dicts" in asked.text
    none = await server.slash("quiz", {"topic": "cooking"})
    await server.until(lambda: none.message)
    assert "There is no such question here" in none.text


async def test_several_letters_are_chosen_in_a_dialog_and_confirmed(guild: Guild) -> None:
    options = (Option("one", True), Option("two", False), Option("three", True))
    several = Question(
        meta=meta("several", topic="sets"), kind=Kind.MULTIPLE_CHOICE, prompt="Which?", options=options
    )
    await guild.world.load(several, bank="more")
    server = guild.server
    asked = await server.slash("quiz", {"topic": "sets"})
    await server.until(lambda: asked.message)
    opened = await server.press(asked.buttons["Choose all that are right"], asked.message)
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, letters=["A", "C"])
    await server.until(lambda: sent.message)
    assert "Right" in sent.text


async def test_output_is_typed_in_a_dialog(guild: Guild) -> None:
    predict = Question(
        meta=meta("rounding", topic="numbers"),
        kind=Kind.PREDICT_OUTPUT,
        prompt="Type it.",
        program="print(round(2.5))",
        expected_output="2\n",
    )
    await guild.world.load(predict, bank="more")
    server = guild.server
    asked = await server.slash("quiz", {"topic": "numbers"})
    await server.until(lambda: asked.message)
    opened = await server.press(asked.buttons["Type what it prints"], asked.message)
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, output="2")
    await server.until(lambda: sent.message)
    assert "Right" in sent.text


async def test_code_from_the_dialog_gets_a_receipt_and_then_its_verdict_in_its_place(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    assert opened.modal["components"][0]["component"]["value"] == "# here\n", "the starter is there"

    sent = await server.fill(opened.modal, code=SOLUTION)
    await server.until(lambda: "Grading" in sent.text)
    await guild.world.grade()
    await guild.deliver()
    assert "Accepted" in sent.text
    assert sent.message["flags"] & limits.EPHEMERAL


async def test_a_second_try_begins_with_the_code_of_the_first(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, code="print(41)\n")
    await server.until(lambda: "Grading" in sent.text)
    await guild.world.grade()
    await guild.deliver()
    assert "Wrong answer" in sent.text
    again = await server.press(sent.buttons["Try again"], sent.message)
    await server.until(lambda: again.acknowledged)
    assert again.modal["components"][0]["component"]["value"] == "print(41)\n"


async def test_files_and_a_zip_are_taken_from_the_dialog_and_from_the_command(guild: Guild) -> None:
    server = guild.server
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mine/solution.py", SOLUTION)
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, {"mine.zip": packed.getvalue()})
    await server.until(lambda: "Grading" in sent.text)

    files = server.attach({"mine.py": SOLUTION.encode()})
    resolved = {"resolved": {"attachments": files}}
    options = {"challenge": "answer", "file": next(iter(files))}
    given = await server.slash("submit", options, data_more=resolved, by=GRACE)
    await server.until(lambda: "Grading" in given.text)
    await guild.world.grade()
    await guild.deliver()
    assert "Accepted" in sent.text
    assert "Accepted" in given.text


async def test_a_file_that_is_no_text_is_refused_with_a_sentence(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("submit", {"challenge": "answer"})
    await server.until(lambda: opened.acknowledged)
    sent = await server.fill(opened.modal, {"cat.png": b"\x89PNG\xff\xfe"})
    await server.until(lambda: sent.edits)
    assert "not a text file" in sent.text


async def test_ones_own_message_is_handed_in_by_its_menu_and_no_one_elses(guild: Guild) -> None:
    server = guild.server
    await guild.post_round()
    mine = server.message("```py\nprint(42)\n```", ADA)
    sent = await server.menu("Submit for grading", mine)
    await server.until(lambda: "Grading" in sent.text)
    stolen = await server.menu("Submit for grading", mine, by=GRACE)
    await server.until(lambda: stolen.message)
    assert "somebody else's" in stolen.text


async def test_a_mention_with_a_code_block_is_graded_in_a_reply(guild: Guild) -> None:
    server = guild.server
    await guild.post_round()
    before = len(server.posts())
    asked = await server.say(FENCED)
    await server.until(lambda: len(server.posts()) > before and "Grading" in shown(server.posts()[-1]))
    reply = server.posts()[-1]
    assert str(reply["message_reference"]["message_id"]) == asked["id"]
    await guild.world.grade()
    await guild.deliver()
    assert "Accepted" in shown(server.posts()[-1])
    assert len(server.posts()) == before + 1


async def test_a_reply_to_a_challenge_is_about_that_challenge(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("challenge", {"name": "answer"})
    await server.until(lambda: asked.message)
    replied = {"referenced_message": asked.message, "type": 19}
    replied["message_reference"] = {"message_id": asked.message["id"], "channel_id": CHANNEL}
    await server.say(FENCED, **replied)
    await server.until(lambda: server.posts() and "Grading" in shown(server.posts()[-1]))


async def test_a_direct_message_names_its_challenge_in_words(guild: Guild) -> None:
    server = guild.server
    await server.say("for answer:\n```\nprint(42)\n```", guild=False)
    channel = server.direct[ADA["id"]]
    await server.until(lambda: server.posts(channel) and "Grading" in shown(server.posts(channel)[-1]))
    await guild.world.grade()
    await guild.deliver()
    assert "Accepted" in shown(server.posts(channel)[-1])


async def test_a_direct_message_without_code_is_answered_with_how_to(guild: Guild) -> None:
    server = guild.server
    await server.say("hello?", guild=False)
    channel = server.direct[ADA["id"]]
    await server.until(lambda: server.posts(channel))
    assert "mention me with a code block" in shown(server.posts(channel)[-1])


async def test_talk_that_is_not_for_the_bot_is_passed_over(guild: Guild) -> None:
    server = guild.server
    await server.say("```py\nprint(42)\n```")
    await server.say(FENCED, author=ME | {"id": "77"})
    helped = await server.slash("help")
    await server.until(lambda: helped.message)
    assert server.posts() == []
    assert "/quiz" in helped.text


async def test_hints_come_one_after_the_other(guild: Guild) -> None:
    server = guild.server
    first = await server.slash("hint", {"challenge": "answer"})
    await server.until(lambda: first.message)
    assert "hint 1" in first.text
    second = await server.press(first.buttons["Hint"], first.message)
    await server.until(lambda: second.message)
    assert "hint 2" in second.text


async def test_a_leaderboard_turns_in_its_own_message(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    answered = await server.press(asked.buttons["B"], asked.message)
    await server.until(lambda: answered.message)
    board = await server.slash("leaderboard")
    await server.until(lambda: board.message)
    assert "**Ada** (you)" in board.text
    turned = await server.press(board.buttons["All time"], board.message)
    await server.until(lambda: turned.message)
    assert turned.responses[0]["type"] == 7, "the same message changes"
    assert "All time" in turned.text
    drawn = await server.press(turned.buttons["As a picture"], turned.message)
    await server.until(lambda: drawn.message)
    assert set(drawn.files) == {"leaderboard.png"}
    assert "**Ada** (you)" in drawn.text, "the text stays beside it"
    again = await server.press(drawn.buttons["This month"], drawn.message)
    await server.until(lambda: again.message)
    assert set(again.files) == {"leaderboard.png"}
    text = await server.press(again.buttons["Text only"], again.message)
    await server.until(lambda: text.message)
    assert text.files == {}


async def test_a_streak_comes_with_a_calendar_and_says_in_words_what_it_shows(guild: Guild) -> None:
    server = guild.server
    await guild.post_round()
    streak = await server.slash("streak")
    await server.until(lambda: streak.message)
    assert "Your streak" in streak.text
    (gallery,) = [
        each for each in limits.walk(streak.message["components"]) if each["type"] == limits.GALLERY
    ]
    assert "2 Mar: open." in gallery["items"][0]["description"]
    assert streak.files["streak.png"].startswith(b"\x89PNG")


async def test_completion_offers_what_there_is(guild: Guild) -> None:
    server = guild.server
    assert await server.complete("quiz", "topic", "da") == [{"name": "data", "value": "data"}]
    offered = await server.complete("challenge", "name", "ans")
    assert offered == [{"name": "Answer (answer)", "value": "answer"}]


async def test_a_thread_counts_as_its_channel(guild: Guild) -> None:
    server = guild.server
    await guild.post_round()
    asked = await server.slash("challenge", thread=True)
    await server.until(lambda: asked.message)
    assert "Challenge of the day" in asked.text


async def test_commands_are_registered_once_and_not_again_by_the_next_start(guild: Guild) -> None:
    assert guild.server.registrations == 1
    names = {each["name"] for each in guild.server.commands}
    assert names >= {"quiz", "challenge", "submit", "leaderboard", "streak", "hint", "help"}
    assert "Submit for grading" in names
    await guild.restart()
    assert guild.server.registrations == 1
    guild.server.commands[0]["description"] = "something else"
    await guild.restart()
    assert guild.server.registrations == 2


async def test_nothing_that_needs_approval_is_asked_for(guild: Guild) -> None:
    members, presences, content = 1 << 1, 1 << 8, 1 << 15
    assert guild.server.intents & (members | presences | content) == 0


async def test_whoever_is_too_quick_is_asked_to_wait(guild: Guild) -> None:
    server = guild.server
    asked = [await server.slash("help") for _ in range(9)]
    await server.until(lambda: all(each.message for each in asked))
    assert "Please wait" in asked[-1].text
    assert "Please wait" not in asked[-2].text
