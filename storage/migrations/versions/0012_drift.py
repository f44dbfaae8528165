"""Drift of what arrives."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHANGES = """
ALTER TABLE points ADD COLUMN words SMALLINT;
ALTER TABLE points ADD COLUMN unknown SMALLINT;

CREATE TABLE drift_days (
    day DATE NOT NULL,
    measure TEXT NOT NULL,
    part TEXT NOT NULL,
    people INTEGER NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    spread DOUBLE PRECISION NOT NULL,
    usual DOUBLE PRECISION,
    q DOUBLE PRECISION,
    drifted BOOLEAN NOT NULL,
    told BOOLEAN NOT NULL,
    PRIMARY KEY (day, measure, part)
);

-- lengths are kept as logarithms and shown as words
CREATE VIEW dashboard.drift_days WITH (security_barrier) AS
SELECT day::timestamp AT TIME ZONE 'UTC' AS day, measure, part,
       CASE WHEN measure = 'length' THEN exp(value) - 1 ELSE value END AS value,
       CASE WHEN measure = 'length' THEN exp(usual) - 1 ELSE usual END AS usual,
       people, drifted
FROM drift_days WHERE people >= (SELECT k FROM dashboard_policy);
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
