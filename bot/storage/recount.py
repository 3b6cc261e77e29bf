"""Every score counted again from the rows it stands for; what does not agree is a fault to be mended.

``warmup doctor --streaks`` shows it. It reads only, in one snapshot, so it can run beside everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.ledger import VOID_SOURCE
from bot.storage.errors import connecting
from bot.storage.repositories.ledger import DIFFERENCES

ANSWERS = text("""
    SELECT members.community_id AS community, answers.member_id AS member,
           'answer ' || answers.id AS what, answers.points AS kept, coalesce(ledger.points, 0) AS recounted
    FROM answers
    JOIN members ON members.id = answers.member_id
    LEFT JOIN ledger ON ledger.community_id = members.community_id
                    AND ledger.source = 'answer:' || answers.id
    WHERE answers.points <> coalesce(ledger.points, 0)
       OR (ledger.points > 0 AND NOT answers.correct)
    ORDER BY 1, 2, 3
""")
"""What an answer shows is what the ledger paid for it, and only right ones were paid."""

SUBMISSIONS = text("""
    WITH paid AS (
        SELECT CAST(split_part(source, ':', 2) AS bigint) AS submission, sum(points) AS points
        FROM ledger WHERE source LIKE 'submission:%' OR source LIKE 'rejudge:%'
        GROUP BY 1
    )
    SELECT members.community_id AS community, submissions.member_id AS member,
           'submission ' || submissions.id AS what, submissions.points AS kept,
           coalesce(paid.points, 0) AS recounted
    FROM submissions
    JOIN members ON members.id = submissions.member_id
    LEFT JOIN paid ON paid.submission = submissions.id
    WHERE submissions.points <> coalesce(paid.points, 0)
    ORDER BY 1, 2, 3
""")
"""What a submission shows is what the ledger paid for it, corrections included."""

PAID_TWICE = text("""
    SELECT community_id AS community, member_id AS member, 'question ' || question_id AS what,
           1 AS kept, sum(solved) AS recounted
    FROM ledger WHERE question_id IS NOT NULL
    GROUP BY 1, 2, 3 HAVING sum(solved) NOT IN (0, 1) OR sum(points) < 0
    ORDER BY 1, 2, 3
""")
"""Nobody has solved a question more than once, and none has cost anybody points."""

WITHDRAWN = text("""
    SELECT ledger.community_id AS community, ledger.member_id AS member,
           'withdrawn ' || ledger.source AS what,
           ledger.points AS kept, 0 AS recounted
    FROM ledger
    WHERE (points <> 0 OR solved <> 0) AND source NOT LIKE :void || '%'
      AND EXISTS (SELECT 1 FROM question_versions AS version
                  WHERE version.question_id = ledger.question_id AND version.void <> '')
      AND NOT EXISTS (SELECT 1 FROM question_versions AS version
                      WHERE version.question_id = ledger.question_id AND version.void = '')
      AND NOT EXISTS (SELECT 1 FROM ledger AS back
                      WHERE back.community_id = ledger.community_id
                        AND back.source = :void || ledger.id)
    ORDER BY 1, 2, 3
""")
"""Nothing is left of what was paid for a withdrawn question; running ``bank void`` again takes it back."""

COUNTS = text("""
    WITH kept AS (
        SELECT board_id, points, sum(members) AS members FROM (
            SELECT board_id, points, members FROM board_counts
            UNION ALL SELECT board_id, was, -1 FROM score_moves
            UNION ALL SELECT board_id, became, 1 FROM score_moves
        ) AS every WHERE points > 0 GROUP BY 1, 2
    ), recount AS (
        SELECT board_id, points, count(*) AS members FROM scores
        WHERE points > 0 AND board_id IN (SELECT id FROM boards WHERE counted) GROUP BY 1, 2
    )
    SELECT board_id, points, kept.members AS kept, recount.members AS recounted
    FROM (SELECT * FROM kept WHERE board_id IN (SELECT id FROM boards WHERE counted)) AS kept
    FULL JOIN recount USING (board_id, points)
    WHERE coalesce(kept.members, 0) <> coalesce(recount.members, 0) ORDER BY 1, 2
""")
"""How many have how many points is what the scores say, on every board that keeps counts."""

MEMBERS = text("SELECT community_id, id FROM members ORDER BY community_id, id")


@dataclass(frozen=True, slots=True)
class Difference:
    """Points that are kept and points that they should be; ``what`` names the row or the period."""

    community: int | None
    """None for what belongs to several communities, or to none."""
    member: int | None
    what: str
    kept: int | None
    recounted: int | None


async def recount(engine: AsyncEngine) -> Sequence[Difference]:
    """Everything that does not agree; empty when all is well. Raises ``Unavailable``."""
    with connecting():
        async with engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            scores = await connection.execute(DIFFERENCES)
            found = [
                Difference(
                    row.community,
                    row.member,
                    f"{row.period} {row.start} {row.scope} {row.topic or row.owner}",
                    row.kept,
                    row.recounted,
                )
                for row in scores
            ]
            counts = await connection.execute(COUNTS)
            found += [
                Difference(
                    None, None, f"count of board {row.board_id}: {row.points}", row.kept, row.recounted
                )
                for row in counts
            ]
            for statement in (ANSWERS, SUBMISSIONS, PAID_TWICE):
                found += await _differences(connection, statement)
            found += await _differences(connection, WITHDRAWN, void=VOID_SOURCE)
    return found


async def _differences(connection: AsyncConnection, statement: TextClause, **values: str) -> list[Difference]:
    rows = await connection.execute(statement, values)
    return [Difference(row.community, row.member, row.what, row.kept, row.recounted) for row in rows]


async def members(engine: AsyncEngine) -> dict[int, list[int]]:
    """Every community's members. Raises ``Unavailable``."""
    by_community: dict[int, list[int]] = {}
    with connecting():
        async with engine.connect() as connection:
            for community, member in await connection.execute(MEMBERS):
                by_community.setdefault(community, []).append(member)
    return by_community
