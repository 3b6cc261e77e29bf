"""The whole program against the local Discord: every client of it uses ``DISCORD_API_BASE``."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from tests.e2e.discord.server import TOKEN, Discord
from tests.e2e.running import start


async def test_the_program_answers_and_posts_on_the_discord_it_is_told(tmp_path: Path) -> None:
    server = Discord()
    await server.start()
    server.now = time.time()
    running = await start(tmp_path, "up", DISCORD_TOKEN=TOKEN, DISCORD_API_BASE=server.base)
    try:
        await server.until(lambda: server.identified)
        server.now = time.time()
        asked = await server.slash("quiz")
        await server.until(lambda: asked.text)
        assert "point" in asked.text
        options = {"time": "9:00", "zone": "UTC", "now": True}
        await server.slash("warmup setup", options, admin=True)
        await server.until(lambda: len(server.posts()) == 2)
    finally:
        status = await running.end(signal.SIGTERM)
        await server.stop()
    assert status == 0
    assert TOKEN not in running.said
    assert server.refused == []
