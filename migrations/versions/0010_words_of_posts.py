"""what a channel's posts are worded in, and whom they are announced to.

Revision: 0010
After: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channels", sa.Column("language", sa.Text(), server_default="en", nullable=False))
    op.add_column("channels", sa.Column("ping", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("channels", "ping")
    op.drop_column("channels", "language")
