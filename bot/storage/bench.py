"""A filled database to measure on, and hand-written statements to measure against."""

from __future__ import annotations

import asyncpg  # type: ignore[import-untyped]

UNSAFE = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""What is off while the tables are filled."""
LONG_S = 7_200
"""Seconds that one statement of the filling may take."""
HEAVY = ("answers", "ledger", "scores", "postings", "members")
"""Tables that are loaded without their indexes and constraints, which are put back afterwards."""

PEOPLE = (
    "INSERT INTO leagues (name) SELECT 'Everybody' WHERE $1::int > 0",
    """INSERT INTO communities (platform, external_id, name, league_id, kept_from)
       SELECT 'discord', 'c' || n, 'Community ' || n, (SELECT min(id) FROM leagues), CURRENT_DATE - 2
       FROM generate_series(1, $1::int) AS n""",
    """INSERT INTO channels (community_id, external_id, name, post_at, zone, next_due_at)
       SELECT id, 'daily', 'daily', '09:00', 'UTC', '2100-01-01' FROM communities WHERE $1::int > 0""",
    """INSERT INTO members (community_id, external_id, name)
       SELECT 1 + floor($1::int * power(random(), 3))::int, 'm' || n, 'Member ' || n
       FROM generate_series(1, $2::int) AS n""",
)
"""Argument: communities; of the last also members. Communities differ in size, and are in one league."""

DAYS = (
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
)
"""Arguments, one each: questions, the content that all have, days, questions."""

ANSWERS = (
    """INSERT INTO answers (posting_id, question_id, member_id, event_id, chosen, typed, correct, points,
                            answered_at)
       SELECT postings.id, postings.question_id, members.id, postings.id || '-' || members.id,
              ARRAY[0]::smallint[], '', luck.good, CASE WHEN luck.good THEN 5 ELSE 0 END,
              rounds.opens_at + (members.id % 32400) * interval '1 second'
        FROM rounds JOIN postings ON postings.round_id = rounds.id
        JOIN channels ON channels.id = rounds.channel_id
        JOIN members ON members.community_id = channels.community_id,
        LATERAL (SELECT (members.id * 7 + rounds.id) % 10 < 7 AS good) AS luck
        WHERE rounds.state = 'closed'""",
    """INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved, question_id,
                           channel_id, topic, why)
       SELECT channels.community_id, answers.member_id, 'answer', 'answer:' || answers.id, rounds.local_date,
              answers.answered_at, 5, 1, answers.question_id, channels.id, 'bench', ''
       FROM answers JOIN postings ON postings.id = answers.posting_id
       JOIN rounds ON rounds.id = postings.round_id JOIN channels ON channels.id = rounds.channel_id
       WHERE answers.correct""",
    """CREATE TEMPORARY TABLE line AS
       SELECT ledger.member_id, ledger.community_id, ledger.channel_id, span.period, span.start,
              sum(points)::int AS points, count(*)::int AS solved, max(at) AS at
       FROM ledger, LATERAL (VALUES ('today', day), ('week', date_trunc('week', day)::date),
            ('month', date_trunc('month', day)::date), ('season', date_trunc('quarter', day)::date),
            ('all', DATE '1970-01-01')) AS span (period, start)
       WHERE CASE span.period WHEN 'today' THEN span.start >= CURRENT_DATE - 2
                              WHEN 'week' THEN span.start >= date_trunc('week', CURRENT_DATE - 2)
                              WHEN 'month' THEN span.start >= date_trunc('month', CURRENT_DATE - 2)
                              ELSE true END
       GROUP BY 1, 2, 3, 4, 5""",
    """INSERT INTO boards (scope, owner, topic, period, start)
       SELECT DISTINCT scope, owner, topic, period, start
       FROM line, LATERAL (VALUES ('community', community_id, ''), ('channel', channel_id, ''),
            ('topic', community_id, 'bench'), ('league', 1, '')) AS board (scope, owner, topic)""",
    """INSERT INTO scores (member_id, board_id, points, solved, reached_at)
       SELECT line.member_id, boards.id, line.points, line.solved, line.at
       FROM line JOIN boards ON boards.period = line.period AND boards.start = line.start
        AND CASE boards.scope WHEN 'league' THEN true WHEN 'channel' THEN boards.owner = line.channel_id
                              ELSE boards.owner = line.community_id END
       WHERE boards.scope = 'league'""",
    """INSERT INTO scores (member_id, board_id, points, solved, reached_at)
       SELECT line.member_id, boards.id, line.points, line.solved, line.at
       FROM line JOIN boards ON boards.period = line.period AND boards.start = line.start
                            AND boards.scope = 'channel' AND boards.owner = line.channel_id""",
    """INSERT INTO scores (member_id, board_id, points, solved, reached_at)
       SELECT line.member_id, boards.id, line.points, line.solved, line.at
       FROM line JOIN boards ON boards.period = line.period AND boards.start = line.start
                            AND boards.scope IN ('community', 'topic') AND boards.owner =
                            line.community_id""",
    "DROP TABLE line",
)

BOARD = "SELECT id FROM boards WHERE scope = $1 AND owner = $2 AND topic = $3 AND period = $4 AND start = $5"

PAGE = """
    SELECT rank() OVER (ORDER BY points DESC), members.name, points, solved FROM (
        SELECT * FROM scores WHERE board_id = $1 AND points > 0
        ORDER BY points DESC, reached_at, member_id LIMIT 10
    ) AS page JOIN members ON members.id = page.member_id
