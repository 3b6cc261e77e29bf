"""exams.

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_blueprints",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("plan", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["banks.id"], name=op.f("fk_exam_blueprints_bank_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_blueprints")),
        sa.UniqueConstraint("bank_id", "key", name=op.f("uq_exam_blueprints_bank_id_key")),
    )
    op.create_table(
        "exams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("blueprint_id", sa.BigInteger(), nullable=True),
        sa.Column("plan", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("started_at < ends_at", name=op.f("ck_exams_window")),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["exam_blueprints.id"], name=op.f("fk_exams_blueprint_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_exams_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_exams_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exams")),
    )
    op.create_index(
        "ix_exams_ending", "exams", ["ends_at"], unique=False, postgresql_where=sa.text("finished_at IS NULL")
    )
    op.create_index("ix_exams_member", "exams", ["member_id", "id"], unique=False)
    op.create_index(
        "uq_exams_open", "exams", ["member_id"], unique=True, postgresql_where=sa.text("finished_at IS NULL")
    )
    op.create_table(
        "exam_items",
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("domain", sa.SmallInteger(), nullable=False),
        sa.Column("chosen", sa.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
        sa.Column("typed", sa.Text(), server_default="", nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.CheckConstraint("place >= 1", name=op.f("ck_exam_items_place")),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["exams.id"], name=op.f("fk_exam_items_exam_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            name=op.f("fk_exam_items_version_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("exam_id", "place", name=op.f("pk_exam_items")),
        sa.UniqueConstraint("exam_id", "question_id", name=op.f("uq_exam_items_exam_id_question_id")),
    )
    op.create_index("ix_exam_items_question", "exam_items", ["question_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_exam_items_question", table_name="exam_items")
    op.drop_table("exam_items")
    op.drop_index("uq_exams_open", table_name="exams", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_index("ix_exams_member", table_name="exams")
    op.drop_index("ix_exams_ending", table_name="exams", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_table("exams")
    op.drop_table("exam_blueprints")
