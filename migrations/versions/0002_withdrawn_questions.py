"""withdrawn questions.

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_versions", sa.Column("void", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("question_versions", "void")
