"""first tables.

Revision: 0001
After: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "communities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), server_default="UTC", nullable=False),
        sa.CheckConstraint(
            "platform IN ('discord', 'slack', 'playground')", name=op.f("ck_communities_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communities")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_communities_platform_external_id")),
    )
    op.create_table(
        "playground_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("private_to", sa.Text(), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playground_messages")),
        sa.UniqueConstraint("channel", "nonce", name=op.f("uq_playground_messages_channel_nonce")),
        sa.UniqueConstraint("revision", name=op.f("uq_playground_messages_revision")),
    )
    op.create_index(
        "ix_playground_messages_changes", "playground_messages", ["channel", "revision"], unique=False
    )
    op.create_index("ix_playground_messages_history", "playground_messages", ["channel", "id"], unique=False)
    op.create_table(
        "banks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_banks_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banks")),
        sa.UniqueConstraint(
            "name",
            "community_id",
            name=op.f("uq_banks_name_community_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post_at", sa.Time(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("days", sa.ARRAY(sa.SmallInteger()), server_default="{1,2,3,4,5,6,7}", nullable=False),
        sa.Column("holidays", sa.ARRAY(sa.Date()), server_default="{}", nullable=False),
        sa.Column("topics", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("difficulties", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("question", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("challenge", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("paused", sa.Text(), server_default="", nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(post_at IS NULL) = (zone IS NULL)", name=op.f("ck_channels_whole_schedule")),
        sa.CheckConstraint(
            "days <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[]", name=op.f("ck_channels_weekdays")
        ),
        sa.CheckConstraint(
            "post_at IS NOT NULL OR next_due_at IS NULL", name=op.f("ck_channels_due_by_schedule")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_channels_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("community_id", "external_id", name=op.f("uq_channels_community_id_external_id")),
    )
    op.create_index(
        "ix_channels_due",
        "channels",
        ["next_due_at"],
        unique=False,
        postgresql_where="next_due_at IS NOT NULL AND paused = ''",
    )
    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_members_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("community_id", "external_id", name=op.f("uq_members_community_id_external_id")),
        sa.UniqueConstraint("id", "community_id", name=op.f("uq_members_id_community_id")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_audit_log_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_audit_log_member_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_community", "audit_log", ["community_id", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("reply", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_id", sa.Text(), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (finished_at IS NULL)", name=op.f("ck_deliveries_finished")
        ),
        sa.CheckConstraint(
            "kind IN ('question', 'challenge', 'recap', 'verdict', 'notice')", name=op.f("ck_deliveries_kind")
        ),
        sa.CheckConstraint(
            "platform IN ('discord', 'slack', 'playground')", name=op.f("ck_deliveries_platform")
        ),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_deliveries_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_deliveries_community_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_deliveries_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index(
        "ix_deliveries_backlog",
        "deliveries",
        ["community_id", "channel_id"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_index(
        "ix_deliveries_next", "deliveries", ["turn", "id"], unique=False, postgresql_where="state = 'waiting'"
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("difficulty", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("shuffle_key", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name=op.f("ck_questions_difficulty")),
        sa.CheckConstraint(
            "kind IN ("
            "'multiple_choice', "
            "'predict_output', "
            "'code_stdout', "
            "'code_tests', "
            "'code_project', "
            "'fix_the_bug', "
            "'write_a_test', "
            "'extend', "
            "'flashcard', "
            "'free_text', "
            "'checklist')",
            name=op.f("ck_questions_kind"),
        ),
        sa.CheckConstraint("shuffle_key >= 0", name=op.f("ck_questions_shuffle_key")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["banks.id"], name=op.f("fk_questions_bank_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("bank_id", "key", name=op.f("uq_questions_bank_id_key")),
    )
    op.create_index(
        "ix_questions_pick", "questions", ["shuffle_key", "id"], unique=False, postgresql_where="enabled"
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("state = 'skipped' OR opens_at < closes_at", name=op.f("ck_rounds_window")),
        sa.CheckConstraint("state IN ('open', 'closed', 'void', 'skipped')", name=op.f("ck_rounds_state")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_rounds_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("channel_id", "local_date", name=op.f("uq_rounds_channel_id_local_date")),
    )
    op.create_index(
        "ix_rounds_open", "rounds", ["channel_id"], unique=False, postgresql_where="state = 'open'"
    )
    op.create_index(
        "ix_rounds_to_close", "rounds", ["closes_at"], unique=False, postgresql_where="state = 'open'"
    )
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
    op.create_index(
        "ix_scores_ranks",
        "scores",
        ["community_id", "period", "start", sa.literal_column("points DESC"), "reached_at", "member_id"],
        unique=False,
        postgresql_where="points > 0",
    )
    op.create_table(
        "hints_taken",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_hints_taken_number")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_hints_taken_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_hints_taken_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "question_id", "number", name=op.f("pk_hints_taken")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("solved", sa.SmallInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('answer', 'submission', 'correction', 'freeze_granted', 'streak_repaired')",
            name=op.f("ck_ledger_kind"),
        ),
        sa.CheckConstraint("solved BETWEEN -1 AND 1", name=op.f("ck_ledger_solved")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_ledger_channel_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "community_id"],
            ["members.id", "members.community_id"],
            name=op.f("fk_ledger_member_id_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_ledger_question_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("community_id", "source", name=op.f("uq_ledger_community_id_source")),
    )
    op.create_index("ix_ledger_member", "ledger", ["member_id", "question_id"], unique=False)
    op.create_table(
        "question_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_question_versions_number")),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_question_versions_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_versions")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_question_versions_id_question_id")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_versions_question_id_number")),
    )
    op.create_table(
        "grading_jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judgement", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (leased_until IS NOT NULL)", name=op.f("ck_grading_jobs_lease")
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'aside')) = (judgement IS NOT NULL)", name=op.f("ck_grading_jobs_outcome")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'aside')", name=op.f("ck_grading_jobs_state")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_grading_jobs_attempts")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_grading_jobs_community_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_grading_jobs_member_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["question_versions.id"],
            name=op.f("fk_grading_jobs_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_jobs")),
        sa.UniqueConstraint("version_id", "digest", name=op.f("uq_grading_jobs_version_id_digest")),
    )
    op.create_index(
        "ix_grading_jobs_backlog",
        "grading_jobs",
        ["community_id", "level", "member_id"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_index(
        "ix_grading_jobs_leases",
        "grading_jobs",
        ["leased_until"],
        unique=False,
        postgresql_where="state = 'running'",
    )
    op.create_index(
        "ix_grading_jobs_next",
        "grading_jobs",
        ["turn", "id"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("challenge", sa.Boolean(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "platform IN ('discord', 'slack', 'playground')", name=op.f("ck_postings_platform")
        ),
        sa.CheckConstraint("(platform IS NULL) = (event_id IS NULL)", name=op.f("ck_postings_whole_event")),
        sa.CheckConstraint("round_id IS NULL OR member_id IS NULL", name=op.f("ck_postings_round_or_member")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_postings_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_postings_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_postings_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            name=op.f("fk_postings_version_id_question_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_postings_id_question_id")),
        sa.UniqueConstraint("platform", "event_id", name=op.f("uq_postings_platform_event_id")),
        sa.UniqueConstraint("round_id", "challenge", name=op.f("uq_postings_round_id_challenge")),
    )
    op.create_index(
        "ix_postings_uses",
        "postings",
        ["channel_id", "question_id"],
        unique=False,
        postgresql_where="round_id IS NOT NULL",
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("chosen", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("points", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_answers_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["posting_id", "question_id"],
            ["postings.id", "postings.question_id"],
            name=op.f("fk_answers_posting_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("posting_id", "member_id", name=op.f("uq_answers_posting_id_member_id")),
    )
    op.create_index("ix_answers_seen", "answers", ["member_id", "question_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reply", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("judgement", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("points", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "platform IN ('discord', 'slack', 'playground')", name=op.f("ck_submissions_platform")
        ),
        sa.CheckConstraint(
            "verdict IN ("
            "'accepted', "
            "'wrong_answer', "
            "'time_limit', "
            "'memory_limit', "
            "'output_limit', "
            "'runtime_error', "
            "'compile_error', "
            "'internal_error')",
            name=op.f("ck_submissions_verdict"),
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (judgement IS NULL)", name=op.f("ck_submissions_whole_judgement")
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_submissions_attempt")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_submissions_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["grading_jobs.id"], name=op.f("fk_submissions_job_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_submissions_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["posting_id", "question_id"],
            ["postings.id", "postings.question_id"],
            name=op.f("fk_submissions_posting_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            name=op.f("fk_submissions_version_id_question_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("platform", "event_id", name=op.f("uq_submissions_platform_event_id")),
    )
    op.create_index("ix_submissions_attempts", "submissions", ["member_id", "question_id"], unique=False)
    op.create_index(
        "ix_submissions_posting",
        "submissions",
        ["posting_id", "member_id"],
        unique=False,
        postgresql_where="posting_id IS NOT NULL",
    )
    op.create_index(
        "ix_submissions_solved",
        "submissions",
        ["question_id", "member_id"],
        unique=False,
        postgresql_where="verdict = 'accepted'",
    )
    op.create_index(
        "ix_submissions_waiting", "submissions", ["job_id"], unique=False, postgresql_where="verdict IS NULL"
    )

    op.create_foreign_key(
        "fk_questions_current_version",
        "questions",
        "question_versions",
        ["id", "number"],
        ["question_id", "number"],
        deferrable=True,
        initially="DEFERRED",
    )


def downgrade() -> None:
    op.drop_constraint("fk_questions_current_version", "questions")
    op.drop_table("submissions")
    op.drop_table("answers")
    op.drop_table("postings")
    op.drop_table("grading_jobs")
    op.drop_table("question_versions")
    op.drop_table("ledger")
    op.drop_table("hints_taken")
    op.drop_table("scores")
    op.drop_table("rounds")
    op.drop_table("questions")
    op.drop_table("deliveries")
    op.drop_table("audit_log")
    op.drop_table("members")
    op.drop_table("channels")
    op.drop_table("banks")
    op.drop_table("playground_messages")
    op.drop_table("communities")
