"""Leaderboards and streaks with their pictures, and the number of answers on the question itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.pictures import Painter
from bot.platforms.slack.counting import Counts
from tests.e2e.slack.conftest import ADA, GRACE, Slack
from tests.e2e.slack.server import CHANNEL


@pytest.fixture
async def drawn(slack: Slack) -> AsyncIterator[Slack]:
    """The app with pictures, and counts shown at once."""
    talk = slack.app.conversation
    services = replace(talk.services, pictures=Painter())
    counts = Counts(services, talk.replies, every_s=0)
    slack.app.conversation = replace(talk, services=services, counts=counts)
    yield slack
    await counts.close()


def pictures(message: dict[str, Any]) -> list[str]:
    return [block["alt_text"] for block in message["blocks"] if block["type"] == "image"]


async def answer(slack: Slack, user: str = ADA) -> None:
    posting = slack.world.postings()[0].id
    message = slack.server.in_channel()[0]
    container = {"type": "message", "channel_id": CHANNEL, "message_ts": message.ts, "is_ephemeral": False}
    await slack.press(f"answer|{posting}|B", user, container=container)


async def test_a_leaderboard_has_its_picture_and_its_words(drawn: Slack) -> None:
    await drawn.open_round()
    for letter in "ABC":
        await drawn.press(f"answer|{drawn.world.postings()[0].id}|{letter}", f"U{letter}")
    await drawn.server.until(lambda: len(drawn.world.store.tables.answers) == 3)
    await drawn.app.drain(5)
    await drawn.command("leaderboard")
    shown = await drawn.server.private(ADA)
    (alt,) = pictures(shown)
    assert alt.startswith("Leaderboard, this week")
    assert "Points" in json.dumps(shown["blocks"][2:])


async def test_a_streak_has_its_calendar(drawn: Slack) -> None:
    await drawn.open_round()
    await drawn.command("streak")
    assert len(pictures(await drawn.server.private(ADA))) == 1


async def test_without_the_right_to_upload_the_words_are_enough(drawn: Slack) -> None:
    await drawn.open_round()
    drawn.server.fail("files.getUploadURLExternal", "missing_scope")
    await drawn.command("streak")
    shown = await drawn.server.private(ADA)
    assert pictures(shown) == []
    assert "Longest" in json.dumps(shown)


async def test_a_picture_that_slack_takes_long_over_is_there_the_next_time(
    drawn: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.slack.uploads.PATIENCE_S", 0)
    await drawn.open_round()
    await drawn.command("streak")
    assert pictures(await drawn.server.private(ADA)) == []
    await drawn.server.until(lambda: any(drawn.server._is_ready(file) for file in drawn.server.uploads))
    sent = drawn.app.conversation.uploads._sent.values()
    await asyncio.gather(*sent)
    await drawn.command("streak")
    assert len(pictures(await drawn.server.private(ADA, 2))) == 1


async def test_answers_are_counted_on_the_posted_question(drawn: Slack) -> None:
    await drawn.open_round()
    question = drawn.server.in_channel()[0]
    metadata = question.values["metadata"]
    await answer(drawn)
    await drawn.server.until(lambda: "1 answer" in json.dumps(question.values["blocks"]))
    await answer(drawn, GRACE)
    await drawn.server.until(lambda: "2 answers" in json.dumps(question.values["blocks"]))
    assert question.values["metadata"] == metadata


async def test_many_answers_at_once_change_the_question_once(drawn: Slack) -> None:
    await drawn.open_round()
    talk = drawn.app.conversation
    drawn.app.conversation = replace(talk, counts=Counts(talk.services, talk.replies, every_s=3_600))
    await asyncio.gather(*(answer(drawn, f"U{number}") for number in range(5)))
    await asyncio.gather(*drawn.app._tasks)
    assert len(drawn.app.conversation.counts._pending) == 1
    assert not drawn.server.called("chat.update")
