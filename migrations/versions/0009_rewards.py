"""roles for streaks and ranks.

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rewards",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_rewards_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_rewards")),
    )
    op.create_index(op.f("ix_rewards_due_at"), "rewards", ["due_at"])
    op.create_table(
        "role_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('streak', 'rank')", name=op.f("ck_role_rules_kind")),
        sa.CheckConstraint("period IN ('week', 'month', 'all')", name=op.f("ck_role_rules_period")),
        sa.CheckConstraint("threshold >= 1", name=op.f("ck_role_rules_threshold")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_role_rules_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_rules")),
        sa.UniqueConstraint(
            "community_id",
            "kind",
            "period",
            "threshold",
            name=op.f("uq_role_rules_community_id_kind_period_threshold"),
        ),
    )
    op.create_table(
        "roles_given",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_roles_given_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "role", name=op.f("pk_roles_given")),
    )


def downgrade() -> None:
    op.drop_table("roles_given")
    op.drop_table("role_rules")
    op.drop_table("rewards")
