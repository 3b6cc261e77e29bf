"""What every leaderboard should show, counted from the ledger; and the difference to what is kept.

One statement is the definition for all: ``warmup doctor`` compares with it, leagues are put together by it,
and what is wrong is mended by adding the difference. Adding commutes with answers that come in meanwhile:
each is either in the ledger and the scores of the statement's snapshot or in neither.
"""

from __future__ import annotations

FIRST_ACCOUNT = """
    (SELECT min(other.id) FROM members AS other
     JOIN communities AS theirs ON theirs.id = other.community_id
     WHERE other.person_id = {0}.person_id AND theirs.league_id = {0}.league_id)
"""
"""Whose line a person has on a league's board."""

EVERY_SPAN = """
    (VALUES ('today', day), ('week', date_trunc('week', day)::date),
            ('month', date_trunc('month', day)::date), ('season', date_trunc('quarter', day)::date),
            ('all', DATE '1970-01-01')) AS span (period, start)
"""

SPAN_IS_KEPT = """
    CASE span.period WHEN 'today' THEN span.start >= kept_from
                     WHEN 'week' THEN span.start >= date_trunc('week', kept_from)::date
                     WHEN 'month' THEN span.start >= date_trunc('month', kept_from)::date
                     ELSE true END
"""
"""``bot.domain.periods.is_kept``."""


def truth(entries: str = "true", lines: str = "true") -> str:
    """Common table expressions that end in ``truth``: a row for each board and member.

    ``entries`` narrows the ledger (tables ``ledger``, ``members`` and ``communities``), ``lines`` the boards
    (columns ``scope``, ``owner`` and ``topic``). Both are our own text, never anybody's input.
    """
    taken = "member_id, day, at, points, solved, kept_from"
    return f"""
    entry AS (
        SELECT ledger.id, ledger.community_id, ledger.channel_id, lower(ledger.topic) AS topic,
               ledger.question_id, ledger.member_id, ledger.day, ledger.at, ledger.points, ledger.solved,
               members.person_id, communities.league_id, communities.kept_from
        FROM ledger
        JOIN members ON members.id = ledger.member_id
        JOIN communities ON communities.id = ledger.community_id
        WHERE (ledger.points <> 0 OR ledger.solved <> 0) AND ({entries})
    ), shared AS (
        SELECT entry.*, sum(points) OVER one AS paid, min(id) OVER one AS first
        FROM entry WHERE league_id IS NOT NULL AND person_id IS NOT NULL AND question_id IS NOT NULL
        WINDOW one AS (PARTITION BY league_id, person_id, question_id, member_id)
    ), best AS (
        SELECT shared.*, first_value(member_id) OVER (
            PARTITION BY league_id, person_id, question_id ORDER BY paid DESC, first) AS best
        FROM shared
    ), line AS (
        SELECT 'community' AS scope, community_id AS owner, '' AS topic, {taken} FROM entry
        UNION ALL
        SELECT 'channel', channel_id, '', {taken} FROM entry WHERE channel_id IS NOT NULL
        UNION ALL
        SELECT 'topic', community_id, topic, {taken} FROM entry WHERE topic <> ''
        UNION ALL
        SELECT 'league', league_id, '', {taken} FROM entry WHERE league_id IS NOT NULL AND person_id IS NULL
        UNION ALL
        SELECT 'league', league_id, '', {FIRST_ACCOUNT.format("entry")}, day, at, points, solved, kept_from
        FROM entry WHERE league_id IS NOT NULL AND person_id IS NOT NULL AND question_id IS NULL
        UNION ALL
        SELECT 'league', league_id, '', {FIRST_ACCOUNT.format("best")}, day, at, points, solved, kept_from
        FROM best WHERE member_id = best
    ), truth AS (
        SELECT scope, owner, topic, span.period, span.start, member_id,
               sum(points)::int AS points, sum(solved)::int AS solved,
               coalesce(max(at) FILTER (WHERE points > 0), min(at)) AS reached_at
        FROM line, LATERAL {EVERY_SPAN}
        WHERE {SPAN_IS_KEPT} AND ({lines})
        GROUP BY scope, owner, topic, span.period, span.start, member_id
    )"""  # noqa: S608 - made of our own text alone


def difference(entries: str = "true", lines: str = "true", members: str = "true") -> str:
    """``truth``, and then ``difference``: every score that is not what it should be.

    ``members`` narrows the kept scores as ``entries`` does the ledger (column ``scores.member_id``).
    """
    return f"""{truth(entries, lines)}, standing AS (
        SELECT boards.scope, boards.owner, boards.topic, boards.period, boards.start, scores.member_id,
               scores.points, scores.solved
        FROM scores JOIN boards ON boards.id = scores.board_id WHERE ({lines}) AND ({members})
    ), difference AS (
        SELECT scope, owner, topic, period, start, member_id,
               standing.points AS kept, truth.points AS recounted,
               coalesce(truth.points, 0) - coalesce(standing.points, 0) AS points,
               coalesce(truth.solved, 0) - coalesce(standing.solved, 0) AS solved,
               coalesce(truth.reached_at, now()) AS reached_at
        FROM standing FULL JOIN truth USING (scope, owner, topic, period, start, member_id)
        WHERE coalesce(truth.points, 0) <> coalesce(standing.points, 0)
           OR coalesce(truth.solved, 0) <> coalesce(standing.solved, 0)
    )"""  # noqa: S608 - made of our own text alone


def make_boards(entries: str = "true", lines: str = "true") -> str:
    """The statement that makes every board which should be there."""
    return f"""WITH {truth(entries, lines)}
    INSERT INTO boards (scope, owner, topic, period, start)
    SELECT DISTINCT scope, owner, topic, period, start FROM truth
    ON CONFLICT (owner, scope, topic, period, start) DO NOTHING
    """  # noqa: S608 - made of our own text alone


def mend(entries: str = "true", lines: str = "true", members: str = "true") -> str:
    """The statement that adds to every score what it lacks; its boards have to be there."""
    return f"""WITH {difference(entries, lines, members)}, wrong AS (
        SELECT boards.id AS board_id, boards.watched_at IS NOT NULL AS watched, difference.*
        FROM difference JOIN boards USING (scope, owner, topic, period, start)
    ), mended AS (
        INSERT INTO scores AS score (member_id, board_id, points, solved, reached_at)
        SELECT member_id, board_id, points, solved, reached_at FROM wrong ORDER BY board_id, member_id
        ON CONFLICT (member_id, board_id) DO UPDATE SET
            points = score.points + excluded.points, solved = score.solved + excluded.solved,
            reached_at = excluded.reached_at
        RETURNING board_id, member_id, points
    ), moved AS (
        INSERT INTO score_moves (board_id, was, became)
        SELECT board_id, mended.points - wrong.points, mended.points
        FROM mended JOIN wrong USING (board_id, member_id) WHERE wrong.watched AND wrong.points <> 0
    )
    SELECT count(*) FROM mended
    """  # noqa: S608 - made of our own text alone
