"""First attempts added up for each question of a bank, in the database: one row for a question or option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from bot.domain.quality import KNOWN_FROM, OptionSums, QuestionSums, Sums
from bot.storage.repositories.base import Repository

TRIED = """
    WITH totals AS (
        SELECT member_id, count(*) AS attempts, count(*) FILTER (WHERE correct) AS "right"
        FROM first_attempts GROUP BY member_id
    ), tried AS (
        SELECT attempt.question_id, attempt.chosen, attempt.correct, attempt.seconds,
               CASE WHEN totals.attempts > :known_from
                    THEN (totals."right" - CAST(attempt.correct AS integer))
                         / CAST(totals.attempts - 1 AS float8) END AS ability
        FROM first_attempts AS attempt
        JOIN totals ON totals.member_id = attempt.member_id
        JOIN question_versions AS version ON version.id = attempt.version_id
        JOIN questions AS question
          ON question.id = attempt.question_id AND question.number = version.number
        WHERE question.bank_id = :bank
    ), bars AS (
        SELECT question_id, percentile_disc(1.0 / 3) WITHIN GROUP (ORDER BY ability DESC) AS bar
        FROM tried WHERE ability IS NOT NULL GROUP BY question_id
    )
"""
"""Attempts at current versions; the abler third of a question are those at or above its ``bar``."""

QUESTIONS = text(f"""{TRIED}
    SELECT question_id, count(*) AS count, count(ability) AS known, coalesce(sum(ability), 0) AS ability,
           coalesce(sum(ability * ability), 0) AS squares,
           count(*) FILTER (WHERE correct) AS right_count,
           count(ability) FILTER (WHERE correct) AS right_known,
           coalesce(sum(ability) FILTER (WHERE correct), 0) AS right_ability,
           coalesce(sum(ability * ability) FILTER (WHERE correct), 0) AS right_squares,
           count(*) FILTER (WHERE ability >= bar) AS able,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds, count(seconds) AS timed
    FROM tried LEFT JOIN bars USING (question_id) GROUP BY question_id
""")  # noqa: S608 - made of our own text alone

OPTIONS = text(f"""{TRIED}
    SELECT question_id, option, count(*) AS count, count(ability) AS known,
           coalesce(sum(ability), 0) AS ability, coalesce(sum(ability * ability), 0) AS squares,
           count(*) FILTER (WHERE ability >= bar) AS able
    FROM tried LEFT JOIN bars USING (question_id) CROSS JOIN unnest(chosen) AS option
    GROUP BY question_id, option ORDER BY question_id, option
""")  # noqa: S608 - made of our own text alone


class SqlQuality(Repository):
    """Implements ``bot.services.repositories.learning.Quality``."""

    async def sums(self, bank: int) -> Mapping[int, QuestionSums]:
        """Sums over the first attempts at current versions, by question; without attempts left out."""
        said = {"bank": bank, "known_from": KNOWN_FROM}
        options: dict[int, list[OptionSums]] = {}
        for row in await self.session.execute(OPTIONS, said):
            options.setdefault(row.question_id, []).append(OptionSums(row.option, _sums(row), row.able))
        return {
            row.question_id: QuestionSums(
                every=_sums(row),
                right=Sums(row.right_count, row.right_known, row.right_ability, row.right_squares),
                able=row.able,
                options=tuple(options.get(row.question_id, ())),
                seconds=row.seconds,
                timed=row.timed,
            )
            for row in await self.session.execute(QUESTIONS, said)
        }


def _sums(row: Any) -> Sums:
    return Sums(row.count, row.known, row.ability, row.squares)
