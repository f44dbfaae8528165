"""Forecasts."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANGES = """
CREATE TABLE forecasts (
    subject_kind text NOT NULL,
    subject text NOT NULL,
    horizon smallint NOT NULL,
    emotion text NOT NULL,
    from_day date NOT NULL,
    mean real NOT NULL,
    median real NOT NULL,
    low80 real NOT NULL,
    high80 real NOT NULL,
    low95 real NOT NULL,
    high95 real NOT NULL,
    level_low80 real NOT NULL,
    level_high80 real NOT NULL,
    level_low95 real NOT NULL,
    level_high95 real NOT NULL,
    posts integer NOT NULL,
    days integer NOT NULL,
    posts_a_day real NOT NULL,
    days_a_week real NOT NULL,
    version text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject_kind, subject, horizon, emotion)
)
 WITH (fillfactor = 50);
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
