"""review.

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_cursor",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("horizon", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_study_cursor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_cursor")),
    )
    op.create_table(
        "review_habits",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("reviews_a_day", sa.Integer(), nullable=False),
        sa.Column("new_a_day", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.Time(), nullable=True),
        sa.Column("next_reminder_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("weights", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("fitted_to", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(remind_at IS NULL) = (next_reminder_at IS NULL)", name=op.f("ck_review_habits_reminder")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_review_habits_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_review_habits_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_review_habits")),
    )
    op.create_index(
        "ix_review_habits_reminders",
        "review_habits",
        ["next_reminder_at"],
        unique=False,
        postgresql_where=sa.text("next_reminder_at IS NOT NULL"),
    )
    op.create_table(
        "review_cards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("step", sa.SmallInteger(), server_default="0", nullable=True),
        sa.Column("stability", sa.Float(precision=53), nullable=True),
        sa.Column("difficulty", sa.Float(precision=53), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviews", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dropped", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("origin IN ('mistake', 'flashcard')", name=op.f("ck_review_cards_origin")),
        sa.CheckConstraint(
            "(stability IS NULL) = (last_review_at IS NULL)", name=op.f("ck_review_cards_whole_memory")
        ),
        sa.CheckConstraint("state IN (1, 2, 3)", name=op.f("ck_review_cards_state")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_review_cards_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_review_cards_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_cards")),
        sa.UniqueConstraint("member_id", "question_id", name=op.f("uq_review_cards_member_id_question_id")),
    )
    op.create_index(
        "ix_review_cards_due",
        "review_cards",
        ["member_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("NOT dropped"),
    )
    op.create_table(
        "first_attempts",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("chosen", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('answer', 'exam', 'duel')", name=op.f("ck_first_attempts_source")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_first_attempts_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            name=op.f("fk_first_attempts_version_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "question_id", name=op.f("pk_first_attempts")),
    )
    op.create_index("ix_first_attempts_question", "first_attempts", ["question_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 4", name=op.f("ck_reviews_rating")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["review_cards.id"], name=op.f("fk_reviews_card_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_reviews_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("card_id", "number", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_member", "reviews", ["member_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_reviews_member", table_name="reviews")
    op.drop_table("reviews")
    op.drop_index("ix_first_attempts_question", table_name="first_attempts")
    op.drop_table("first_attempts")
    op.drop_index("ix_review_cards_due", table_name="review_cards", postgresql_where=sa.text("NOT dropped"))
    op.drop_table("review_cards")
    op.drop_index(
        "ix_review_habits_reminders",
        table_name="review_habits",
        postgresql_where=sa.text("next_reminder_at IS NOT NULL"),
    )
    op.drop_table("review_habits")
    op.drop_table("study_cursor")
