"""Commands, buttons and dialogs over Socket Mode, as a member meets them."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.slack.conftest import ADA, RIGHT, Slack


def told(message: dict[str, Any]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def buttons(message: dict[str, Any]) -> list[str]:
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


async def test_quiz_shows_a_question_and_a_button_answers_it_privately(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("quiz")
    shown = await slack.server.private(ADA)
    assert "lists?" in told(shown)
    assert [name.split("|")[0] for name in buttons(shown)] == ["answer"] * 3
    letter = next(letter for letter in "ABC" if slack.world.postings()[0].id and _is_right(slack, letter))
    posting = slack.world.postings()[0].id
    await slack.press(f"answer|{posting}|{letter}")
    result = await slack.server.private(ADA, 2)
    assert "✅ Right, +" in told(result)
    assert not slack.server.in_channel()[0].user


def _is_right(slack: Slack, letter: str) -> bool:
    from bot.services.presenting import reviews

    posting = slack.world.postings()[0]
    item = posting.stored.as_question
    return next(one.right for one in reviews(item, posting.id, frozenset()) if one.letter == letter)


async def test_code_in_the_command_is_received_graded_and_the_verdict_follows(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("submit", RIGHT)
    assert "Grading your code" in told(await slack.server.private(ADA))
    await slack.world.grade()
    await slack.deliver()
    verdict = await slack.server.private(ADA, 2)
    assert "✅ Accepted, +" in told(verdict)
    assert [call.ok for call in slack.server.called("response")] == [True, True]


async def test_the_dialog_opens_at_once_is_filled_and_takes_code(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("submit")
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "code"), None)
    )
    assert "# here" in json.dumps(view)
    acknowledged = await slack.submit_view(view, {"code": {"value": "print(41)"}})
    assert acknowledged["payload"]["response_action"] == "update"
    await slack.server.until(lambda: "Grading" in json.dumps(slack.server.views[view["id"]]))
    await slack.world.grade()
    await slack.deliver()
    verdict = await slack.server.private(ADA)
    assert "❌ Wrong answer" in told(verdict)
    assert "submit|forty-two" in buttons(verdict)
