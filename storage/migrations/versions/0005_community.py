"""Community hours and the tests of a day."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = """
SELECT 1;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
