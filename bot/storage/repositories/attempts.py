"""First attempts at questions, and how far the answers have been looked through."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from bot.services.learning.records import Attempt, Source
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import AnswerRow, FirstAttemptRow

CATCH_UP = text("""
    INSERT INTO first_attempts (member_id, question_id, version_id, chosen, correct, seconds, source, at)
    SELECT DISTINCT ON (answer.question_id)
           answer.member_id, answer.question_id, posting.version_id, answer.chosen, answer.correct,
           CASE WHEN posting.member_id IS NOT NULL
                THEN least(86400, greatest(0, extract(epoch FROM answer.answered_at - posting.shown_at)))
           END, 'answer', answer.answered_at
    FROM answers AS answer
    JOIN postings AS posting ON posting.id = answer.posting_id
    JOIN question_versions AS version ON version.id = posting.version_id
    WHERE answer.member_id = :member AND version.void = ''
      AND NOT EXISTS (SELECT 1 FROM first_attempts AS first
                      WHERE first.member_id = answer.member_id AND first.question_id = answer.question_id)
    ORDER BY answer.question_id, answer.answered_at, answer.id
    ON CONFLICT DO NOTHING
    RETURNING member_id, question_id, version_id, chosen, correct, seconds, source, at
""")

CURSOR = text("""
    INSERT INTO study_cursor (id) VALUES (1)
    ON CONFLICT (id) DO UPDATE SET id = 1
    RETURNING done, seen, horizon,
              CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS oldest
""")
"""Reads and locks the one row; with the oldest transaction that may still write."""

LOOKED = text("""
    UPDATE study_cursor SET done = :done, seen = greatest(:done, (SELECT coalesce(max(id), 0) FROM answers)),
           horizon = CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
""")


class SqlAttempts(Repository):
    """Implements ``bot.services.repositories.learning.Attempts``."""

    async def catch_up(self, member: int) -> Sequence[Attempt]:
        """Record the first attempts in the member's answers that are not recorded yet, oldest first."""
        await self.lock_member(member)
        rows = (await self.session.execute(CATCH_UP, {"member": member})).all()
        return sorted((_attempt(row) for row in rows), key=lambda one: (one.at, one.question))

    async def add(self, attempts: Collection[Attempt]) -> Sequence[Attempt]:
        """Record attempts that were made elsewhere; returns those that were first."""
        if not attempts:
            return []
        for member in sorted({one.member for one in attempts}):
            await self.lock_member(member)
        made = await self.session.execute(
            insert(FirstAttemptRow)
            .values(
                [
                    {
                        "member_id": one.member,
                        "question_id": one.question,
                        "version_id": one.version,
                        "chosen": sorted(one.chosen),
                        "correct": one.correct,
                        "seconds": one.seconds,
                        "source": str(one.source),
                        "at": one.at,
                    }
                    for one in attempts
                ]
            )
            .on_conflict_do_nothing()
            .returning(FirstAttemptRow.member_id, FirstAttemptRow.question_id)
        )
        new = {(member, question) for member, question in made}
        return [one for one in attempts if (one.member, one.question) in new]

    async def tried(self, member: int, question: int) -> bool:
        """Whether the member's first attempt at the question is recorded."""
        found = await self.session.scalars(
            select(FirstAttemptRow.member_id).where(
                FirstAttemptRow.member_id == member, FirstAttemptRow.question_id == question
            )
        )
        return found.one_or_none() is not None

    async def behind(self, limit: int) -> Sequence[int]:
        """Members with answers that nobody has looked at, and moves on past these answers."""
        cursor = (await self.session.execute(CURSOR)).one()
        if cursor.done == cursor.seen or cursor.oldest < cursor.horizon:
            if cursor.done == cursor.seen:
                await self.session.execute(LOOKED, {"done": cursor.done})
            return []
        answers = (
            select(AnswerRow.id, AnswerRow.member_id)
            .where(AnswerRow.id > cursor.done, AnswerRow.id <= cursor.seen)
            .order_by(AnswerRow.id)
            .limit(limit)
        )
        found = (await self.session.execute(answers)).all()
        if len(found) == limit:
            await self.session.execute(text("UPDATE study_cursor SET done = :done"), {"done": found[-1].id})
        else:
            await self.session.execute(LOOKED, {"done": cursor.seen})
        return list(dict.fromkeys(row.member_id for row in found))


def _attempt(row: Any) -> Attempt:
    return Attempt(
        member=row.member_id,
        question=row.question_id,
        version=row.version_id,
        chosen=frozenset(row.chosen),
        correct=row.correct,
        seconds=row.seconds,
        source=Source(row.source),
        at=values.utc(row.at),
    )
