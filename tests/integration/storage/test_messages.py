"""The playground's chat history."""

from __future__ import annotations

import asyncio

from bot.services.messages import NewMessage, StoredMessage
from bot.services.ports import Topic
from bot.storage.database import Database


async def say(
    database: Database, text: str, private_to: str | None = None, nonce: str | None = None
) -> StoredMessage:
    return await database.messages.add(
        NewMessage(channel="daily", author="ada", document={"text": text}, private_to=private_to, nonce=nonce)
    )


async def test_a_message_comes_back_as_it_was_said(database: Database) -> None:
    said = await say(database, "a NUL \x00, a \ud800 half and <b>☃</b>")
    assert said.document == {"text": "a NUL \x00, a ? half and <b>☃</b>"}
    assert await database.messages.get(said.id) == said
    assert await database.messages.get(-1) is None


async def test_history_shows_the_last_ones_that_the_reader_may_see(database: Database) -> None:
    ids = [(await say(database, str(n), "grace" if n % 2 else None)).id for n in range(6)]
    ada = await database.messages.before("daily", "ada", None, 10)
    grace = await database.messages.before("daily", "grace", ids[4], 3)
    assert [one.id for one in ada] == ids[0::2]
    assert [one.id for one in grace] == ids[1:4]
    assert await database.messages.before("other", "ada", None, 10) == []


async def test_the_same_nonce_is_the_same_message(database: Database) -> None:
    first = await say(database, "once", nonce="n")
    assert await say(database, "twice", nonce="n") == first
    assert await database.messages.latest_revision() == first.revision


async def test_an_edit_moves_the_message_to_the_end_of_the_changes(database: Database) -> None:
    first, second = await say(database, "one"), await say(database, "two")
    edited = await database.messages.edit(first.id, {"text": "changed"}, only_revision=first.revision)
    assert edited is not None
    assert edited.edited_at is not None
    assert await database.messages.edit(first.id, {"text": "late"}, only_revision=first.revision) is None
    assert await database.messages.edit(-1, {}) is None
    changes = await database.messages.since("daily", first.revision, 10)
    assert [one.id for one in changes] == [second.id, first.id]
    assert await database.messages.latest_revision() == edited.revision


async def test_revisions_are_seen_in_their_order(database: Database) -> None:
    """A reader who goes on from the highest revision it has seen misses nothing of many writers."""
    seen: list[int] = []
    writing = asyncio.gather(*(say(database, str(n)) for n in range(30)))
    while len(seen) < 30:
        changes = await database.messages.since("daily", seen[-1] if seen else 0, 7)
        seen += [one.revision for one in changes]
    await writing
    assert seen == sorted(seen)


async def test_every_change_rings(database: Database) -> None:
    bell = database.signals.bell(Topic.MESSAGES)
    await bell.wait(30)
    said = await say(database, "hello")
    assert await bell.wait(30)
    await database.messages.edit(said.id, {"text": "bye"})
    assert await bell.wait(30)
