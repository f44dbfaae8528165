"""Community hours and the tests of a day, and what an alert is tagged with.

Run `tideline rebuild` afterwards to have the hours of the past as well.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = """
CREATE TABLE community_hours (
    hour timestamptz NOT NULL,
    partition SMALLINT NOT NULL,
    circle SMALLINT NOT NULL,
    people INTEGER NOT NULL,
    newcomers INTEGER NOT NULL,
    sums BIGINT[] NOT NULL,
    PRIMARY KEY (hour, partition, circle)
);

CREATE TABLE community_state (
    name TEXT NOT NULL,
    through timestamptz NOT NULL,
    state BYTEA NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE cohort_episodes (
    alert_id UUID NOT NULL,
    emotion TEXT NOT NULL,
    at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (alert_id)
);

CREATE TABLE day_tests (
    day DATE NOT NULL,
    rule TEXT NOT NULL,
    person UUID NOT NULL,
    statistic DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (day, rule, person)
);

ALTER TABLE waiting_posts ADD COLUMN channel TEXT;
UPDATE waiting_posts SET channel = points.channel
FROM points WHERE points.sent_at = waiting_posts.sent_at AND points.key = waiting_posts.key;
ALTER TABLE alerts ADD COLUMN tags JSONB DEFAULT '{}' NOT NULL;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
