"""The manifest is made from what the program has, and the copy in the docs is that manifest."""

from __future__ import annotations

import json
import re

import pytest

from bot.bootstrap.slack import slack_manifest
from bot.config import CHECKOUT
from bot.platforms.slack.commands import COMMANDS, Names
from bot.platforms.slack.manifest import manifest
from bot.services.panels import Option, OptionKind, PanelCommand
from tests.unit.services.fakes.world import World

COPY = CHECKOUT / "docs" / "reference" / "slack-manifest.json"
SOURCES = (CHECKOUT / "bot" / "platforms" / "slack").rglob("*.py")
PANELS = (
    PanelCommand(name="review", summary="What is due.", options=(Option(name="topic", summary="One topic"),)),
    PanelCommand(
        name="duel",
        summary="Challenge a member.",
        options=(Option(name="member", summary="Whom", kind=OptionKind.MEMBER, required=True),),
    ),
    PanelCommand(name="question", word="flag", summary="Say what is wrong."),
    PanelCommand(name="question", word="preview", summary="Look at one."),
    PanelCommand(name="bank", word="import", summary="Load a file."),
)


def test_every_command_is_there_with_what_slack_allows() -> None:
    panels = World().services.panels.commands
    found = manifest(panels)["features"]["slash_commands"]
    names = [command.name for command in (*COMMANDS, *panels)]
    assert [entry["command"] for entry in found] == [f"/{name}" for name in dict.fromkeys(names)]
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


def test_panels_have_a_command_for_each_name_and_say_what_may_follow() -> None:
    found = {entry["command"]: entry for entry in manifest(PANELS)["features"]["slash_commands"]}
    assert found["/review"]["usage_hint"] == "[topic]"
    assert found["/duel"]["usage_hint"] == "<@member>"
    assert found["/duel"]["should_escape"] is True
    assert found["/question"]["usage_hint"] == "flag|preview"
    assert found["/bank"]["usage_hint"] == "[list|import]"


def test_a_prefix_stands_before_every_command() -> None:
    found = manifest(PANELS, Names("warmup-"))["features"]["slash_commands"]
    assert all(entry["command"].startswith("/warmup-") for entry in found)
    assert Names("warmup-").plain("/warmup-quiz") == "quiz"


def test_sentences_name_commands_as_they_are_called_here() -> None:
    said = "Type `/quiz`, or /warmup setup. See https://x.example/quiz, ./warmup and /etc/passwd."
    assert Names("w-").told(said) == said.replace("`/quiz", "`/w-quiz").replace(" /warmup", " /w-warmup")
    assert Names().told(said) == said


@pytest.mark.parametrize("prefix", ["Big", "a b", "x" * 17, "/"])
def test_a_prefix_that_slack_would_not_take_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        Names(prefix)


def test_http_mode_has_its_address_everywhere() -> None:
    url = "https://warmup.example/slack/events"
    made = manifest((), url=url)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert {entry["url"] for entry in made["features"]["slash_commands"]} == {url}


def test_the_copy_in_the_docs_is_this_manifest() -> None:
    """`./warmup slack manifest > docs/reference/slack-manifest.json` makes it anew."""
    assert COPY.read_text() == slack_manifest()
    commands = {entry["command"] for entry in json.loads(COPY.read_text())["features"]["slash_commands"]}
    assert {f"/{command.name}" for command in World().services.panels.commands} <= commands


def test_every_web_method_has_its_scope() -> None:
    scopes = {
        "chat_postMessage": "chat:write",
        "chat_update": "chat:write",
        "chat_postEphemeral": "chat:write",
        "conversations_history": "channels:history",
        "conversations_replies": "channels:history",
        "conversations_join": "channels:join",
        "conversations_open": "im:write",
        "users_info": "users:read",
        "users_list": "users:read",
        "files_info": "files:read",
        "views_open": "commands",
        "files_getUploadURLExternal": "files:write",
        "files_completeUploadExternal": "files:write",
        "views_update": "commands",
        "views_push": "commands",
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
    assert {scopes[name] for name in called} <= set(manifest(())["oauth_config"]["scopes"]["bot"])