"""
"""The first page, as one would write it by hand on the kept table."""

OWN_RANK = """
    SELECT own.points, own.solved,
           1 + (SELECT count(*) FROM scores AS above WHERE above.board_id = own.board_id
                AND above.points > own.points),
           (SELECT count(*) FROM scores AS board WHERE board.board_id = own.board_id AND board.points > 0)
    FROM scores AS own WHERE own.board_id = $1 AND own.member_id = $2
"""
"""The reader's own rank, and how many there are, counted."""

OWN_RANK_KEPT = """
    SELECT own.points, own.solved,
           1 + (SELECT coalesce(sum(members), 0) FROM board_counts AS above
                WHERE above.board_id = own.board_id AND above.points > own.points),
           (SELECT sum(members) FROM board_counts AS board WHERE board.board_id = own.board_id)
    FROM scores AS own WHERE own.board_id = $1 AND own.member_id = $2
"""
"""The same on a board whose members are counted by their points."""

RECORD = """
    WITH place AS (
        SELECT communities.id AS community, members.id AS member, posting.id AS posting, posting.question_id,
               posting.channel_id, rounds.local_date AS day
        FROM communities
        JOIN members ON members.community_id = communities.id AND members.external_id = $2
        JOIN channels ON channels.community_id = communities.id AND channels.external_id = 'daily'
        JOIN postings AS posting ON posting.id = $3 AND posting.channel_id = channels.id
        JOIN rounds ON rounds.id = posting.round_id AND now() BETWEEN rounds.opens_at AND rounds.closes_at
        WHERE communities.platform = 'discord' AND communities.external_id = $1
    ), added AS (
        INSERT INTO answers (posting_id, question_id, member_id, event_id, chosen, typed, correct,
                             answered_at, points)
        SELECT posting, question_id, member, $4, ARRAY[0]::smallint[], '', true, now(),
               CASE WHEN EXISTS (SELECT 1 FROM answers AS other WHERE other.member_id = place.member
                                 AND other.question_id = place.question_id) THEN 0 ELSE 5 END
        FROM place
        ON CONFLICT (posting_id, member_id) DO NOTHING
        RETURNING id, points, answered_at
    ), entry AS (
        INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved, question_id,
                            channel_id, topic, why)
        SELECT community, member, 'answer', 'answer:' || added.id, day, answered_at, points, 1, question_id,
               channel_id, 'bench', ''
        FROM added, place WHERE points > 0
        RETURNING community_id, member_id, channel_id, points, solved, at, day
    )
    INSERT INTO scores AS score (member_id, board_id, points, solved, reached_at)
    SELECT entry.member_id, boards.id, entry.points, entry.solved, entry.at
    FROM entry,
         LATERAL (VALUES ('community', community_id, ''), ('channel', channel_id, ''),
                         ('topic', community_id, 'bench'), ('league', 1, '')) AS wanted (scope, owner, topic),
         LATERAL (VALUES ('today', day), ('week', date_trunc('week', day)::date),
                         ('month', date_trunc('month', day)::date),
                         ('season', date_trunc('quarter', day)::date),
                         ('all', DATE '1970-01-01')) AS span (period, start),
         LATERAL (SELECT id FROM boards WHERE boards.scope = wanted.scope AND boards.owner = wanted.owner
                  AND boards.topic = wanted.topic AND boards.period = span.period
                  AND boards.start = span.start LIMIT 1) AS boards
    ON CONFLICT (member_id, board_id) DO UPDATE SET
        points = score.points + excluded.points, solved = score.solved + excluded.solved,
        reached_at = greatest(score.reached_at, excluded.reached_at)
"""
"""An answer with its ledger row and scores, as one would write it by hand."""

