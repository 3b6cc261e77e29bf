"""Questions put into the tables by statements written by hand, for imports to be measured against."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg  # type: ignore[import-untyped]

from bot.domain.content import Item
from bot.domain.digests import item_digest
from bot.domain.picking import shuffle_key
from bot.storage.documents import item_json
from bot.storage.tables.base import storable

Row = tuple[str, str, str, str, str, int, str, str]
"""Key, kind, difficulty, topic, title, shuffle key, digest, content."""
COLUMNS = ("key", "kind", "difficulty", "topic", "title", "shuffle_key", "digest", "content")

STAGE = """
    CREATE TEMPORARY TABLE staged (
        key text, kind text, difficulty text, topic text, title text, shuffle_key integer, digest text,
        content text
    ) ON COMMIT DROP
"""
UPSERT_QUESTIONS = """
    INSERT INTO questions (bank_id, key, number, kind, difficulty, topic, title, shuffle_key)
    SELECT $1, key, 1, kind, difficulty, topic, title, shuffle_key FROM staged
    ON CONFLICT (bank_id, key) DO UPDATE SET
        kind = excluded.kind, difficulty = excluded.difficulty, topic = excluded.topic, title = excluded.title
"""
UPSERT_VERSIONS = """
    INSERT INTO question_versions (question_id, number, digest, content)
    SELECT questions.id, questions.number, staged.digest, staged.content::json
    FROM staged JOIN questions ON questions.bank_id = $1 AND questions.key = staged.key
    ON CONFLICT (question_id, number) DO UPDATE SET digest = excluded.digest, content = excluded.content
"""


def rows(bank: str, items: Iterable[Item]) -> list[Row]:
    """What a program by hand would have ready before its clock starts."""
    return [
        (
            storable(item.meta.key),
            str(item.kind),
            str(item.meta.difficulty),
            storable(item.meta.topic),
            storable(item.meta.title),
            shuffle_key(bank, item.meta.key),
            item_digest(item),
            item_json(item),
        )
        for item in items
    ]


async def upsert(connection: asyncpg.Connection[asyncpg.Record], bank: str, ready: Iterable[Row]) -> None:
    """COPY into a staging table, then upsert from it: all in one transaction."""
    async with connection.transaction():
        number = await connection.fetchval(
            "INSERT INTO banks (name) VALUES ($1) ON CONFLICT (name, community_id) DO UPDATE SET name = $1 "
            "RETURNING id",
            bank,
        )
        await connection.execute(STAGE)
        await connection.copy_records_to_table("staged", records=ready, columns=COLUMNS)
        await connection.execute(UPSERT_QUESTIONS, number)
        await connection.execute(UPSERT_VERSIONS, number)
