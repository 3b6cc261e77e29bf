"""The leanest bot that does the same work, for ``warmup bench discord`` to compare with.

discord.py and asyncpg, and nothing else: one read and one transaction for each answer, one card in reply. Run
as ``python -m bot.bootstrap.plain_discord_bot DATABASE BASE TOKEN POSTING``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import discord
import uvloop
import yarl
from discord import ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.storage.bench import RECORD

READ = """
    SELECT version.content, rounds.closes_at, members.id
    FROM postings JOIN rounds ON rounds.id = postings.round_id
    JOIN question_versions AS version ON version.id = postings.version_id
    JOIN channels ON channels.id = postings.channel_id
    JOIN members ON members.community_id = channels.community_id AND members.external_id = $2
    WHERE postings.id = $1
"""
RECORD_IN_CHANNEL = RECORD.replace("'daily'", "$5")
"""The hand-written answer of the leaderboard's bench, in a channel with an id of Discord's."""


class PlainBot(discord.AutoShardedClient):
    """Answers presses on one question."""

    def __init__(self, database: str, posting: int) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self._database = database
        self._posting = posting
        self._pool: Any = None

    async def setup_hook(self) -> None:
        """Connect."""
        self._pool = await asyncpg.create_pool(self._database, min_size=1, max_size=10)
        _, url, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Read, record, reply."""
        member = str(interaction.user.id)
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(READ, self._posting, member)
            async with connection.transaction():
                await connection.execute(
                    RECORD_IN_CHANNEL,
                    str(interaction.guild_id),
                    member,
                    self._posting,
                    str(interaction.id),
                    str(interaction.channel_id),
                )
        question = json.loads(row["content"])
        view = ui.LayoutView(timeout=None)
        options = [option["text"] for option in question["options"]]
        shown = [ui.TextDisplay[Any](text) for text in ("### Right, +5 points", *options)]
        view.add_item(ui.Container(*shown, accent_colour=0x2E9E5B))
        view.stop()
        await interaction.response.send_message(view=view, ephemeral=True)


def main() -> None:
    """Run until killed."""
    database, base, token, posting = sys.argv[1:5]
    Route.BASE = base
    bot = PlainBot(database, int(posting))
    uvloop.run(bot.start(token))


if __name__ == "__main__":
    main()
