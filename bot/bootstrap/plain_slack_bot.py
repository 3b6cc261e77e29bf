"""The leanest bot that does the same work, for ``warmup bench slack`` to compare with.

Bolt and asyncpg as their documentation shows them: one read and one transaction for each answer, one message
in reply. Run as ``python -m bot.bootstrap.plain_slack_bot DATABASE BASE POSTING``.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import uvloop
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.storage.bench import RECORD

READ = """
    SELECT version.content, rounds.closes_at, members.id
    FROM postings JOIN rounds ON rounds.id = postings.round_id
    JOIN question_versions AS version ON version.id = postings.version_id
    JOIN channels ON channels.id = postings.channel_id
    JOIN members ON members.community_id = channels.community_id AND members.external_id = $2
    WHERE postings.id = $1
"""
RECORD_IN_CHANNEL = RECORD.replace("'daily'", "$5").replace("'discord'", "'slack'")
"""The hand-written answer of the leaderboard's bench, in a channel of Slack's."""


async def run(database: str, base: str, posting: int) -> None:
    """Answer presses on one question until killed."""
    pool = await asyncpg.create_pool(database, min_size=1, max_size=10)
    app = AsyncApp(client=AsyncWebClient(token="xoxb-bench", base_url=f"{base}/api/"))  # noqa: S106

    async def answer(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        team, user, channel = body["team"]["id"], body["user"]["id"], body["channel"]["id"]
        async with pool.acquire() as connection:
            row = await connection.fetchrow(READ, posting, user)
            async with connection.transaction():
                await connection.execute(RECORD_IN_CHANNEL, team, user, posting, body["trigger_id"], channel)
        question = json.loads(row["content"])
        texts = ["Right, +5 points", *(option["text"] for option in question["options"])]
        blocks = [{"type": "section", "text": {"type": "plain_text", "text": text}} for text in texts]
        await respond(text=texts[0], blocks=blocks, response_type="ephemeral", replace_original=False)

    app.action(re.compile("^answer"))(answer)
    client = AsyncWebClient(base_url=f"{base}/api/")
    handler = AsyncSocketModeHandler(app, "xapp-bench", web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
