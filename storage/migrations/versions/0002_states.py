"""Detector states as bytes, and the language of posts that wait.

The detectors' arithmetic changed with it, so states begin anew, as with any new version of a rule: run
`tideline rebuild` afterwards to compute them again from the stored points.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHANGES = """
ALTER TABLE person_states ALTER COLUMN state TYPE bytea USING '\\x80'::bytea;
ALTER TABLE channel_states ALTER COLUMN state TYPE bytea USING '\\x80'::bytea;
ALTER TABLE waiting_posts ADD COLUMN language text;
UPDATE waiting_posts SET language = points.language
FROM points WHERE points.sent_at = waiting_posts.sent_at AND points.key = waiting_posts.key;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
