"""Detector states as bytes, and the language of posts that wait."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHANGES = """
SELECT 1;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
