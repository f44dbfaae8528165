"""Endpoints, deliveries and their attempts."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANGES = """
SELECT 1;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