CLAIM = """
    WITH next AS (
        SELECT id FROM deliveries WHERE state = 'waiting' AND next_at <= now() AND platform = 'discord'
        ORDER BY turn, id LIMIT $1 FOR UPDATE SKIP LOCKED
    ), leased AS (
        UPDATE deliveries SET fence = fence + 1, attempts = attempts + 1, next_at = now() + interval '1 hour'
        FROM next WHERE deliveries.id = next.id RETURNING deliveries.*
    )
    SELECT leased.*, channels.external_id, channels.name, communities.external_id, communities.zone
    FROM leased JOIN channels ON channels.id = leased.channel_id
    JOIN communities ON communities.id = channels.community_id ORDER BY leased.turn, leased.id
"""
"""Some deliveries with where they go, as one would claim them by hand."""

TODAYS_BOARDS = """
    INSERT INTO boards (scope, owner, topic, period, start)
    SELECT scope, owner, topic, span.period, span.start
    FROM (SELECT DISTINCT scope, owner, topic FROM boards) AS every,
         (VALUES ('today', CURRENT_DATE), ('week', date_trunc('week', CURRENT_DATE)::date),
                 ('month', date_trunc('month', CURRENT_DATE)::date),
                 ('season', date_trunc('quarter', CURRENT_DATE)::date)) AS span (period, start)
    ON CONFLICT DO NOTHING
"""
"""The boards that the first answers of today would make: neither side is to be measured making them."""

UNCOUNTED = "SELECT count(*) FROM boards WHERE watched_at IS NOT NULL AND NOT counted"
"""Large boards that wait to be counted."""

CONSTRAINTS = """
    SELECT conrelid::regclass::text AS on_table, quote_ident(conname) AS name,
           pg_get_constraintdef(oid) AS def
    FROM pg_constraint WHERE (conrelid::regclass::text = ANY($1) OR confrelid::regclass::text = ANY($1))
      AND contype IN ('p', 'u', 'f')
    ORDER BY contype = 'f', conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS def FROM pg_index
    WHERE indrelid::regclass::text = ANY($1)
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
"""


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

    ``content`` is the JSON of the one question that all are. Leagues, communities and so on are numbered from
    1.
    """
    for setting in UNSAFE:
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    for statement in PEOPLE[:3]:
        await connection.execute(statement, communities, timeout=LONG_S)
    async with connection.transaction():  # each question needs its version when it is committed
        await connection.execute(DAYS[0], questions)
        await connection.execute(DAYS[1], content)
    await connection.execute(DAYS[2], days, timeout=LONG_S)
    constraints = await connection.fetch(CONSTRAINTS, list(HEAVY))
    indexes = await connection.fetch(INDEXES, list(HEAVY))
    for row in reversed(constraints):
        await connection.execute(f"ALTER TABLE {row['on_table']} DROP CONSTRAINT {row['name']}")
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    await connection.execute(PEOPLE[3], communities, members, timeout=LONG_S)
    await connection.execute(DAYS[3], questions, timeout=LONG_S)
    await connection.execute("ANALYZE", timeout=LONG_S)
    for statement in ANSWERS:
        await connection.execute(statement, timeout=LONG_S)
    await connection.execute(TODAYS_BOARDS, timeout=LONG_S)
    for row in constraints:
        await connection.execute(
            f"ALTER TABLE {row['on_table']} ADD CONSTRAINT {row['name']} {row['def']}", timeout=LONG_S
        )
    for row in indexes:
        await connection.execute(row["def"], timeout=LONG_S)
    await connection.execute("VACUUM ANALYZE", timeout=LONG_S)
    await connection.execute("RESET maintenance_work_mem; RESET work_mem")
    await connection.execute("ALTER SYSTEM RESET ALL")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute("CHECKPOINT", timeout=LONG_S)
