"""boards.

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FILL = """
    CREATE TEMPORARY TABLE line ON COMMIT DROP AS
    SELECT 'community' AS scope, community_id AS owner, '' AS topic, member_id, day, at, points, solved
    FROM ledger WHERE points <> 0 OR solved <> 0
    UNION ALL
    SELECT 'channel', channel_id, '', member_id, day, at, points, solved
    FROM ledger WHERE (points <> 0 OR solved <> 0) AND channel_id IS NOT NULL
    UNION ALL
    SELECT 'topic', community_id, lower(topic), member_id, day, at, points, solved
    FROM ledger WHERE (points <> 0 OR solved <> 0) AND topic <> ''
    ;
    CREATE TEMPORARY TABLE span ON COMMIT DROP AS
    SELECT line.*, span.period, span.start
    FROM line, LATERAL (VALUES ('today', day), ('week', date_trunc('week', day)::date),
        ('month', date_trunc('month', day)::date), ('season', date_trunc('quarter', day)::date),
        ('all', DATE '1970-01-01')) AS span (period, start)
    ;
    INSERT INTO boards (scope, owner, topic, period, start)
    SELECT DISTINCT scope, owner, topic, period, start FROM span
    ;
    INSERT INTO scores (member_id, board_id, points, solved, reached_at)
    SELECT member_id, boards.id, sum(points), sum(solved),
           coalesce(max(at) FILTER (WHERE points > 0), min(at))
    FROM span JOIN boards USING (scope, owner, topic, period, start)
    GROUP BY member_id, boards.id
"""
"""What was earned before, put on the new boards."""

SCORES_THAT_GO = """
CREATE FUNCTION scores_that_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO score_moves (board_id, was, became)
    SELECT gone.board_id, gone.points, 0
    FROM gone JOIN boards ON boards.id = gone.board_id AND boards.watched_at IS NOT NULL;
    RETURN NULL;
END
$$
"""

ON_DELETE = """
CREATE TRIGGER scores_that_go AFTER DELETE ON scores
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION scores_that_go()
"""

PERIODS = "'today', 'week', 'month', 'season', 'all'"


def upgrade() -> None:
    op.add_column(
        "communities", sa.Column("kept_from", sa.Date(), server_default="0001-01-01", nullable=False)
    )
    op.add_column("members", sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("communities", sa.Column("rewritten", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "streak_marks",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rewritten", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.Column("freezes", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_streak_marks_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_streak_marks")),
    )
    op.drop_table("scores")
    op.create_table(
        "boards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "scope IN ('community', 'channel', 'topic', 'league')", name=op.f("ck_boards_scope")
        ),
        sa.CheckConstraint(f"period IN ({PERIODS})", name=op.f("ck_boards_period")),
        sa.CheckConstraint("(scope = 'topic') = (topic <> '')", name=op.f("ck_boards_topic")),
        sa.CheckConstraint("watched_at IS NOT NULL OR NOT counted", name=op.f("ck_boards_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint(
            "owner",
            "scope",
            "topic",
            "period",
            "start",
            name=op.f("uq_boards_owner_scope_topic_period_start"),
        ),
    )
    op.create_index("ix_boards_start", "boards", ["period", "start"])
    op.create_index(
        "ix_boards_watched",
        "boards",
        ["watched_at"],
        postgresql_where=sa.text("watched_at IS NOT NULL AND NOT counted"),
    )
    op.create_table(
        "scores",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_scores_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "board_id", name=op.f("pk_scores")),
    )
    op.create_table(
        "board_counts",
        sa.Column("board_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "points", name=op.f("pk_board_counts")),
    )
    op.create_table(
        "score_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("was", sa.Integer(), nullable=False),
        sa.Column("became", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_moves")),
    )
    op.create_index("ix_score_moves_board", "score_moves", ["board_id"])
    for statement in FILL.split("    ;\n"):
        op.execute(statement)
    op.create_index(
        "ix_scores_ranks", "scores", ["board_id", sa.literal_column("points DESC"), "reached_at", "member_id"]
    )
    op.execute(SCORES_THAT_GO)
    op.execute(ON_DELETE)


def downgrade() -> None:
    for table in ("score_moves", "board_counts", "scores", "boards"):
        op.drop_table(table)
    op.execute("DROP FUNCTION scores_that_go()")
    op.create_table(
        "scores",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("solved", sa.BigInteger(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period IN ('today', 'week', 'month', 'all')", name=op.f("ck_scores_period")),
        sa.ForeignKeyConstraint(
            ["member_id", "community_id"],
            ["members.id", "members.community_id"],
            name=op.f("fk_scores_member_id_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "period", "start", "member_id", name=op.f("pk_scores")),
    )
    op.execute("""
        INSERT INTO scores (community_id, period, start, member_id, points, solved, reached_at)
        SELECT community_id, span.period, span.start, member_id, sum(points), sum(solved), max(at)
        FROM ledger, LATERAL (VALUES ('today', day), ('week', date_trunc('week', day)::date),
            ('month', date_trunc('month', day)::date), ('all', DATE '1970-01-01')) AS span (period, start)
        WHERE points <> 0 OR solved <> 0 GROUP BY 1, 2, 3, 4
    """)
    op.create_index(
        "ix_scores_ranks",
        "scores",
        ["community_id", "period", "start", sa.literal_column("points DESC"), "reached_at", "member_id"],
        postgresql_where=sa.text("points > 0"),
    )
    op.drop_table("streak_marks")
    op.drop_column("members", "turn")
    op.drop_column("communities", "rewritten")
    op.drop_column("communities", "kept_from")
