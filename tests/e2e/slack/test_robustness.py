"""Redelivery, lost connections, deadlines, signatures, a database that is away."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.platforms.slack.app import SlackApp
from bot.platforms.slack.connection import BadToken, workspace_of
from bot.platforms.slack.transports import Socket, http_app
from bot.services.cards import LeaderboardPage
from bot.services.commands import ShowLeaderboard
from bot.web.server import listen, port_of, serve
from tests.e2e.slack.conftest import ADA, GRACE, RIGHT, Slack
from tests.e2e.slack.server import APP_TOKEN, BOT_TOKEN, SECRET, post_signed


@pytest.mark.failure(24)
async def test_a_command_delivered_again_changes_nothing(slack: Slack) -> None:
    await slack.open_round()
    body = slack.command_body("submit", RIGHT)
    await slack.server.send("slash_commands", body)
    await slack.server.private(ADA)
    await slack.server.send("slash_commands", body, retry_attempt=1)
    await slack.app.drain(5)
    assert len(slack.world.store.tables.submissions) == 1
    assert len(slack.server.called("response")) == 1


@pytest.mark.failure(24)
async def test_after_a_restart_too_a_message_delivered_again_is_the_same_submission(slack: Slack) -> None:
    await slack.open_round()
    event = {"type": "app_mention", "user": ADA, "channel": "C0DAILY", "ts": slack.server.ts(), "text": RIGHT}
    await slack.event(event)
    await slack.server.private(ADA)
    slack.app._seen = type(slack.app._seen)()
    await slack.event(event)
    await slack.app.drain(5)
    assert len(slack.world.store.tables.submissions) == 1
    assert len(slack.server.called("chat.postEphemeral")) == 1


@pytest.mark.failure(20)
async def test_a_double_click_is_one_answer(slack: Slack) -> None:
    await slack.open_round()
    posting = slack.world.postings()[0].id
    await asyncio.gather(slack.press(f"answer|{posting}|A"), slack.press(f"answer|{posting}|B"))
    await slack.server.private(ADA, 2)
    assert len(slack.world.store.tables.answers) == 1


async def test_a_polite_disconnect_is_followed_by_another_connection(slack: Slack) -> None:
    await slack.server.disconnect()
    await slack.server.until(lambda: slack.server.connections == 2)
    await slack.command("warmup", "help")
    assert "/quiz" in json.dumps(await slack.server.private(ADA))


async def test_a_dialog_whose_trigger_has_expired_says_so(slack: Slack) -> None:
    await slack.open_round()
    body = slack.command_body("submit")
    slack.world.pass_time(seconds=4)
    await slack.server.send("slash_commands", body)
    assert "could not be opened" in json.dumps(await slack.server.private(ADA))


@pytest.mark.failure(6)
async def test_without_the_database_everything_is_acknowledged_and_says_try_again(slack: Slack) -> None:
    slack.world.store.away = True
    for name in ("quiz", "challenge", "hint", "leaderboard", "streak"):
        assert "envelope_id" in await slack.command(name, user=GRACE)
    await slack.server.private(GRACE, 5)
    assert all("try again in a moment" in json.dumps(m.values) for m in slack.server.messages)


async def test_a_fault_of_ours_is_told_in_one_sentence(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(slack.world.services.leaderboards, "show", broken)
    await slack.command("leaderboard")
    told = json.dumps(await slack.server.private(ADA))
    assert "our side" in told
    assert "secret" not in told


@pytest.mark.failure(26)
@pytest.mark.parametrize("action", ["vote|7|A", "answer|x|A", "board|year|1", "answer", ""])
async def test_a_button_of_an_older_version_says_so(slack: Slack, action: str) -> None:
    await slack.press(action or "|")
    assert "older version" in json.dumps(await slack.server.private(ADA))


async def test_events_of_another_workspace_are_not_ours(slack: Slack) -> None:
    body = slack.command_body("warmup", team_id="T0OTHER")
    await slack.server.send("slash_commands", body)
    await slack.app.drain(5)
    assert "not set up for this workspace" in json.dumps(await slack.server.private(ADA))
    assert not slack.world.store.tables.members


async def test_who_is_asked_for_is_remembered(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("streak")
    await slack.server.private(ADA)
    await slack.command("streak")
    await slack.server.private(ADA, 2)
    assert len(slack.server.called("users.info")) == 1


async def test_a_wrong_token_is_told_in_one_sentence(unconnected: Slack) -> None:
    with pytest.raises(BadToken, match="SLACK_BOT_TOKEN"):
        await workspace_of(unconnected.clients, "xoxb-wrong")


@asynccontextmanager
async def over_http(slack: Slack) -> AsyncIterator[str]:
    """The app in HTTP mode; its address."""
    app = SlackApp(
        slack.world.services,
        slack.clients,
        slack.app.workspaces,
        slack.world.clock,
        signing_secret=SECRET,
    )
    listener, stopping = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.ensure_future(serve(http_app(app), listener, stopping=stopping))
    try:
        yield f"http://127.0.0.1:{port_of(listener)}/events"
    finally:
        stopping.set()
        await serving
        await app.drain(5)


async def test_over_http_a_signed_command_is_answered(unconnected: Slack) -> None:
    async with over_http(unconnected) as url, aiohttp.ClientSession() as session:
        body = urlencode(unconnected.command_body("warmup", "help"))
        assert await post_signed(session, url, body, at=time.time()) == 200
        assert "/quiz" in json.dumps(await unconnected.server.private(ADA))


async def test_over_http_bad_stale_and_missing_signatures_are_refused(unconnected: Slack) -> None:
    async with over_http(unconnected) as url, aiohttp.ClientSession() as session:
        body = urlencode(unconnected.command_body("warmup", "help"))
        now = time.time()
        assert await post_signed(session, url, body, at=now, secret="wrong") == 401
        assert await post_signed(session, url, body, at=now - 301) == 401
        assert await post_signed(session, url, body, at=now + 301) == 401
        assert await post_signed(session, url, body, at=now, headers={}) == 401
        assert (
            await post_signed(session, url, body + "&x=1", at=now, headers={"X-Slack-Signature": "v0="})
            == 401
        )
    assert not unconnected.server.called("response")


async def test_over_http_a_body_that_slack_never_sends_is_refused(unconnected: Slack) -> None:
    async with over_http(unconnected) as url, aiohttp.ClientSession() as session:
        async with session.post(url, data=io.BytesIO(b"x" * 5_000_000)) as response:
            assert response.status == 413
        async with session.post(url, data=b"\xff\xfe") as response:
            assert response.status == 400


async def test_the_acknowledgement_waits_for_no_database(
    slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()
    show = slack.world.services.leaderboards.show

    async def slow(command: ShowLeaderboard) -> LeaderboardPage:
        await gate.wait()
        return await show(command)

    monkeypatch.setattr(slack.world.services.leaderboards, "show", slow)
    assert "envelope_id" in await slack.command("leaderboard")
    assert not slack.server.called("response")
    gate.set()
    assert "Leaderboard" in json.dumps(await slack.server.private(ADA))


async def test_two_hundred_commands_at_once_are_all_acknowledged_and_answered(slack: Slack) -> None:
    await slack.open_round()
    users = [f"U{number:04}" for number in range(200)]
    await asyncio.gather(*(slack.command("streak", user=user) for user in users))
    await slack.server.until(lambda: len(slack.server.called("response")) == 200)
    assert {message.user for message in slack.server.messages if message.user} == set(users)


async def test_a_connection_that_is_just_gone_is_made_again(slack: Slack) -> None:
    await slack.server.disconnect(politely=False)
    await slack.server.until(lambda: slack.server.connections == 2)
    await slack.command("warmup", "help")
    assert "/quiz" in json.dumps(await slack.server.private(ADA))


@pytest.mark.failure(36)
async def test_what_is_under_way_when_it_stops_is_finished(
    unconnected: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    show = unconnected.world.services.leaderboards.show

    async def slow(command: ShowLeaderboard) -> LeaderboardPage:
        begun.set()
        await gate.wait()
        return await show(command)

    monkeypatch.setattr(unconnected.world.services.leaderboards, "show", slow)
    running = asyncio.ensure_future(Socket(unconnected.app, unconnected.clients, APP_TOKEN).run(stop))
    await unconnected.server.until(lambda: unconnected.server.connections)
    await unconnected.command("leaderboard")
    await begun.wait()
    stop.set()
    gate.set()
    await running
    assert len(unconnected.server.called("response")) == 1


async def test_no_payload_and_no_address_is_logged_even_at_debug(
    slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await slack.open_round()
    await slack.command("submit", RIGHT)
    await slack.server.private(ADA)
    for secret in ("/response/", BOT_TOKEN, APP_TOKEN, "print(42)"):
        assert secret not in caplog.text
