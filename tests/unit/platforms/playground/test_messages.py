"""What is kept of a message comes back as it was."""

from __future__ import annotations

import json

import pytest

from bot.platforms.playground.messages import (
    Body,
    Draft,
    History,
    Said,
    from_stored,
    to_document,
)
from bot.services.cards import Notice
from bot.services.messages import StoredMessage
from tests.unit.platforms.playground import samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeSignals


def stored(document: dict[str, object]) -> StoredMessage:
    return StoredMessage(
        id=1,
        revision=1,
        channel="daily",
        author="warmup",
        document=document,
        private_to=None,
        created_at=samples.NOW,
    )


@pytest.mark.parametrize(
    "body", [*samples.ORDINARY, samples.WORST, Said("hi")], ids=lambda body: type(body).__name__
)
def test_every_body_survives_being_kept_as_json(body: Body) -> None:
    draft = Draft(channel="daily", body=body, invoked="/x", invoked_by="Ada", reply_to=3)
    again = from_stored(stored(json.loads(json.dumps(to_document(draft)))))
    assert again.body == body
    assert (again.invoked, again.invoked_by, again.reply_to, again.author_name) == ("/x", "Ada", 3, "Warmup")


def test_what_no_text_column_takes_is_replaced() -> None:
    draft = Draft(channel="daily", body=Said("a\x00b\ud800c"), invoked="/quiz \x00")
    document = to_document(draft)
    assert document["value"] == {"text": "a\ufffdb?c"}
    assert document["invoked"] == "/quiz \ufffd"


@pytest.mark.failure(26)
@pytest.mark.parametrize(
    "document",
    [{}, {"kind": "of another time", "value": {}}, {"kind": "question", "value": {"posting": "x"}}],
)
def test_a_message_of_another_version_says_so(document: dict[str, object]) -> None:
    body = from_stored(stored(document)).body
    assert isinstance(body, Notice)
    assert "Another version" in body.text


async def test_an_edit_keeps_everything_but_the_body() -> None:
    history = History(FakeMessages(FakeSignals()))
    message = await history.add(
        Draft(channel="daily", body=samples.RECEIPT, private_to="ada", invoked="/submit")
    )
    edited = await history.edit(message, samples.WRONG)
    assert edited is not None
    assert (edited.id, edited.body, edited.private_to, edited.invoked) == (
        message.id,
        samples.WRONG,
        "ada",
        "/submit",
    )
    assert edited.revision > message.revision


async def test_an_edit_of_what_has_changed_meanwhile_does_nothing() -> None:
    history = History(FakeMessages(FakeSignals()))
    message = await history.add(Draft(channel="daily", body=samples.RECEIPT))
    await history.edit(message, samples.WRONG)
    assert await history.edit(message, samples.RECEIPT) is None
    assert (await history.get(message.id)).body == samples.WRONG  # type: ignore[union-attr]
