"""The whole product as processes, with the local server in Slack's place: round, code, verdict."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.config import CHECKOUT
from bot.domain.content import Challenge
from bot.question_bank.reading import read_bank
from tests.e2e.running import start
from tests.e2e.slack.conftest import ADA
from tests.e2e.slack.server import APP_TOKEN, BOT_TOKEN, CHANNEL, SECRET, TEAM, SlackServer, post_signed

pytestmark = pytest.mark.timeout(240)
CHALLENGES = {
    found.item.meta.title: found.item
    for found in read_bank(CHECKOUT / "questions").items
    if isinstance(found.item, Challenge)
}


@pytest.fixture
async def patient() -> AsyncIterator[SlackServer]:
    """A server whose clock is the machine's, and that waits for sandboxes."""
    server = SlackServer(time.time, patience_s=120.0)
    server.add_user(ADA, "Ada", is_admin=True, tz="UTC")
    async with server.running():
        yield server


async def command(server: SlackServer, name: str, text: str) -> None:
    await server.send(
        "slash_commands",
        {
            "command": f"/{name}",
            "text": text,
            "user_id": ADA,
            "user_name": "ada",
            "team_id": TEAM,
            "channel_id": CHANNEL,
            "channel_name": "daily",
            "trigger_id": server.trigger(),
            "response_url": server.response_url(ADA),
        },
    )


def words(values: dict[str, Any]) -> str:
    return json.dumps(values.get("blocks"), ensure_ascii=False)


async def test_from_setup_to_verdict(patient: SlackServer, tmp_path: Path) -> None:
    running = await start(
        tmp_path / "data",
        "up",
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_APP_TOKEN=APP_TOKEN,
        SLACK_API_BASE=f"{patient.base}/api/",
    )
    try:
        await running.until_ready()
        await command(patient, "warmup", "setup")
        view = await patient.until(
            lambda: next((v for v in patient.views.values() if v.get("callback_id") == "setup"), None)
        )
        fields = {
            "time": {"selected_time": "09:00"},
            "zone": {"value": "UTC"},
            "days": {"selected_options": [{"value": str(day)} for day in range(1, 8)]},
            "content": {"selected_options": [{"value": "question"}, {"value": "challenge"}]},
            "now": {"selected_options": [{"value": "now"}]},
        }
        state = {"values": {name: {name: value} for name, value in fields.items()}}
        await patient.send(
            "interactive",
            {
                "type": "view_submission",
                "team": {"id": TEAM},
                "user": {"id": ADA, "username": "ada", "team_id": TEAM},
                "trigger_id": patient.trigger(),
                "view": {**view, "state": state},
            },
        )
        await patient.until(lambda: len(patient.in_channel()) == 2)
        title = patient.in_channel()[1].values["blocks"][0]["text"]["text"]
        challenge = CHALLENGES[title]
        solution = "\n".join(f"# file: {file.name}\n{file.text}" for file in challenge.references[0].files)
        await command(patient, "submit", f"```\n{_escaped(solution)}\n```")
        verdict = await patient.private(ADA, 2)
        assert "✅ Accepted" in words(verdict)
        refused = [call for call in patient.calls if not call.ok]
        assert refused == []
    finally:
        assert await running.end(signal.SIGTERM) == 0
    assert BOT_TOKEN not in running.said
    assert APP_TOKEN not in running.said


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def test_over_http_the_web_server_takes_what_is_signed(patient: SlackServer, tmp_path: Path) -> None:
    running = await start(
        tmp_path / "data",
        "up",
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_API_BASE=f"{patient.base}/api/",
        WARMUP_SLACK_COMMAND_PREFIX="wu-",
    )
    try:
        await running.until_ready()
        await patient.until(lambda: patient.called("auth.test"))
        url = f"{running.address}/slack/events"
        body = {
            "command": "/wu-warmup",
            "text": "help",
            "user_id": ADA,
            "team_id": TEAM,
            "channel_id": CHANNEL,
            "trigger_id": patient.trigger(),
            "response_url": patient.response_url(ADA),
        }
        async with aiohttp.ClientSession() as session:
            status = 503
            while status == 503:  # as Slack does, until the app has read the answer of auth.test
                status = await post_signed(session, url, urlencode(body), at=time.time())
            assert status == 200
            assert "/wu-quiz" in words(await patient.private(ADA))
            assert await post_signed(session, url, urlencode(body), at=time.time(), secret="x") == 401
    finally:
        assert await running.end(signal.SIGTERM) == 0
    assert SECRET not in running.said
