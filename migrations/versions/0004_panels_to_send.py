"""panels to send.

Revision: 0004
After: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('question', 'challenge', 'recap', 'verdict', 'notice')"
AFTER = "kind IN ('question', 'challenge', 'recap', 'verdict', 'notice', 'panel')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_deliveries_kind"), "deliveries", type_="check")
    op.create_check_constraint(op.f("ck_deliveries_kind"), "deliveries", AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE kind = 'panel'")
    op.drop_constraint(op.f("ck_deliveries_kind"), "deliveries", type_="check")
    op.create_check_constraint(op.f("ck_deliveries_kind"), "deliveries", BEFORE)
