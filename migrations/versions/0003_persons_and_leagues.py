"""persons and leagues.

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_table(
        "leagues",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leagues")),
    )
    op.add_column("communities", sa.Column("league_id", sa.BigInteger(), nullable=True))
    op.add_column("communities", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_communities_league_id"),
        "communities",
        "leagues",
        ["league_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_communities_league",
        "communities",
        ["league_id"],
        postgresql_where=sa.text("league_id IS NOT NULL"),
    )
    op.create_index(
        "ix_communities_left", "communities", ["left_at"], postgresql_where=sa.text("left_at IS NOT NULL")
    )
    op.add_column("members", sa.Column("person_id", sa.BigInteger(), nullable=True))
    op.add_column("members", sa.Column("hidden", sa.Boolean(), server_default="false", nullable=False))
    op.create_foreign_key(
        op.f("fk_members_person_id"), "members", "persons", ["person_id"], ["id"], ondelete="SET NULL"
    )
    op.create_unique_constraint(
        op.f("uq_members_person_id_community_id"), "members", ["person_id", "community_id"]
    )
    op.create_index("ix_members_account", "members", ["external_id"])


def downgrade() -> None:
    op.drop_index("ix_members_account", table_name="members")
    op.drop_constraint(op.f("uq_members_person_id_community_id"), "members", type_="unique")
    op.drop_constraint(op.f("fk_members_person_id"), "members", type_="foreignkey")
    op.drop_column("members", "hidden")
    op.drop_column("members", "person_id")
    op.drop_index("ix_communities_left", table_name="communities")
    op.drop_index("ix_communities_league", table_name="communities")
    op.drop_constraint(op.f("fk_communities_league_id"), "communities", type_="foreignkey")
    op.drop_column("communities", "left_at")
    op.drop_column("communities", "league_id")
    op.drop_table("leagues")
    op.drop_table("persons")
