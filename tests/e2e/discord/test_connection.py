"""The gateway closes, forgets, or was never there: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.platforms.discord.client import WarmupClient, connect
from bot.services.commands import Platform
from tests.e2e.discord.server import GUILD
from tests.e2e.discord.world import Guild


async def test_what_came_while_the_connection_was_down_is_answered_after_it_resumed(guild: Guild) -> None:
    server = guild.server
    await server.drop_connections()
    asked = await server.slash("quiz")
    await server.until(lambda: server.resumed == 1)
    await server.until(lambda: asked.message)
    assert "yes" in asked.text
    assert server.identified == 1


async def test_a_session_that_is_over_begins_anew_at_the_same_address(guild: Guild) -> None:
    server = guild.server
    await server.invalidate()
    await server.until(lambda: server.identified == 2)
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)


async def test_a_message_that_is_told_twice_is_graded_once(guild: Guild) -> None:
    server = guild.server
    await guild.post_round()
    before = len(server.posts())
    message = await server.say("<@9001>\n```\nprint(42)\n```")
    await server.until(lambda: len(server.posts()) > before)
    await server.tell_again()
    helped = await server.slash("help")
    await server.until(lambda: helped.message)
    while len(server.requests_to(f"/channels/{message['channel_id']}/messages")) < 2 + before:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert len(server.posts()) == before + 1
    assert len(guild.world.store.tables.submissions) == 1


async def test_an_interaction_that_somebody_else_has_answered_is_let_be(guild: Guild) -> None:
    server = guild.server
    asked = await server.slash("quiz")
    await server.until(lambda: asked.message)
    first = asked.message["id"]
    await server.tell_again()
    helped = await server.slash("help")
    await server.until(lambda: helped.message)
    assert asked.message["id"] == first
    assert len(guild.world.store.tables.postings) == 1


async def test_an_answer_that_was_taken_although_it_failed_is_not_given_twice(guild: Guild) -> None:
    server = guild.server
    server.fail("POST", r"^/interactions/", 502, after=True)
    asked = await server.slash("quiz")
    await server.until(lambda: len(server.requests_to("/interactions/")) == 2)
    assert "yes" in asked.text
    assert len(asked.responses) == 1


async def test_a_token_that_is_refused_is_told_and_not_tried_again(guild: Guild) -> None:
    assert await connect(WarmupClient(guild.world.services), "wrong") is False


@pytest.mark.failure(36)
async def test_what_is_under_way_at_the_end_is_still_answered(guild: Guild) -> None:
    server = guild.server
    gate, reached = asyncio.Event(), asyncio.Event()
    begin = guild.world.services.quiz._begin

    @asynccontextmanager
    async def slow():
        reached.set()
        await gate.wait()
        async with begin() as work:
            yield work

    guild.world.services.quiz._begin = slow
    asked = await server.slash("quiz")
    await reached.wait()
    leaving = asyncio.create_task(guild.leave())
    await asyncio.sleep(0)
    gate.set()
    await leaving
    assert "yes" in asked.text


class Recorder:
    """Stands for the service that hears of servers which come and go."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def left(self, platform: Platform, community: str) -> bool:
        await self.heard.put(("left", community))
        return True

    async def came_back(self, platform: Platform, community: str) -> bool:
        await self.heard.put(("came back", community))
        return True


async def test_a_server_that_removes_the_bot_or_adds_it_is_noted_and_one_that_is_away_is_not(
    guild: Guild,
) -> None:
    """Failure 35; what follows from it is the service's."""
    server, recorder = guild.server, Recorder()
    guild.world.services = replace(guild.world.services, leaving=recorder)
    await guild.restart()
    await guild.client.wait_until_ready()
    await server.dispatch("GUILD_DELETE", {"id": GUILD, "unavailable": True})
    await server.dispatch("GUILD_CREATE", server.whole_guild() | {"unavailable": False})
    await server.dispatch("GUILD_DELETE", {"id": GUILD})
    assert await recorder.heard.get() == ("left", GUILD)
    await server.dispatch("GUILD_CREATE", server.whole_guild())
    assert await recorder.heard.get() == ("came back", GUILD)
