"""A page of a leaderboard with the reader's own rank, in one statement of bounded work.

The first places come from an index. How many are above somebody is counted along it while a board is small;
a large one is looked up in its counts, corrected by the moves since. See ``bot.storage.tables.scores``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.domain.boards import Board
from bot.domain.periods import Period
from bot.services.records import ScorePage, ScoreRow
from bot.storage import values
from bot.storage.direct import Direct
from bot.storage.tables.base import storable

COUNT_FROM = 1_000
"""Members from which on a board gets counts of its own."""
LAST_PLACE = 2**31
"""Further down than any leaderboard goes."""


def above(points: str) -> str:
    """How many members of the board have more points than the expression ``points``."""
    return f"""
    CASE WHEN (SELECT counted FROM board)
         THEN (SELECT coalesce(sum(members), 0) FROM board_counts
               WHERE board_id = (SELECT id FROM board) AND points > {points})
            + (SELECT count(*) FILTER (WHERE became > {points}) - count(*) FILTER (WHERE was > {points})
               FROM score_moves WHERE board_id = (SELECT id FROM board))
         ELSE (SELECT count(*) FROM scores WHERE board_id = (SELECT id FROM board) AND points > {points})
    END"""  # noqa: S608 - made of our own text alone


PAGE = f"""
    WITH board AS MATERIALIZED (
        SELECT id, counted, watched_at IS NOT NULL AS watched FROM boards
        WHERE scope = $1 AND owner = $2 AND topic = lower($3) AND period = $4 AND start = $5
    ), reader AS (
        SELECT coalesce((SELECT min(other.id) FROM members AS me
                         JOIN members AS other ON other.person_id = me.person_id
                         JOIN communities ON communities.id = other.community_id
                         WHERE $1 = 'league' AND me.id = $6 AND communities.league_id = $2), $6) AS id
    ), first AS (
        SELECT member_id, points, solved, reached_at FROM scores
        WHERE board_id = (SELECT id FROM board) AND points > 0
        ORDER BY points DESC, reached_at FETCH FIRST ($7::bigint + $8::bigint) ROWS WITH TIES
    ), page AS (
        SELECT first.*, members.name, members.community_id,
               members.hidden OR EXISTS (
                   SELECT 1 FROM members AS other
                   WHERE $1 = 'league' AND other.person_id = members.person_id AND other.hidden) AS hidden
        FROM first JOIN members ON members.id = first.member_id
        ORDER BY points DESC, reached_at, members.name COLLATE "C", member_id OFFSET $7 LIMIT $8
    ), own AS (
        SELECT scores.member_id, scores.points, scores.solved, scores.reached_at, members.name,
               members.community_id
        FROM scores JOIN members ON members.id = scores.member_id
        WHERE scores.board_id = (SELECT id FROM board) AND scores.member_id = (SELECT id FROM reader)
          AND scores.points > 0
    )
    SELECT 'page' AS what, member_id, points, solved, reached_at, name, community_id, hidden,
           NULL::bigint AS rank
    FROM page
    UNION ALL
    SELECT 'own', member_id, points, solved, reached_at, name, community_id, false,
           1 + {above("own.points")}
    FROM own
    UNION ALL
    SELECT CASE WHEN watched THEN 'watched' ELSE 'board' END, board.id, ({above("0")})::int,
           NULL, NULL, NULL, NULL, NULL,
           CASE WHEN $7 = 0 THEN 1
                ELSE (SELECT 1 + {above("top.points")} FROM (SELECT max(points) AS points FROM page) AS top)
           END
    FROM board
"""  # noqa: S608 - made of our own text alone
"""Scope, owner, topic, period, start, reader, offset, limit."""

WATCH = "UPDATE boards SET watched_at = clock_timestamp() WHERE id = $1 AND watched_at IS NULL"


class SqlBoards:
    """Implements ``bot.services.ports.Boards``."""

    def __init__(self, direct: Direct) -> None:
        self._direct = direct

    async def page(
        self, board: Board, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        """Members with points above 0 in one period, as ``bot.domain.ranks`` orders and ranks them."""
        offset = min(offset, LAST_PLACE)
        found = await self._direct.read(
            PAGE,
            str(board.scope),
            board.owner,
            storable(board.topic),
            str(period),
            start,
            reader,
            offset,
            limit,
        )
        page = [row for row in found if row["what"] == "page"]
        own = next((_row(row, row["rank"]) for row in found if row["what"] == "own"), None)
        whole = next((row for row in found if row["what"] in ("board", "watched")), None)
        if whole is None:
            return ScorePage(rows=(), members=0, own=None)
        if whole["what"] == "board" and whole["points"] >= COUNT_FROM:
            await self._direct.write(WATCH, whole["member_id"])
        mine = own.member if own else None
        ranked = _ranked(page, offset, whole["rank"])
        rows = tuple(_row(row, rank) for row, rank in ranked if not row["hidden"] or row["member_id"] == mine)
        return ScorePage(rows=rows, members=whole["points"], own=own)


def _ranked(page: Sequence[Any], offset: int, first: int) -> list[tuple[Any, int]]:
    """Every row of a page with its rank; ``first`` is the rank of the first of them."""
    ranked: list[tuple[Any, int]] = []
    for place, row in enumerate(page, offset + 1):
        if not ranked:
            rank = first
        elif row["points"] != ranked[-1][0]["points"]:
            rank = place
        else:
            rank = ranked[-1][1]
        ranked.append((row, rank))
    return ranked


def _row(row: Any, rank: int) -> ScoreRow:
    return ScoreRow(
        rank=rank,
        member=row["member_id"],
        community=row["community_id"],
        name=row["name"],
        points=row["points"],
        solved=row["solved"],
        reached_at=values.utc(row["reached_at"]),
    )
