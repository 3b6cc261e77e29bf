"""The manifest is made from what the program has, and the copy in the docs is that manifest."""

from __future__ import annotations

import json
import re

import pytest

from bot.config import CHECKOUT
from bot.platforms.slack.commands import COMMANDS, Names
from bot.platforms.slack.manifest import as_json, manifest

COPY = CHECKOUT / "docs" / "reference" / "slack-manifest.json"
SOURCES = (CHECKOUT / "bot" / "platforms" / "slack").glob("*.py")


def test_every_command_is_there_with_what_slack_allows() -> None:
    found = manifest()["features"]["slash_commands"]
    assert [entry["command"] for entry in found] == [f"/{command.name}" for command in COMMANDS]
    for entry in found:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", entry["command"])
        assert len(entry["description"]) <= 2_000
        assert len(entry["usage_hint"]) <= 1_000
        assert "url" not in entry


def test_every_command_is_handled() -> None:
    from bot.platforms.slack import conversation

    source = (CHECKOUT / "bot" / "platforms" / "slack" / "conversation.py").read_text()
    for command in COMMANDS:
        assert hasattr(conversation.Conversation, command.name)
        assert f'"{command.name}": self.{command.name}' in source


def test_a_prefix_stands_before_every_command() -> None:
    found = manifest(Names("warmup-"))["features"]["slash_commands"]
    assert all(entry["command"].startswith("/warmup-") for entry in found)
    assert Names("warmup-").plain("/warmup-quiz") == "quiz"


@pytest.mark.parametrize("prefix", ["Big", "a b", "x" * 17, "/"])
def test_a_prefix_that_slack_would_not_take_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        Names(prefix)


def test_http_mode_has_its_address_everywhere() -> None:
    url = "https://warmup.example/slack/events"
    made = manifest(url=url)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert {entry["url"] for entry in made["features"]["slash_commands"]} == {url}


def test_the_copy_in_the_docs_is_this_manifest() -> None:
    assert COPY.read_text() == as_json()
    assert json.loads(COPY.read_text()) == manifest()


def test_every_web_method_has_its_scope() -> None:
    scopes = {
        "chat_postMessage": "chat:write",
        "chat_postEphemeral": "chat:write",
        "conversations_history": "channels:history",
        "conversations_replies": "channels:history",
        "conversations_join": "channels:join",
        "conversations_open": "im:write",
        "users_info": "users:read",
        "users_list": "users:read",
        "files_info": "files:read",
        "views_open": "commands",
        "views_update": "commands",
        "views_publish": "commands",
        "auth_test": "commands",
    }
    called = {
        name
        for path in SOURCES
        for name in re.findall(
            r"\)?\.((?:chat|conversations|users|files|views|auth)_\w+)\(", path.read_text()
        )
    }
    assert called <= set(scopes)
    assert {scopes[name] for name in called} <= set(manifest()["oauth_config"]["scopes"]["bot"])
