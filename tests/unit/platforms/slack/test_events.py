"""Payloads read into events: ids that survive redelivery, times, and where answers go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.platforms.slack.events import MOST_SEEN, RESPONSE_URL_LIVES, Reader, Seen, team_of, timestamp

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
READER = Reader(NOW)
COMMAND = {
    "team_id": "T1",
    "trigger_id": "1.2",
    "user_id": "U1",
    "user_name": "ada",
    "channel_id": "C1",
    "channel_name": "daily",
    "response_url": "https://hooks.slack.com/commands/1",
}


def test_a_command_is_known_by_its_trigger_and_happens_now() -> None:
    event = READER.command(COMMAND)
    assert (event.id, event.at, event.user, event.channel) == ("command:1.2", NOW, "U1", "C1")
    actor = event.actor("Ada", is_admin=True)
    assert (actor.community, actor.channel_name, actor.name, actor.is_admin) == ("T1", "daily", "Ada", True)


@pytest.mark.parametrize("name", ["directmessage", "privategroup"])
def test_names_that_slack_makes_up_are_no_channels_names(name: str) -> None:
    assert READER.command({**COMMAND, "channel_name": name}).actor().channel_name == ""


def test_secrets_are_in_no_log() -> None:
    event = replace(READER.command(COMMAND), token="xoxb-secret")
    assert "secret" not in repr(event)
    assert "hooks" not in repr(event)


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1"}}, "T1"),
        ({"team": None, "user": {"team_id": "T1"}}, "T1"),
        ({"team_id": "T2", "authorizations": [{"team_id": "T1"}]}, "T1"),
        ({}, ""),
    ],
)
def test_the_workspace_is_the_one_that_has_the_app(body: dict[str, Any], team: str) -> None:
    assert team_of(body) == team


def test_the_verdict_goes_through_the_response_address_while_it_lives() -> None:
    reply = READER.command(COMMAND).reply()
    assert reply.token == COMMAND["response_url"]
    assert reply.expires_at == NOW + RESPONSE_URL_LIVES
    assert timedelta(minutes=30) > RESPONSE_URL_LIVES


def test_a_message_is_known_by_channel_time_and_edit() -> None:
    message: dict[str, Any] = {"user": "U1", "channel": "C1", "ts": "1763629200.000100"}
    first = READER.message({"event_id": "Ev1", "event": message})
    again = READER.message({"event_id": "Ev2", "event": message})
    edited = READER.message({"event": {**message, "edited": {"ts": "9.9"}}})
    assert first.id == again.id != edited.id
    assert first.at == datetime.fromtimestamp(1763629200.0001, UTC)
    assert first.reply().token == ""


def test_a_button_in_app_home_answers_to_the_member() -> None:
    event = READER.interaction({"user": {"id": "U1"}, "container": {"type": "view"}, "trigger_id": "3"})
    assert event.channel == "U1"
    assert event.is_direct


def test_a_button_in_a_dialog_is_answered_there_and_a_submitted_one_is_not() -> None:
    view = {"id": "V1", "type": "modal"}
    pressed = READER.interaction({"user": {"id": "U1"}, "view": view, "actions": [{}]})
    assert pressed.view == "V1"
    assert READER.interaction({"user": {"id": "U1"}, "view": view}).view == ""


@pytest.mark.parametrize("value", [None, "", "x", "nan", "1e400", {}])
def test_what_is_no_time_is_none(value: object) -> None:
    assert timestamp(value) is None


def test_what_was_seen_is_seen_again_until_it_is_long_ago() -> None:
    seen = Seen()
    assert [seen.again("a"), seen.again("a")] == [False, True]
    for number in range(MOST_SEEN):
        seen.again(str(number))
    assert not seen.again("a")
