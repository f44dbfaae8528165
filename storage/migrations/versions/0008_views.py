"""Hourly and daily sums for dashboards, and the views that show them.

Run `tideline rebuild` afterwards to have the hours of the past as well. The roles that may read the views are
made after the migrations, by storage/dashboard_roles.py: roles belong to the whole server, not to one database.

What the views protect, and what they do not:

- A row about fewer than k people is not shown. People are counted when an hour has closed, so an open hour is not
  shown at all, and nobody can watch one grow post by post. People who only passed on other people's words or
  whose posts came late are not counted: a count is too low at times, never too high.
- All rows of an hour (or day) add up to the row of everybody. So that the difference does not show a small group
  either, small rows that have fewer than k people together take the next larger row with them.
- `security_barrier` keeps a reader's own function from seeing rows before they are left out.
- An alert or a case about a person is a row of its own, without the person and without its id: ids are made from
  pseudonyms, so whoever knows one could look for that person's alerts.
- Not protected: hours of a day against that day, channels against languages, two groups that differ by one person,
  one person who writes most of a group's posts, and whoever reads the same row again after a late post or after
  somebody's erasure. Only noise would do that, and then no two panels would agree. Who must not learn even so
  much must not be given the role.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

EMOTIONS = ("sadness", "joy", "love", "anger", "fear", "surprise", "neutral")
SUMS = ", ".join(f"sum(sums[{place}]::float8) / 1000.0::float8 AS {name}" for place, name in enumerate(EMOTIONS, 1))
NAMES = ", ".join(EMOTIONS)

TABLES = """
CREATE TABLE dashboard_policy (
    single BOOLEAN DEFAULT true NOT NULL CHECK (single),
    k INTEGER DEFAULT 5 NOT NULL CHECK (k >= 1),
    PRIMARY KEY (single)
);
INSERT INTO dashboard_policy DEFAULT VALUES;

ALTER TABLE channel_hours ADD COLUMN people INTEGER DEFAULT 0 NOT NULL;
CREATE INDEX channel_hours_hour ON channel_hours (hour);

CREATE TABLE channel_days (
    channel TEXT NOT NULL,
    day timestamptz NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sums BIGINT[] NOT NULL,
    PRIMARY KEY (day, channel, partition)
);

CREATE TABLE everyone_hours (
    hour timestamptz NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sums BIGINT[] NOT NULL,
    PRIMARY KEY (hour, partition)
);

CREATE TABLE everyone_days (
    day timestamptz NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sums BIGINT[] NOT NULL,
    PRIMARY KEY (day, partition)
);

CREATE TABLE model_hours (
    hour timestamptz NOT NULL,
    model TEXT NOT NULL,
    language TEXT NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sums BIGINT[] NOT NULL,
    top BIGINT[] NOT NULL,
    leads BIGINT[] NOT NULL,
    PRIMARY KEY (hour, model, language, partition)
);

CREATE TABLE model_days (
    day timestamptz NOT NULL,
    model TEXT NOT NULL,
    language TEXT NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sums BIGINT[] NOT NULL,
    top BIGINT[] NOT NULL,
    leads BIGINT[] NOT NULL,
    PRIMARY KEY (day, model, language, partition)
);

CREATE TABLE abstentions (
    hour timestamptz NOT NULL,
    language TEXT NOT NULL,
    reason TEXT NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    people INTEGER NOT NULL,
    PRIMARY KEY (hour, language, reason, partition)
);

CREATE TABLE throughput (
    minute timestamptz NOT NULL,
    partition SMALLINT NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    abstained INTEGER NOT NULL,
    late INTEGER NOT NULL,
    set_aside INTEGER NOT NULL,
    batches INTEGER NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    slowest DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (minute, partition)
);

ALTER TABLE partition_progress ADD COLUMN stored_at timestamptz;
ALTER TABLE waiting_posts ADD COLUMN model TEXT;
UPDATE waiting_posts SET model = points.model
FROM points WHERE points.sent_at = waiting_posts.sent_at AND points.key = waiting_posts.key;
ALTER TABLE outbox ADD COLUMN told_at timestamptz;
UPDATE outbox SET told_at = d.first
FROM (SELECT message_id, min(delivered_at) AS first FROM deliveries WHERE kind = 'alert.raised' GROUP BY 1) AS d
WHERE outbox.alert_id::text = d.message_id;
ALTER TABLE delivery_attempts ADD COLUMN endpoint TEXT;
UPDATE delivery_attempts SET endpoint = d.endpoint FROM deliveries AS d WHERE d.id = delivery_attempts.delivery;
ALTER TABLE delivery_attempts ALTER COLUMN endpoint SET NOT NULL;
CREATE INDEX dead_letters_set_aside ON dead_letters (set_aside_at) INCLUDE (reason, state);
CREATE INDEX case_history_at ON case_history (at);
CREATE INDEX cases_opened ON cases (opened_at);
CREATE INDEX outbox_created ON outbox (created_at);
CREATE INDEX alerts_created ON alerts (created_at);

