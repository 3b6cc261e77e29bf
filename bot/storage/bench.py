"""A filled database to measure on, and hand-written statements to measure against."""

from __future__ import annotations

import asyncpg  # type: ignore[import-untyped]

FILL = (
    """INSERT INTO communities (platform, external_id, name)
       SELECT 'discord', 'c' || n, 'Community ' || n FROM generate_series(1, $1::int) AS n""",
    """INSERT INTO channels (community_id, external_id, name, post_at, zone, next_due_at)
       SELECT id, 'daily', 'daily', '09:00', 'UTC', '2100-01-01' FROM communities WHERE $1::int > 0""",
    """INSERT INTO members (community_id, external_id, name)
       SELECT 1 + floor($1::int * power(random(), 3))::int, 'm' || n, 'Member ' || n
       FROM generate_series(1, $2::int) AS n""",
    """WITH bank AS (INSERT INTO banks (name) VALUES ('bench') RETURNING id)
       INSERT INTO questions (bank_id, key, number, kind, difficulty, topic, title, shuffle_key)
       SELECT bank.id, 'q' || n, 1, 'multiple_choice', 'easy', 'bench', 'Question ' || n,
              floor(random() * 2147483647)::int
       FROM bank, generate_series(1, $1::int) AS n""",
    """INSERT INTO question_versions (question_id, number, digest, content)
       SELECT id, 1, key, $1::json FROM questions""",
    """INSERT INTO rounds (channel_id, local_date, opens_at, closes_at, state)
       SELECT channels.id, CURRENT_DATE - n, now() - make_interval(days => n),
              now() - make_interval(days => n) + interval '24 hours 30 minutes',
              CASE WHEN n = 0 THEN 'open' ELSE 'closed' END
       FROM channels, generate_series(0, $1::int) AS n""",
    """INSERT INTO postings (channel_id, question_id, version_id, challenge, round_id, shown_at)
       SELECT rounds.channel_id, version.question_id, version.id, false, rounds.id, rounds.opens_at
       FROM rounds JOIN question_versions AS version
         ON version.question_id = (SELECT min(id) FROM questions)
                                  + (CURRENT_DATE - rounds.local_date) % $1::int""",
    """INSERT INTO answers (posting_id, question_id, member_id, event_id, chosen, typed, correct, points,
                            answered_at)
       SELECT postings.id, postings.question_id, members.id, postings.id || '-' || members.id,
              ARRAY[0]::smallint[], '', random() < 0.7, 0, rounds.opens_at + random() * interval '9 hours'
       FROM rounds JOIN postings ON postings.round_id = rounds.id
       JOIN channels ON channels.id = rounds.channel_id
       JOIN members ON members.community_id = channels.community_id
       WHERE rounds.state = 'closed' AND $1::int > 0""",
    "UPDATE answers SET points = 5 WHERE correct AND $1::int > 0",
    """INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved, question_id,
                           topic, why)
       SELECT members.community_id, members.id, 'answer', 'answer:' || answers.id, answers.answered_at::date,
              answers.answered_at, 5, 1, answers.question_id, 'bench', ''
       FROM answers JOIN members ON members.id = answers.member_id WHERE correct AND $1::int > 0""",
    """INSERT INTO scores (community_id, period, start, member_id, points, solved, reached_at)
       SELECT community_id, span.period, span.start, member_id, sum(points), sum(solved), max(at)
       FROM ledger, LATERAL (VALUES ('today', day), ('week', date_trunc('week', day)::date),
            ('month', date_trunc('month', day)::date), ('all', DATE '1970-01-01')) AS span (period, start)
       WHERE $1::int > 0
       GROUP BY 1, 2, 3, 4""",
)
"""Statements that fill the tables, in order; the first argument of each is named in ``fill``."""

PAGE = """
    SELECT rank() OVER (ORDER BY points DESC), members.name, points, solved FROM (
        SELECT * FROM scores WHERE community_id = $1 AND period = 'all' AND points > 0
        ORDER BY points DESC, reached_at, member_id LIMIT 10
    ) AS page JOIN members ON members.id = page.member_id
"""
"""The first page of all time, as one would write it by hand on the kept table."""

OWN_RANK = """
    SELECT own.points, own.solved,
           1 + (SELECT count(*) FROM scores AS above WHERE above.community_id = own.community_id
                AND above.period = 'all' AND above.start = own.start AND above.points > own.points),
           (SELECT count(*) FROM scores AS board WHERE board.community_id = own.community_id
                AND board.period = 'all' AND board.start = own.start AND board.points > 0)
    FROM scores AS own WHERE own.community_id = $1 AND own.period = 'all' AND own.member_id = $2
"""
"""The reader's own rank, and how many there are."""

RECORD = """
    WITH added AS (
        INSERT INTO answers (posting_id, question_id, member_id, event_id, chosen, typed, correct,
                             answered_at, points)
        SELECT $1, question_id, $2, $3, ARRAY[0]::smallint[], '', true, now(), 5
        FROM postings WHERE id = $1
        ON CONFLICT (posting_id, member_id) DO NOTHING
        RETURNING id, question_id, member_id, answered_at
    ), entry AS (
        INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved, question_id,
                            topic, why)
        SELECT $4, member_id, 'answer', 'answer:' || id, CURRENT_DATE, answered_at, 5, 1, question_id, '', ''
        FROM added RETURNING community_id, member_id, points, solved, at, day
    )
    INSERT INTO scores AS score (community_id, period, start, member_id, points, solved, reached_at)
    SELECT community_id, span.period, span.start, member_id, points, solved, at
    FROM entry, LATERAL (VALUES ('today', day), ('week', date_trunc('week', day)::date),
         ('month', date_trunc('month', day)::date), ('all', DATE '1970-01-01')) AS span (period, start)
    ON CONFLICT (community_id, period, start, member_id) DO UPDATE SET
        points = score.points + excluded.points, solved = score.solved + excluded.solved,
        reached_at = greatest(score.reached_at, excluded.reached_at)
"""
"""An answer with its ledger row and scores, as one would write it by hand."""


async def fill(
    connection: asyncpg.Connection[asyncpg.Record],
    *,
    communities: int,
    members: int,
    days: int,
    questions: int,
    content: str,
) -> None:
    """Fill an empty database: each member answered each of ``days`` rounds of their community's channel.

    Communities are of very different sizes. ``content`` is the JSON of the one question that all are.
    """
    arguments: list[tuple[object, ...]] = [
        (communities,),
        (1,),
        (communities, members),
        (questions,),
        (content,),
        (days,),
        (questions,),
        *([(1,)] * 4),
    ]
    async with connection.transaction():
        for statement, given in zip(FILL, arguments, strict=True):
            await connection.execute(statement, *given, timeout=None)
    await connection.execute("VACUUM ANALYZE", timeout=None)
