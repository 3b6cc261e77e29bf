"""Commands, buttons and dialogs over Socket Mode, as a member meets them."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.content import Kind, Option, Question
from bot.services.presenting import reviews
from tests.e2e.slack.conftest import ADA, GRACE, RIGHT, Slack
from tests.unit.services.fakes.world import meta


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


BOTH = Question(
    meta=meta("evens"),
    kind=Kind.MULTIPLE_CHOICE,
    prompt="Which are even?",
    options=(Option("two", True), Option("four", True), Option("three", False)),
)
PRINTS = Question(
    meta=meta("prints"),
    kind=Kind.PREDICT_OUTPUT,
    prompt="Read it.",
    program="print(1 < 2)",
    expected_output="True\n",
)


async def test_boxes_are_ticked_then_confirmed(slack: Slack) -> None:
    await slack.world.load(BOTH)
    await slack.command("quiz")
    shown = await slack.server.private(ADA)
    tick, confirm = buttons(shown)
    posting = int(confirm.split("|")[1])
    await slack.press(tick)
    stored = next(iter(slack.world.store.tables.postings.values()))
    right = [one.letter for one in reviews(BOTH, stored.id, frozenset()) if one.right]
    ticked = {tick: {"selected_options": [{"value": letter} for letter in right]}}
    await slack.press(confirm, state={"values": {f"ticks|{posting}": ticked}})
    assert "✅ Right" in told(await slack.server.private(ADA, 2))


async def test_confirming_nothing_says_so(slack: Slack) -> None:
    await slack.world.load(BOTH)
    await slack.command("quiz")
    _, confirm = buttons(await slack.server.private(ADA))
    await slack.press(confirm)
    assert "Nothing was chosen" in told(await slack.server.private(ADA, 2))


async def test_output_is_typed_in_a_dialog_and_told_privately(slack: Slack) -> None:
    await slack.world.load(PRINTS)
    await slack.command("quiz")
    shown = await slack.server.private(ADA)
    assert "print(1 < 2)" in told(shown)
    await slack.press(buttons(shown)[0])
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "output"), None)
    )
    await slack.submit_view(view, {"output": {"value": "True"}})
    assert "✅ Right" in told(await slack.server.private(ADA, 2))


async def test_a_question_that_somebody_else_asked_for_is_theirs(slack: Slack) -> None:
    await slack.world.load(BOTH)
    await slack.command("quiz")
    _, confirm = buttons(await slack.server.private(ADA))
    await slack.press(confirm, GRACE)
    assert "Somebody else asked" in told(await slack.server.private(GRACE))


async def test_an_unknown_topic_is_met_with_those_there_are(slack: Slack) -> None:
    await slack.world.load(BOTH)
    await slack.command("quiz", "pyhton")
    assert "python" in told(await slack.server.private(ADA))


async def test_a_challenge_is_shown_by_name_with_its_starter(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("challenge", "forty-two")
    shown = await slack.server.private(ADA)
    assert "# here" in told(shown)
    assert buttons(shown) == ["submit|forty-two", "hint|forty-two"]
