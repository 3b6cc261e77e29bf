"""latest showings.

Revision: 0016
After: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MEMBERS = sa.text("member_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_postings_member", table_name="postings")
    op.create_index("ix_postings_member", "postings", ["member_id", "id"], postgresql_where=MEMBERS)


def downgrade() -> None:
    op.drop_index("ix_postings_member", table_name="postings")
    op.create_index("ix_postings_member", "postings", ["member_id"], postgresql_where=MEMBERS)