-- how many hours and days there are: without it, the planner takes every moment for an hour of its own and sorts
CREATE STATISTICS delivery_attempts_hours ON (date_bin('1 hour', at, '2000-01-01 00:00Z'::timestamptz)), endpoint
FROM delivery_attempts;
CREATE STATISTICS dead_letters_hours ON (date_bin('1 hour', set_aside_at, '2000-01-01 00:00Z'::timestamptz)), reason
FROM dead_letters;
CREATE STATISTICS case_history_days ON (date_bin('1 day', at, '2000-01-01 00:00Z'::timestamptz)), who
FROM case_history;
"""


def shown(name: str, keys: str, sums: str, *, table: str = "") -> str:
    """A view of the rows of enough people."""
    return (
        f"CREATE VIEW dashboard.{name} WITH (security_barrier) AS SELECT {keys}, {sums} "  # noqa: S608 fixed
        f"FROM {table or name} GROUP BY {keys} HAVING sum(people) >= (SELECT k FROM dashboard_policy);"
    )


def shown_apart(name: str, time: str, part: str, columns: str, sums: str) -> str:
    """The same where the parts of a time add up to a row that is shown as well."""
    return f"""
CREATE VIEW dashboard.{name} WITH (security_barrier) AS
SELECT {time}, {part}, people, {columns} FROM (
    SELECT {time}, {part}, people, {columns}, (sum(greatest(people, 1)) OVER (
        PARTITION BY {time} ORDER BY people, {part} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS smaller
    FROM (SELECT {time}, {part}, {sums} FROM {name} GROUP BY {time}, {part}) AS r
) AS r
WHERE people >= (SELECT k FROM dashboard_policy)
  AND coalesce(smaller >= (SELECT k FROM dashboard_policy), true);"""  # noqa: S608 as above


POSTS = "sum(posts)::bigint AS posts, sum(scored)::bigint AS scored"
PEOPLE = "sum(people)::bigint AS people"
ABSTAINED = "sum(posts - scored)::bigint AS abstained"
OF_CHANNEL = f"{POSTS}, {PEOPLE}, {SUMS}"
OF_EVERYONE = f"{POSTS}, {ABSTAINED}, {PEOPLE}, {SUMS}"
TOP = ", ".join(f"sum(top[{place}]::int)::bigint" for place in range(1, 11))
LEADS = ", ".join(f"sum(leads[{place}]::int)::bigint AS led_{name}" for place, name in enumerate(EMOTIONS, 1))
OF_MODEL = f"{OF_EVERYONE}, ARRAY[{TOP}] AS top, {LEADS}"

COMMUNITY_VIEWS = "\n".join(
    [
        shown_apart("channel_hours", "hour", "channel", f"posts, scored, {NAMES}", OF_CHANNEL),
        shown_apart("channel_days", "day", "channel", f"posts, scored, {NAMES}", OF_CHANNEL),
        shown("community_hours", "hour", OF_EVERYONE, table="everyone_hours"),
        shown("community_days", "day", OF_EVERYONE, table="everyone_days"),
        shown("model_hours", "hour, model, language", OF_MODEL),
        shown("model_days", "day, model, language", OF_MODEL),
        shown("abstentions", "hour, language, reason", f"sum(posts)::bigint AS posts, {PEOPLE}"),
    ]
)

# A channel is told of by name on days on which k people wrote in it, and on the day after.
LARGE = "SELECT channel, day FROM channel_days GROUP BY 1, 2 HAVING sum(people) >= (SELECT k FROM dashboard_policy)"
DAY_OF = "date_bin('1 day', at, '2000-01-01 00:00Z'::timestamptz)"
ALERT_VIEWS = f"""
CREATE VIEW dashboard.channel_alerts WITH (security_barrier) AS
SELECT id, at, created_at, rule, subject_kind, CASE WHEN subject_kind = 'channel' THEN subject END AS channel,
       emotion, severity, statistic, threshold
FROM alerts
WHERE superseded_at IS NULL AND (subject_kind = 'community' OR subject_kind = 'channel' AND
      ((subject, {DAY_OF}) IN ({LARGE}) OR (subject, {DAY_OF} - interval '24 hours') IN ({LARGE})));

CREATE VIEW dashboard.channel_forecasts WITH (security_barrier) AS
SELECT subject AS channel, horizon, emotion, from_day, mean, low80, high80, low95, high95
FROM forecasts AS f WHERE subject_kind = 'channel' AND EXISTS (
    SELECT 1 FROM ({LARGE}) AS large WHERE large.channel = f.subject
    AND large.day BETWEEN (f.from_day::timestamp AT TIME ZONE 'UTC') - interval '31 days'
                      AND (f.from_day::timestamp AT TIME ZONE 'UTC'));

CREATE VIEW dashboard.alerts AS
SELECT a.at, a.created_at, a.rule, a.subject_kind, a.emotion, a.severity, o.state AS outbox_state,
       a.tags ? 'cohort' AS cohort, c.state AS case_state,
       date_part('epoch', o.told_at - a.created_at) AS delay_seconds
FROM alerts AS a
LEFT JOIN outbox AS o ON o.alert_id = a.id
LEFT JOIN case_alerts AS m ON m.alert_id = a.id
LEFT JOIN cases AS c ON c.id = m.case_id
WHERE a.superseded_at IS NULL;

CREATE VIEW dashboard.cases AS
SELECT rule, subject_kind, emotion, severity, state, opened_at, claimed_at, closed_at, reason, escalations FROM cases;

CREATE VIEW dashboard.moderator_days AS
SELECT date_bin('1 day', at, '2000-01-01 00:00Z'::timestamptz) AS day, who AS moderator,
       count(*) FILTER (WHERE event = 'claimed') AS claimed,
       count(*) FILTER (WHERE event = 'closed') AS closed
FROM case_history WHERE event IN ('claimed', 'closed') AND who <> 'tideline' GROUP BY 1, 2;
"""  # noqa: S608 as above

OPERATION_VIEWS = """
CREATE VIEW dashboard.partitions AS
SELECT topic, partition, newest, next_offset,
       extract(epoch FROM max(newest) OVER (PARTITION BY topic) - newest)::float8 AS behind_seconds,
       extract(epoch FROM now() - stored_at)::float8 AS stored_age_seconds
FROM partition_progress;

CREATE VIEW dashboard.throughput AS
SELECT minute, sum(posts)::bigint AS posts, sum(scored)::bigint AS scored, sum(abstained)::bigint AS abstained,
       sum(late)::bigint AS late, sum(set_aside)::bigint AS set_aside, sum(batches)::bigint AS batches,
       sum(seconds) AS seconds, max(slowest) AS slowest
FROM throughput GROUP BY minute;

CREATE VIEW dashboard.dead_letters AS
SELECT date_bin('1 hour', set_aside_at, '2000-01-01 00:00Z'::timestamptz) AS hour, reason, state, count(*) AS letters
FROM dead_letters GROUP BY 1, 2, 3;

CREATE VIEW dashboard.outbox AS
SELECT state, count(*) AS rows, min(created_at) AS oldest FROM outbox GROUP BY state;

CREATE VIEW dashboard.deliveries AS
SELECT date_bin('1 hour', at, '2000-01-01 00:00Z'::timestamptz) AS hour, endpoint,
       CASE WHEN status IS NULL THEN 'no answer' WHEN status < 300 THEN 'delivered'
            WHEN status < 500 THEN 'refused' ELSE 'failed' END AS result, count(*) AS attempts
FROM delivery_attempts GROUP BY 1, 2, 3;

CREATE VIEW dashboard.workers AS
SELECT left(id::text, 8) AS worker, host, started_at, seen_at,
       (SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM jsonb_each_text(models)) AS models,
       rules AS rules_version, code
FROM workers;
"""

COUNTED = "scores IS NOT NULL AND NOT repeated AND NOT retweet"  # what the rules hear of
PERSON_SUMS = ", ".join(
    f"coalesce(sum(scores[{place}]) FILTER (WHERE {COUNTED}), 0) / 1000.0::float8 AS {name}"
    for place, name in enumerate(EMOTIONS, 1)
)
MEANS = ", ".join(f"({name!r}, {name})" for name in EMOTIONS)

PERSON_VIEWS = f"""
CREATE VIEW person.days WITH (security_barrier) AS
SELECT person, date_trunc('day', sent_at, 'UTC') AS day, count(*) AS posts,
       count(*) FILTER (WHERE {COUNTED}) AS scored, count(abstained) AS abstained,
       count(*) FILTER (WHERE late) AS late, {PERSON_SUMS}
FROM points GROUP BY 1, 2;

CREATE VIEW person.alerts WITH (security_barrier) AS
SELECT subject AS person, id, at, rule, emotion, severity, statistic, threshold,
       (evidence->>'baseline')::float8 AS baseline, (evidence->>'now')::float8 AS recent
FROM alerts WHERE subject_kind = 'person' AND superseded_at IS NULL;

CREATE VIEW person.usual WITH (security_barrier) AS
SELECT person, day, emotion, (sum(total) OVER before / nullif(sum(scored) OVER before, 0))::float8 AS level,
       (stddev_samp(total / scored) OVER before)::float8 AS spread
FROM (
    SELECT person, day, scored, emotion, total FROM person.days, LATERAL (VALUES {MEANS}) AS each(emotion, total)
    WHERE scored > 0
) AS days
WINDOW before AS (  -- in hours: days of the session's time zone are longer or shorter twice a year
    PARTITION BY person, emotion ORDER BY day RANGE BETWEEN '1440 hours' PRECEDING AND '24 hours' PRECEDING
);
"""  # noqa: S608 as above

CHANGES = f"""
{TABLES}
CREATE SCHEMA dashboard;
CREATE SCHEMA person;
{COMMUNITY_VIEWS}
{ALERT_VIEWS}
{OPERATION_VIEWS}
{PERSON_VIEWS}
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup made before `tideline migrate`")
