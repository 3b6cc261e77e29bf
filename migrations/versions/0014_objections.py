"""flags on questions, and questions that a community set aside.

Revision: 0014
After: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_flags",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_question_flags_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_question_flags_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_flags_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "question_id", name=op.f("pk_question_flags")),
    )
    op.create_index("ix_question_flags_question", "question_flags", ["community_id", "question_id"])
    op.create_table(
        "questions_set_aside",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_questions_set_aside_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_questions_set_aside_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "question_id", name=op.f("pk_questions_set_aside")),
    )


def downgrade() -> None:
    op.drop_table("questions_set_aside")
    op.drop_index("ix_question_flags_question", table_name="question_flags")
    op.drop_table("question_flags")
