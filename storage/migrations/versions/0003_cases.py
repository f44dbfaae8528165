"""Cases, their history, silences and budgets."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANGES = """
SELECT 1;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
