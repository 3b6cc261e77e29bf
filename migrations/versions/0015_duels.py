"""duels.

Revision: 0015
After: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("platform IN ('discord', 'slack', 'playground')", name=op.f("ck_duels_platform")),
        sa.CheckConstraint(
            "state IN ('invited', 'open', 'over', 'declined', 'expired')", name=op.f("ck_duels_state")
        ),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_duels_two")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_duels_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["members.id"], name=op.f("fk_duels_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["members.id"], name=op.f("fk_duels_second_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "question_id"],
            ["question_versions.id", "question_versions.question_id"],
            name=op.f("fk_duels_version_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["winner_id"], ["members.id"], name=op.f("fk_duels_winner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duels")),
        sa.UniqueConstraint("platform", "event_id", name=op.f("uq_duels_platform_event_id")),
    )
    op.create_index("ix_duels_first", "duels", ["first_id", "id"], unique=False)
    op.create_index(
        "ix_duels_live",
        "duels",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('invited', 'open')"),
    )
    op.create_index("ix_duels_second", "duels", ["second_id", "id"], unique=False)
    op.create_table(
        "duel_sides",
        sa.Column("duel_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
        sa.Column("typed", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["duel_id"], ["duels.id"], name=op.f("fk_duel_sides_duel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_duel_sides_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("duel_id", "member_id", name=op.f("pk_duel_sides")),
    )


def downgrade() -> None:
    op.drop_table("duel_sides")
    op.drop_index("ix_duels_second", table_name="duels")
    op.drop_index(
        "ix_duels_live", table_name="duels", postgresql_where=sa.text("state IN ('invited', 'open')")
    )
    op.drop_index("ix_duels_first", table_name="duels")
    op.drop_table("duels")
