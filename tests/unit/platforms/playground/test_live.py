"""Live streams: everything a reader may see arrives once and in order, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from bot.platforms.playground import live as live_module
from bot.platforms.playground.live import BACKLOG, Live, TooManyClients
from bot.platforms.playground.messages import Draft, History, Said
from bot.platforms.playground.render import Renderer
from tests.unit.platforms.playground import samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeSignals


class Wire:
    """A history with live streams over it."""

    def __init__(self, **limits: int) -> None:
        self.signals = FakeSignals()
        self.messages = FakeMessages(self.signals)
        self.history = History(self.messages)
        self.live = Live(self.history, self.signals, Renderer(), **limits)

    async def say(self, text: str, private_to: str | None = None) -> int:
        draft = Draft(
            channel="daily", body=Said(text), author="grace", author_name="Grace", private_to=private_to
        )
        return (await self.history.add(draft)).id


async def messages(stream: AsyncIterator[str], count: int) -> list[int]:
    """The ids of the next ``count`` messages, heartbeats and other people's left out."""
    found: list[int] = []
    while len(found) < count:
        event = await asyncio.wait_for(anext(stream), 10)
        found += [json.loads(line[6:])["id"] for line in event.splitlines() if line.startswith("data: ")]
    return found


async def test_what_was_missed_comes_first_and_then_what_happens() -> None:
    wire = Wire()
    await wire.say("old")
    await wire.say("missed")
    stream = wire.live.stream("ada", 1)
    assert await messages(stream, 1) == [2]
    waiting = asyncio.create_task(messages(stream, 2))
    await wire.signals.listening.wait()
    await wire.say("now")
    await wire.say("and now")
    assert await waiting == [3, 4]
    await stream.aclose()


async def test_private_messages_reach_their_reader_only() -> None:
    wire = Wire()
    await wire.say("for grace", "grace")
    await wire.say("for ada", "ada")
    await wire.say("for all")
    assert await messages(wire.live.stream("ada", 0), 2) == [2, 3]


async def test_an_edit_comes_as_the_same_message_again() -> None:
    wire = Wire()
    message = await wire.history.add(Draft(channel="daily", body=samples.RECEIPT, private_to="ada"))
    stream = wire.live.stream("ada", 0)
    assert await messages(stream, 1) == [message.id]
    waiting = asyncio.create_task(messages(stream, 1))
    await wire.signals.listening.wait()
    await wire.history.edit(message, samples.WRONG)
    assert await waiting == [message.id]
    await stream.aclose()


async def test_the_history_is_followed_only_while_somebody_looks() -> None:
    wire = Wire()
    await wire.say("one")
    stream = wire.live.stream("ada", 0)
    assert await messages(stream, 1) == [1]
    waiting = asyncio.create_task(anext(stream))
    await wire.signals.listening.wait()
    await wire.say("two")
    await waiting
    await stream.aclose()
    assert wire.live.clients == 0
    await wire.signals.bells[0].closed.wait()


async def test_the_number_of_pages_is_bounded() -> None:
    wire = Wire(client_limit=1)
    first = wire.live.stream("ada", 0)
    await anext(first)
    with pytest.raises(TooManyClients):
        await anext(wire.live.stream("grace", 0))
    await first.aclose()
    await anext(second := wire.live.stream("grace", 0))
    await second.aclose()


async def test_closing_ends_every_stream() -> None:
    wire = Wire()
    stream = wire.live.stream("ada", 0)
    await anext(stream)
    ended = asyncio.create_task(messages(stream, 1))
    await wire.signals.listening.wait()
    wire.live.close()
    with pytest.raises(StopAsyncIteration):
        await ended
    assert [event async for event in wire.live.stream("ada", 0)] == []


async def test_a_page_that_does_not_read_is_cut_off() -> None:
    wire = Wire()
    slow = wire.live.stream("ada", 0)
    await anext(slow)
    reading = asyncio.create_task(anext(slow))
    await wire.signals.listening.wait()
    await wire.say("read")
    await reading
    for number in range(BACKLOG + 10):
        await wire.say(str(number))
    rest = [event async for event in slow]
    assert 0 < len(rest) < BACKLOG + 10


@pytest.mark.failure(6)
async def test_a_database_that_comes_back_is_followed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "POLL_S", 0.01)
    monkeypatch.setattr(live_module, "HEARTBEAT_S", 0.01)
    wire = Wire()
    stream = wire.live.stream("ada", 0)
    assert [await anext(stream), await anext(stream)] == [": welcome\n\n", ": still here\n\n"]
    wire.messages.away = True
    wire.messages.asked.clear()
    await wire.messages.asked.wait()
    wire.messages.away = False
    await wire.say("back")
    assert await messages(stream, 1) == [1]
    await stream.aclose()


@pytest.mark.failure(6)
async def test_a_stream_that_loses_the_database_while_catching_up_ends_so_that_the_page_asks_again() -> None:
    wire = Wire()
    await wire.say("one")
    stream = wire.live.stream("ada", 0)
    await anext(stream)
    wire.messages.away = True
    assert [event async for event in stream] == []
