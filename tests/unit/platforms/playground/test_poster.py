"""What the outbox sends arrives in the channel, once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.playground.messages import Draft, History
from bot.platforms.playground.poster import PlaygroundPoster
from bot.services.commands import Platform, ReplyTarget
from bot.services.ports import Outgoing
from bot.services.queues import DeliveryKind
from tests.unit.platforms.playground import sample_panels, samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeSignals


def outgoing(**changes: Any) -> Outgoing:
    values: dict[str, Any] = {
        "delivery": 1,
        "nonce": "n1",
        "attempt": 1,
        "platform": Platform.PLAYGROUND,
        "community": "playground",
        "channel": "daily",
        "kind": DeliveryKind.QUESTION,
        "card": samples.QUESTION,
    }
    return Outgoing(**{**values, **changes})


@pytest.fixture
def history() -> History:
    return History(FakeMessages(FakeSignals()))


async def test_a_round_is_posted_for_everybody(history: History) -> None:
    identity = await PlaygroundPoster(history).send(outgoing())
    (message,) = await history.before("daily", "anybody", None, 10)
    assert (str(message.id), message.body, message.author) == (identity, samples.QUESTION, "warmup")


@pytest.mark.failure(2)
async def test_sending_again_posts_nothing_new(history: History) -> None:
    poster = PlaygroundPoster(history)
    assert await poster.send(outgoing()) == await poster.send(outgoing(attempt=2))
    assert len(await history.before("daily", "anybody", None, 10)) == 1


async def test_a_verdict_replaces_its_receipt(history: History) -> None:
    receipt = await history.add(Draft(channel="daily", body=samples.RECEIPT, private_to="ada"))
    reply = ReplyTarget(message=str(receipt.id))
    verdict = outgoing(kind=DeliveryKind.VERDICT, card=samples.WRONG, member="ada", reply=reply)
    assert await PlaygroundPoster(history).send(verdict) == str(receipt.id)
    (message,) = await history.before("daily", "ada", None, 10)
    assert message.body == samples.WRONG


async def test_a_panel_for_a_member_reaches_them_alone(history: History) -> None:
    panel = outgoing(kind=DeliveryKind.PANEL, card=sample_panels.EVERYTHING, member="ada")
    await PlaygroundPoster(history).send(panel)
    (message,) = await history.before("daily", "ada", None, 10)
    assert (message.body, message.private_to) == (sample_panels.EVERYTHING, "ada")
    assert await history.before("daily", "grace", None, 10) == []


@pytest.mark.failure(25)
@pytest.mark.parametrize("target", ["", "999", "not a number", "1"])
async def test_a_verdict_without_its_receipt_is_posted_to_its_author_alone(
    history: History, target: str
) -> None:
    await history.add(Draft(channel="daily", body=samples.RECEIPT, private_to="grace"))
    reply = ReplyTarget(message=target)
    await PlaygroundPoster(history).send(
        outgoing(kind=DeliveryKind.VERDICT, card=samples.WRONG, member="ada", reply=reply)
    )
    (message,) = await history.before("daily", "ada", None, 10)
    assert (message.body, message.private_to) == (samples.WRONG, "ada")
    (untouched,) = await history.before("daily", "grace", None, 10)
    assert untouched.body == samples.RECEIPT
