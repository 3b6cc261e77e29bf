"""Every command with the worst that a person can type behind it: Slack takes every answer."""

from __future__ import annotations

import json

import pytest

from bot.platforms.slack.commands import COMMANDS, Command
from tests.e2e.slack.conftest import ADA, Slack
from tests.unit.platforms.slack.worst import HOSTILE, LONG

TEXTS = (HOSTILE, LONG, "`" * 500, "name:" * 300, "\u202e\u200b\ufeff" * 40, "9" * 400)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
async def test_whatever_is_typed_slack_takes_the_answer(slack: Slack, command: Command) -> None:
    await slack.open_round()
    for text in TEXTS:
        await slack.command(command.name, text)
    await slack.app.drain(5)
    refused = [call for call in slack.server.calls if not call.ok and call.method != "users.info"]
    assert [(call.method, call.answer) for call in refused] == []
    assert len(slack.server.called("response")) + len(slack.server.called("views.open")) >= len(TEXTS)
    for message in slack.server.messages:
        if message.user == ADA:
            assert "<!channel>" not in json.dumps(message.values.get("text", ""))
