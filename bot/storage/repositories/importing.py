"""Many questions at once: copied into a table of the transaction, then added or updated by two statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.records import NewItem
from bot.storage.documents import item_json
from bot.storage.tables.base import storable

COLUMNS = ("key", "kind", "difficulty", "topic", "title", "shuffle_key", "digest", "content")

STAGE = text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
        key text NOT NULL, kind text NOT NULL, difficulty text NOT NULL, topic text NOT NULL,
        title text NOT NULL, shuffle_key integer NOT NULL, digest text NOT NULL, content text NOT NULL
    ) ON COMMIT DROP
""")
CLEAR = text("TRUNCATE incoming")
KEEP_QUESTIONS = text("""
    INSERT INTO questions AS known (bank_id, key, number, kind, difficulty, topic, title, shuffle_key)
    SELECT :bank, key, 1, kind, difficulty, topic, title, shuffle_key FROM incoming
    ON CONFLICT (bank_id, key) DO UPDATE SET
        number = known.number + 1,
        kind = excluded.kind,
        difficulty = excluded.difficulty,
        topic = excluded.topic,
        title = excluded.title,
        enabled = known.enabled OR EXISTS (
            SELECT 1 FROM question_versions AS old
            WHERE old.question_id = known.id AND old.number = known.number AND old.void <> ''
        )
""")
KEEP_VERSIONS = text("""
    INSERT INTO question_versions (question_id, number, digest, content)
    SELECT questions.id, questions.number, incoming.digest, incoming.content::json
    FROM incoming JOIN questions ON questions.bank_id = :bank AND questions.key = incoming.key
""")


async def save(session: AsyncSession, bank: int, items: Sequence[NewItem]) -> None:
    """Add the items to the bank, or a new version of those whose key it knows.

    A new version of a question that was withdrawn puts it back in use. A key may come once only.
    It is part of the session's transaction: all of it or nothing.
    """
    # COPY goes past SQLAlchemy, which begins the transaction with its own first statement: that comes first.
    await session.execute(STAGE)
    await session.execute(CLEAR)
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_records_to_table("incoming", records=_records(items), columns=COLUMNS)
    await session.execute(KEEP_QUESTIONS, {"bank": bank})
    await session.execute(KEEP_VERSIONS, {"bank": bank})


def _records(items: Sequence[NewItem]) -> Iterator[tuple[Any, ...]]:
    for new in items:
        meta = new.item.meta
        yield (
            storable(meta.key),
            str(new.item.kind),
            str(meta.difficulty),
            storable(meta.topic),
            storable(meta.title),
            new.shuffle_key,
            new.digest,
            item_json(new.item),
        )
