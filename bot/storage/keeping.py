"""Scores that follow the ledger: parts of the statements that write to it.

The same text serves statements with named and with numbered parameters.
"""

from __future__ import annotations


def boards_to_keep(scopes: str, owners: str, topics: str, periods: str, starts: str) -> str:
    """The expression ``board`` (id, watched): every wanted board in every wanted period, if it is there.

    The arguments are the parameters' places. The first three are arrays side by side, and so are the others.
    """
    return f"""
    board AS (
        SELECT found.id, found.watched
        FROM unnest(CAST({scopes} AS text[]), CAST({owners} AS bigint[]), CAST({topics} AS text[]))
                 AS wanted (scope, owner, topic),
             unnest(CAST({periods} AS text[]), CAST({starts} AS date[])) AS span (period, start),
             LATERAL (SELECT boards.id, boards.watched_at IS NOT NULL AS watched FROM boards
                      WHERE boards.owner = wanted.owner AND boards.scope = wanted.scope
                        AND boards.topic = lower(wanted.topic)
                        AND boards.period = span.period AND boards.start = span.start
                      LIMIT 1) AS found
    )"""  # noqa: S608 - made of our own text alone


def boards_to_make(scopes: str, owners: str, topics: str, periods: str, starts: str) -> str:
    """The statement that makes the boards that ``boards_to_keep`` does not find."""
    return f"""
    INSERT INTO boards (scope, owner, topic, period, start)
    SELECT wanted.scope, wanted.owner, lower(wanted.topic), span.period, span.start
    FROM unnest(CAST({scopes} AS text[]), CAST({owners} AS bigint[]), CAST({topics} AS text[]))
             AS wanted (scope, owner, topic),
         unnest(CAST({periods} AS text[]), CAST({starts} AS date[])) AS span (period, start)
    WHERE NOT EXISTS (SELECT 1 FROM boards
                      WHERE boards.owner = wanted.owner AND boards.scope = wanted.scope
                        AND boards.topic = lower(wanted.topic)
                        AND boards.period = span.period AND boards.start = span.start)
    ORDER BY 2, 1, 3, 4, 5
    ON CONFLICT (owner, scope, topic, period, start) DO NOTHING
    """  # noqa: S608 - made of our own text alone


KEEP_SCORES = """
    kept AS (
        INSERT INTO scores AS score (member_id, board_id, points, solved, reached_at)
        SELECT entry.member_id, board.id, entry.points, entry.solved, entry.at
        FROM entry, board WHERE entry.points <> 0 OR entry.solved <> 0
        ORDER BY board.id
        ON CONFLICT (member_id, board_id) DO UPDATE SET
            points = score.points + excluded.points,
            solved = score.solved + excluded.solved,
            reached_at = CASE WHEN excluded.points > 0
                              THEN greatest(score.reached_at, excluded.reached_at)
                              ELSE score.reached_at END
        RETURNING board_id, points
    ), moved AS (
        INSERT INTO score_moves (board_id, was, became)
        SELECT kept.board_id, kept.points - entry.points, kept.points
        FROM kept JOIN board ON board.id = kept.board_id, entry
        WHERE board.watched AND entry.points <> 0
    )
"""
"""The scores on every ``board`` after the one row of ``entry`` (member_id, points, solved, at).

Rows are locked in the order of the boards, so that two payments wait for each other and never in a circle.
"""
