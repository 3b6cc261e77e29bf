"""What keeps leaderboards quick and small, done by a tick: several replicas may, one at a time does.

Nothing here changes what a board shows. Counts and moves are exact together in every snapshot: a change of a
score and its move are written by one statement, and so are the fold of moves and the counts they go into.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.periods import PASSING, period_start

BATCH = 50_000
"""Moves that are folded, or scores that are dropped, by one statement."""
KEPT_DAYS = timedelta(days=2)
"""How long boards of a period that is over are kept: every zone has to be through, and late verdicts too."""

ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('warmup boards'))")

FOLD = text("""
    WITH batch AS (SELECT id FROM score_moves ORDER BY id LIMIT :limit),
    taken AS (
        DELETE FROM score_moves USING batch WHERE score_moves.id = batch.id
        RETURNING board_id, was, became
    ), step AS (
        SELECT board_id, was AS points, -1 AS members FROM taken
        UNION ALL SELECT board_id, became, 1 FROM taken
    ), folded AS (
        INSERT INTO board_counts AS counts (board_id, points, members)
        SELECT step.board_id, step.points, sum(step.members) FROM step
        JOIN boards ON boards.id = step.board_id AND boards.counted
        WHERE step.points > 0
        GROUP BY 1, 2 HAVING sum(step.members) <> 0
        ON CONFLICT (board_id, points) DO UPDATE SET members = counts.members + excluded.members
    )
    SELECT count(*) FROM taken
""")

READY = text("""
    SELECT id FROM boards
    WHERE watched_at IS NOT NULL AND NOT counted AND watched_at < clock_timestamp() - interval '5 seconds'
      AND NOT EXISTS (
          SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND xact_start < boards.watched_at + interval '5 seconds')
    ORDER BY id
""")
"""Boards of which every transaction that is still open has known for sure that they are watched."""

COUNT = text("""
    WITH gone AS (DELETE FROM score_moves WHERE board_id = :board),
    counted AS (
        INSERT INTO board_counts (board_id, points, members)
        SELECT :board, points, count(*) FROM scores WHERE board_id = :board AND points > 0 GROUP BY points
        ON CONFLICT (board_id, points) DO UPDATE SET members = excluded.members
    )
    UPDATE boards SET counted = true WHERE id = :board
""")
CLEAR = text("DELETE FROM board_counts WHERE board_id = :board")
EMPTY = text("DELETE FROM board_counts WHERE members = 0")

OVER = text("SELECT id FROM boards WHERE period = :period AND start < :start ORDER BY id LIMIT 500")
KEEP_FROM = text("UPDATE communities SET kept_from = :day WHERE kept_from < :day RETURNING id")
ORPHANS = text("""
    SELECT id FROM boards WHERE NOT CASE scope
        WHEN 'league' THEN EXISTS (SELECT 1 FROM leagues WHERE leagues.id = owner)
        WHEN 'channel' THEN EXISTS (SELECT 1 FROM channels WHERE channels.id = owner)
        ELSE EXISTS (SELECT 1 FROM communities WHERE communities.id = owner) END
""")
"""Boards of leagues and communities that are no more."""
DROP = (
    text("UPDATE boards SET watched_at = NULL, counted = false WHERE id = ANY(:boards)"),
    text("DELETE FROM scores WHERE board_id = ANY(:boards)"),
    text("DELETE FROM score_moves WHERE board_id = ANY(:boards)"),
    text("DELETE FROM board_counts WHERE board_id = ANY(:boards)"),
    text("DELETE FROM boards WHERE id = ANY(:boards)"),
)


async def take_turn(session: AsyncSession) -> bool:
    """Whether this transaction may do the upkeep; another one is at it otherwise."""
    return bool((await session.scalars(ALONE)).one())


async def fold(session: AsyncSession) -> int:
    """Fold some moves into the counts; returns how many."""
    return int((await session.scalars(FOLD, {"limit": BATCH})).one())


async def count_watched(session: AsyncSession) -> int:
    """Count every board that was watched for long enough; returns how many."""
    ready = (await session.scalars(READY)).all()
    for board in ready:
        await session.execute(CLEAR, {"board": board})
        await session.execute(COUNT, {"board": board})
    return len(ready)


async def drop_passed(session: AsyncSession, today: date) -> int:
    """Drop some boards of periods that are over; returns how many."""
    kept_from = today - KEPT_DAYS
    new_day = (await session.execute(KEEP_FROM, {"day": kept_from})).all()
    orphans = (await session.scalars(ORPHANS)).all() if new_day else []
    dropped = await _drop(session, orphans)
    for period in PASSING:
        over = {"period": str(period), "start": period_start(period, kept_from)}
        dropped += await _drop(session, (await session.scalars(OVER, over)).all())
    return dropped


async def _drop(session: AsyncSession, boards: Sequence[int]) -> int:
    for statement in DROP if boards else ():
        await session.execute(statement, {"boards": list(boards)})
    return len(boards)
