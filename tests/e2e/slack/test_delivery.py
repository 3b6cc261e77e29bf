"""Rounds, verdicts and recaps: each is there once, whatever Slack answers."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.services.commands import ReplyTarget
from tests.e2e.slack.conftest import ADA, RIGHT, Slack
from tests.e2e.slack.server import CHANNEL


async def retry(slack: Slack) -> None:
    """Let the pause of every retry go by, then deliver."""
    slack.world.pass_time(minutes=6)
    await slack.deliver()


async def test_a_round_is_posted_with_its_metadata(slack: Slack) -> None:
    await slack.open_round()
    question, challenge = slack.server.in_channel()
    assert "lists?" in json.dumps(question.values)
    assert "Print 42." in json.dumps(challenge.values)
    assert question.values["metadata"]["event_payload"]["nonce"]
    assert question.values["unfurl_links"] in (False, "false", "0", 0)


@pytest.mark.failure(10)
@pytest.mark.parametrize("how", ["502-after", "drop-after"])
async def test_a_post_that_arrived_although_the_answer_did_not_is_there_once(slack: Slack, how: str) -> None:
    slack.server.fail("chat.postMessage", how)
    await slack.open_round()
    await retry(slack)
    assert len(slack.server.in_channel()) == 2
    assert slack.server.called("conversations.history")


@pytest.mark.failure(9)
@pytest.mark.parametrize("how", ["500", "drop", "internal_error", "429"])
async def test_a_post_that_did_not_arrive_comes_later(slack: Slack, how: str) -> None:
    slack.server.fail("chat.postMessage", how)
    await slack.open_round()
    await retry(slack)
    assert len(slack.server.in_channel()) == 2


@pytest.mark.failure(11)
async def test_too_many_requests_are_waited_out_by_the_outbox_not_by_the_client(slack: Slack) -> None:
    slack.server.fail("chat.postMessage", "429")
    await slack.open_round()
    before = len(slack.server.in_channel())
    slack.world.pass_time(seconds=5)
    await slack.deliver()
    assert len(slack.server.in_channel()) == before
    slack.world.pass_time(seconds=3)
    await slack.deliver()
    assert len(slack.server.in_channel()) == 2


@pytest.mark.failure(12)
async def test_a_channel_that_is_gone_is_paused_and_an_owner_is_told_once(slack: Slack) -> None:
    slack.server.add_user("U0OWNER", "Olga", is_primary_owner=True)
    slack.server.archived.add(CHANNEL)
    await slack.open_round()
    await retry(slack)
    told = slack.server.in_channel("D-U0OWNER")
    assert len(told) == 1
    assert "paused" in json.dumps(told[0].values)


async def handed_in(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("submit", RIGHT)
    await slack.server.private(ADA)
    await slack.world.grade()


@pytest.mark.failure(25)
async def test_when_the_response_address_is_too_old_the_verdict_is_a_direct_message(slack: Slack) -> None:
    await handed_in(slack)
    slack.world.clock.time += timedelta(minutes=31)
    await slack.deliver()
    assert "Accepted" in json.dumps(slack.server.in_channel(f"D-{ADA}")[0].values, ensure_ascii=False)
    assert len(slack.server.called("response")) == 1


async def test_when_the_response_address_is_used_up_the_verdict_is_a_direct_message(slack: Slack) -> None:
    await handed_in(slack)
    for response in slack.server._responses.values():
        response.uses = 5
    await slack.deliver()
    assert len(slack.server.in_channel(f"D-{ADA}")) == 1


async def test_a_verdict_whose_direct_message_arrived_is_not_sent_again(slack: Slack) -> None:
    await handed_in(slack)
    slack.world.clock.time += timedelta(minutes=31)
    slack.server.fail("chat.postMessage", "drop-after")
    await slack.deliver()
    await retry(slack)
    assert len(slack.server.in_channel(f"D-{ADA}")) == 1


async def test_who_takes_no_direct_messages_gets_the_verdict_in_the_channel_alone(slack: Slack) -> None:
    await handed_in(slack)
    slack.server.no_direct.add(ADA)
    slack.world.clock.time += timedelta(minutes=31)
    await slack.deliver()
    assert "Accepted" in json.dumps(await slack.server.private(ADA, 2), ensure_ascii=False)


async def test_a_recap_is_in_the_thread_of_its_question(slack: Slack) -> None:
    await slack.open_round()
    slack.world.pass_time(days=2)
    await slack.world.services.rounds.tick()
    await slack.deliver()
    question = slack.server.in_channel()[0]
    recap = next(m for m in slack.server.in_channel() if "Closed" in m.values["text"])
    assert recap.values["thread_ts"] == question.ts


def test_a_reply_target_keeps_its_address_out_of_logs() -> None:
    assert "hooks" not in repr(ReplyTarget(token="https://hooks.slack.com/commands/1"))


async def test_a_question_that_is_withdrawn_is_told_in_its_channel(slack: Slack) -> None:
    await slack.open_round()
    await slack.world.services.corrections.void("lists", "B is right as well")
    await slack.deliver()
    assert "B is right as well" in json.dumps(slack.server.in_channel()[-1].values)


async def close_round(slack: Slack) -> None:
    slack.world.pass_time(days=2)
    await slack.world.services.rounds.tick()
    await slack.deliver()


async def test_where_the_history_cannot_be_read_a_recap_stands_by_itself(slack: Slack) -> None:
    slack.server.closed.add(CHANNEL)
    await slack.open_round()
    await close_round(slack)
    recap = next(m for m in slack.server.in_channel() if "Closed" in m.values["text"])
    assert not recap.values.get("thread_ts")
    assert all(not channel.paused for channel in slack.world.store.tables.channels.values())


async def test_where_the_history_cannot_be_read_a_doubtful_post_waits_for_an_invitation(slack: Slack) -> None:
    slack.server.closed.add(CHANNEL)
    slack.server.fail("chat.postMessage", "drop-after")
    await slack.open_round()
    await retry(slack)
    assert len(slack.server.in_channel()) == 2
    slack.server.joined.add(CHANNEL)
    await retry(slack)
    await retry(slack)
    assert len(slack.server.in_channel()) == 2


@pytest.mark.failure(2)
async def test_a_recap_that_arrived_although_the_answer_did_not_is_there_once(slack: Slack) -> None:
    await slack.open_round()
    slack.server.fail("chat.postMessage", "502-after")
    await close_round(slack)
    await retry(slack)
    assert len([m for m in slack.server.in_channel() if "Closed" in m.values["text"]]) == 1
