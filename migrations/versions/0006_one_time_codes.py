"""one-time codes; indexes for taking members and communities away.

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MEMBERS = ("postings", "deliveries", "grading_jobs", "audit_log")
"""Tables whose rows are looked for by their member when one is forgotten."""


def upgrade() -> None:
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('person', 'league')", name=op.f("ck_one_time_codes_purpose")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_one_time_codes_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("purpose", "digest", name=op.f("uq_one_time_codes_purpose_digest")),
        sa.UniqueConstraint("purpose", "member_id", name=op.f("uq_one_time_codes_purpose_member_id")),
    )
    op.create_table(
        "code_failures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_code_failures_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_failures")),
    )
    op.create_index("ix_code_failures_member", "code_failures", ["member_id", "at"])
    for table in MEMBERS:
        op.create_index(
            f"ix_{table}_member", table, ["member_id"], postgresql_where=sa.text("member_id IS NOT NULL")
        )
    op.create_index(
        "ix_deliveries_finished",
        "deliveries",
        ["finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index("ix_submissions_channel", "submissions", ["channel_id"])
    op.create_index(
        "ix_submissions_job", "submissions", ["job_id"], postgresql_where=sa.text("job_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_submissions_job", table_name="submissions")
    op.drop_index("ix_submissions_channel", table_name="submissions")
    op.drop_index("ix_deliveries_finished", table_name="deliveries")
    for table in MEMBERS:
        op.drop_index(f"ix_{table}_member", table_name=table)
    op.drop_table("code_failures")
    op.drop_table("one_time_codes")
