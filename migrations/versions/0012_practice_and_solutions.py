"""practice and solutions.

Revision: 0012
After: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checklist_ticks",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_checklist_ticks_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_checklist_ticks_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "question_id", "item", name=op.f("pk_checklist_ticks")),
    )
    op.create_table(
        "solutions_seen",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_solutions_seen_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_solutions_seen_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "question_id", name=op.f("pk_solutions_seen")),
    )
    op.create_table(
        "free_answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("met", sa.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_free_answers_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            name=op.f("fk_free_answers_version_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_answers")),
    )
    op.create_index("ix_free_answers_member", "free_answers", ["member_id", "question_id"], unique=False)
    op.create_table(
        "solutions_shared",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_solutions_shared_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_solutions_shared_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_solutions_shared_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_solutions_shared")),
        sa.UniqueConstraint(
            "member_id", "question_id", name=op.f("uq_solutions_shared_member_id_question_id")
        ),
    )
    op.create_index("ix_solutions_shared_question", "solutions_shared", ["question_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_solutions_shared_question", table_name="solutions_shared")
    op.drop_table("solutions_shared")
    op.drop_index("ix_free_answers_member", table_name="free_answers")
    op.drop_table("free_answers")
    op.drop_table("solutions_seen")
    op.drop_table("checklist_ticks")
