"""Every way to hand in code: what is graded is what was typed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.slack.conftest import ADA, GRACE, RIGHT, Slack
from tests.e2e.slack.server import CHANNEL

CODE = 'if 1 < 2 and "&" != "&lt;":\n    print(42)'


def block(code: str, before: str = "") -> list[dict[str, Any]]:
    """A message's blocks as Slack's composer makes them."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": before or "Here it is"}]}
    preformatted = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": code}]}
    return [{"type": "rich_text", "elements": [section, preformatted]}]


async def graded(slack: Slack) -> str:
    """The code that came to the judge."""
    await slack.server.until(lambda: any("Grading" in json.dumps(m.values) for m in slack.server.messages))
    await slack.world.grade()
    return slack.world.judge.graded[-1].files[0].text.strip()


async def test_a_commands_text_is_unescaped_once_and_links_are_undone(slack: Slack) -> None:
    await slack.open_round()
    typed = CODE + '\nsite = "http://example.com", "ada@example.com"'
    sent = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    sent = sent.replace("http://example.com", "<http://example.com>")
    sent = sent.replace("ada@example.com", "<mailto:ada@example.com|ada@example.com>")
    await slack.command("submit", f"```\n{sent}\n```")
    assert await graded(slack) == typed


async def test_curly_quotes_and_odd_spaces_are_undone(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("submit", "```\nif True:\n\u00a0\u00a0\u00a0\u00a0print(\u201c42\u201d)\n```")
    assert await graded(slack) == 'if True:\n    print("42")'


async def test_a_mention_with_a_block_is_read_from_its_blocks(slack: Slack) -> None:
    await slack.open_round()
    await slack.say("app_mention", text="<@U0BOT> ```mangled```", blocks=block(CODE))
    assert await graded(slack) == CODE
    await slack.deliver()
    direct = slack.server.in_channel(f"D-{ADA}")
    assert "Accepted" in json.dumps(direct[0].values, ensure_ascii=False)


async def test_a_link_inside_a_block_keeps_the_words_typed(slack: Slack) -> None:
    await slack.open_round()
    blocks = block("x = ")
    link = {"type": "link", "url": "http://example.com", "text": "example.com"}
    blocks[0]["elements"][1]["elements"] = [
        {"type": "text", "text": 'x = "'},
        link,
        {"type": "text", "text": '"\nprint(42)'},
    ]
    await slack.say("app_mention", text="", blocks=blocks)
    assert await graded(slack) == 'x = "example.com"\nprint(42)'


async def test_a_direct_message_names_its_challenge_outside_the_code(slack: Slack) -> None:
    await slack.open_round()
    await slack.say(
        "message", channel="D0ADA", channel_type="im", text="", blocks=block(CODE, "for Forty Two, please")
    )
    assert await graded(slack) == CODE
    assert slack.server.in_channel("D0ADA")


async def test_a_file_of_a_direct_message_is_fetched_with_the_token(slack: Slack) -> None:
    await slack.open_round()
    slack.server.files["solution.py"] = CODE.encode()
    await slack.say(
        "message",
        channel="D0ADA",
        channel_type="im",
        subtype="file_share",
        text="forty-two",
        files=[slack.server.file("solution.py")],
    )
    assert await graded(slack) == CODE


async def test_the_dialog_takes_files_too(slack: Slack) -> None:
    await slack.open_round()
    slack.server.files["solution.py"] = CODE.encode()
    await slack.press("submit|forty-two")
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "code"), None)
    )
    await slack.submit_view(
        view, {"code": {"value": None}, "files": {"files": [slack.server.file("solution.py")]}}
    )
    await slack.server.until(lambda: "Grading" in json.dumps(slack.server.views[view["id"]]))
    await slack.world.grade()
    assert slack.world.judge.graded[-1].files[0].text.strip() == CODE


@pytest.mark.parametrize(
    ("content", "size", "reason"),
    [
        (b"\xff\xfe\x00", None, "no text in UTF-8"),
        (b"print(42)", 10_000_000, "too large"),
        (b"x" * 300_000, 10, "too large"),
    ],
)
async def test_a_file_that_is_no_code_is_refused_in_one_sentence(
    slack: Slack, content: bytes, size: int | None, reason: str
) -> None:
    await slack.open_round()
    slack.server.files["data"] = content
    file = slack.server.file("data")
    file["size"] = size or file["size"]
    await slack.say("app_mention", text="", files=[file])
    assert reason in json.dumps(await slack.server.private(ADA))
    assert not slack.world.store.tables.submissions


async def test_the_token_goes_to_no_address_but_slacks(slack: Slack) -> None:
    await slack.open_round()
    file = {"id": "F1", "name": "a.py", "size": 3, "url_private_download": "http://127.0.0.1:9/a.py"}
    await slack.say("app_mention", text="", files=[file])
    assert "did not give me the file" in json.dumps(await slack.server.private(ADA))


async def shortcut(slack: Slack, message: dict[str, Any], user: str = ADA) -> None:
    body = slack.press_body({}, user)
    del body["actions"], body["container"]
    body |= {"type": "message_action", "callback_id": "submit_message", "action_ts": slack.server.ts()}
    await slack.server.send("interactive", {**body, "message": message})


async def test_the_menu_of_ones_own_message_hands_it_in_once(slack: Slack) -> None:
    await slack.open_round()
    message = {"type": "message", "user": ADA, "ts": slack.server.ts(), "text": "", "blocks": block(CODE)}
    await shortcut(slack, message)
    assert await graded(slack) == CODE
    await shortcut(slack, message)
    assert len(slack.world.store.tables.submissions) == 1


async def test_somebody_elses_message_is_not_ones_own(slack: Slack) -> None:
    await slack.open_round()
    message = {"type": "message", "user": ADA, "ts": slack.server.ts(), "text": "", "blocks": block(CODE)}
    await shortcut(slack, message, GRACE)
    assert "Only the author" in json.dumps(await slack.server.private(GRACE))


async def test_a_refused_dialog_comes_back_with_what_was_typed(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("submit")
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "code"), None)
    )
    await slack.submit_view(view, {"code": {"value": "   "}})
    again = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if "Not handed in" in json.dumps(v)), None)
    )
    await slack.submit_view(again, {"code": {"value": "print(42)"}})
    await slack.server.until(lambda: "Grading" in json.dumps(slack.server.views[view["id"]]))
    assert len(slack.world.store.tables.submissions) == 1


async def test_a_message_without_code_gets_help(slack: Slack) -> None:
    await slack.say("app_mention", text="<@U0BOT> hello")
    assert "/submit" in json.dumps(await slack.server.private(ADA))


async def test_the_bots_own_messages_and_edits_are_nothing_to_it(slack: Slack) -> None:
    await slack.open_round()
    await slack.say("message", user="U0BOT", channel="D0ADA", channel_type="im", text=RIGHT, bot_id="B0BOT")
    await slack.say("message", channel="D0ADA", channel_type="im", subtype="message_changed", text=RIGHT)
    await slack.app.drain(5)
    assert not slack.server.in_channel("D0ADA")
    assert CHANNEL
