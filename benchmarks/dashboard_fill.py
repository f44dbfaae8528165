"""A database for `benchmarks.dashboards`, filled by SQL: posts of half a year and all that follows from them.

People post unevenly, channels are of uneven size, and alerts, cases and deliveries are as many as half a year of a
hundred thousand people brings. Sums are counted by the code that a rebuild uses.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text

from benchmarks.dashboard_fill_truth import fill_truth
from storage.database import transaction
from storage.months import Months
from storage.progress import register_partitions
from storage.rollups import ROLLUPS, count_again

DAYS = 183
CHANNELS = 20
PARTITIONS = 4
CHUNKS = 5
EMOTIONS = "sadness,joy,love,anger,fear,surprise,neutral"

_POINTS = """
INSERT INTO points (sent_at, key, person, channel, source, language, abstained, scores, model, partition, late, retweet,
                    repeated, digest)
SELECT sent_at, md5('key' || n)::uuid, md5('person' || who)::uuid, 'channel-' || floor(20 * u * u), 'bench',
       CASE WHEN out = 'no_text' THEN NULL WHEN out = 'language' THEN 'es' WHEN v < 0.85 THEN 'en' ELSE 'ko' END, out,
       CASE WHEN out IS NULL THEN ARRAY[a, b, (700 - a - b) / 4, 60, 60, 60, 120 + (700 - a - b) * 3 / 4]
       END::smallint[],
       CASE WHEN n % 100 < 70 THEN 'champion@1' ELSE 'champion@2' END, who % 4, v < 0.005, v > 0.95, false, n
FROM (
    SELECT n, :first + n * (:span / :posts) AS sent_at, floor(:people * random() ^ 2)::int AS who, random() AS u,
           random() AS v, floor(350 * random())::int AS a, floor(350 * random())::int AS b,
           CASE WHEN random() < 0.03 THEN 'language' WHEN random() < 0.02 THEN 'no_text' END AS out
    FROM generate_series(CAST(:begin AS int), CAST(:end AS int)) AS n
) AS post
"""
_PEOPLE = "UPDATE {table} SET people = greatest(1, posts * 4 / 5)"
_ALERTS = """
INSERT INTO alerts (id, rule, rule_version, subject_kind, subject, emotion, at, statistic, threshold, severity,
                    evidence, model, created_at, tags)
SELECT md5('alert' || n)::uuid, 'rule-' || n % 4, '1', kind,
       CASE kind WHEN 'person' THEN md5('person' || floor(:people * random() ^ 2)::int)::uuid::text
                 WHEN 'channel' THEN 'channel-' || n % 20 ELSE 'everyone' END,
       (ARRAY['sadness', 'fear', 'anger'])[1 + n % 3], at, 5 + random(), 5, (ARRAY['low', 'medium', 'high'])[1 + n % 3],
       '{"baseline": 0.1, "now": 0.3, "posts": [], "rest": 0}', 'champion@1', at + interval '2 minutes',
       CASE WHEN n % 9 = 0 THEN '{"cohort": "x"}' ELSE '{}' END::jsonb
FROM (SELECT n, :first + random() * :span AS at,
             CASE WHEN n % 1000 = 0 THEN 'community' WHEN n % 50 = 0 THEN 'channel' ELSE 'person' END AS kind
      FROM generate_series(1, CAST(:alerts AS int)) AS n) AS a
"""
_WORK = (
    "INSERT INTO outbox (alert_id, state, created_at, settled_at, told_at) SELECT id, 'dispatched', created_at, "
    "created_at, created_at + random() * interval '1 minute' "
    "FROM alerts",
    "INSERT INTO cases (id, rule, subject_kind, subject, emotion, severity, state, opened_at, claimed_at, closed_at, "
    "reason) SELECT id, rule, subject_kind, subject, emotion, severity, 'closed', created_at, "
    "created_at + interval '1 hour', created_at + interval '5 hours', 'helped' FROM alerts WHERE random() < 0.5",
    "UPDATE cases SET state = 'open', closed_at = NULL, claimed_at = NULL, reason = NULL FROM "
    "(SELECT id AS newest FROM (SELECT DISTINCT ON (rule, subject_kind, subject) id, opened_at FROM cases "
    "ORDER BY rule, subject_kind, subject, opened_at DESC) AS c ORDER BY opened_at DESC LIMIT 500) AS n "
    "WHERE id = newest",
    "INSERT INTO case_alerts (alert_id, case_id) SELECT id, id FROM cases",
    "INSERT INTO case_history (case_id, at, who, event) SELECT id, opened_at + e.after, "
    "CASE e.event WHEN 'opened' THEN 'tideline' ELSE 'moderator-' || abs(hashtext(id::text)) % 12 END, e.event "
    "FROM cases, (VALUES ('opened', interval '0'), ('claimed', '1 hour'), ('closed', '5 hours')) AS e(event, after)",
    "INSERT INTO endpoints (name, host, fingerprint, audiences) SELECT 'endpoint-' || n, 'h', 'f', '{moderators}' "
    "FROM generate_series(1, 3) AS n",
    "INSERT INTO deliveries (message_id, endpoint, kind, audience, severity, payload, state, created_at, "
    "next_attempt_at, delivered_at) SELECT id::text, 'endpoint-' || e, 'alert', 'moderators', severity, '{}', "
    "'delivered', created_at, created_at, created_at + e * interval '3 seconds' "
    "FROM alerts, generate_series(1, 2) AS e",
    "INSERT INTO delivery_attempts (delivery, endpoint, at, status, milliseconds, said) "
    "SELECT id, endpoint, delivered_at, CASE WHEN id % 40 = 0 THEN 500 ELSE 204 END, 20, '' FROM deliveries",
    "INSERT INTO dead_letters (id, reason, advice, digest, topic, partition, log_offset, payload, code, model, "
    "attempts, state, published, set_aside_at) SELECT md5('dead' || n)::uuid, 'reason-' || n % 5, '', '', 'posts', "
    "n % 4, n, repeat('x', 300)::bytea, '1', 'm', 1, CASE WHEN n % 3 = 0 THEN 'redriven' ELSE 'open' END, true, "
    ":first + random() * :span FROM generate_series(1, 20000) AS n",
    "INSERT INTO forecasts SELECT 'channel', 'channel-' || n, h, e, (now() AT TIME ZONE 'UTC')::date, .2, .2, .1, .3, "
    ".05, .4, .1, .3, .05, .4, 100, 30, 9, 7, '1' FROM generate_series(0, 19) AS n, (VALUES (1), (7)) AS x(h), "
    "unnest(string_to_array(:emotions, ',')) AS e",
    # minutes of the last two weeks, hours before: as `tideline expire` leaves them
    "INSERT INTO throughput SELECT minute, p, 200, 190, 10, 1, 0, 30, 9.5, 0.9 "
    "FROM generate_series(date_trunc('minute', now()) - interval '14 days', now(), '1 minute') AS minute, "
    "generate_series(0, 3) AS p",
    "INSERT INTO throughput SELECT hour, p, 12000, 11400, 600, 60, 0, 1800, 570, 0.9 FROM generate_series("
    "date_trunc('hour', now()) - interval '183 days', date_trunc('hour', now()) - interval '15 days', '1 hour') "
    "AS hour, generate_series(0, 3) AS p",
    "INSERT INTO workers (id, host, pid, code, rules, rule_keys, models) SELECT gen_random_uuid(), 'host', n, '1', "
    "'r', '{}', '{\"en\": \"champion@1\"}' FROM generate_series(1, 4) AS n",
    "UPDATE partition_progress SET newest = now(), next_offset = 1000000, stored_at = now()",
)


def fill(engine: Engine, posts: int, people: int, alerts: int) -> None:
    """Fill an empty database, in minutes."""
    now = datetime.now(UTC)
    span = timedelta(days=DAYS)
    values = {
        "first": now - span,
        "span": span,
        "people": people,
        "alerts": alerts,
        "posts": posts,
        "emotions": EMOTIONS,
    }
    Months(engine).ensure(now - timedelta(days=day) for day in range(0, DAYS + 28, 28))
    with transaction(engine) as connection:
        connection.execute(text("SET LOCAL work_mem = '256MB'"))  # of the filling alone; panels are asked without
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        register_partitions(connection, "posts", PARTITIONS)
        _fill_points(connection, posts, values)
        count_again(connection)
        for rollup in ROLLUPS:
            connection.execute(text(_PEOPLE.format(table=rollup.table)))
        _run(connection, _ALERTS, values)
        for statement in _WORK:
            _run(connection, statement, values)
        fill_truth(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def _fill_points(connection: Connection, posts: int, values: dict[str, object]) -> None:
    """The index of persons is made afterwards, which is faster."""
    connection.execute(text("DROP INDEX points_person_time"))
    size = -(-posts // CHUNKS)
    for begin in range(1, posts + 1, size):
        _run(connection, _POINTS, {**values, "begin": begin, "end": min(begin + size - 1, posts)})
    connection.execute(text("CREATE INDEX points_person_time ON points (person, sent_at)"))


def _run(connection: Connection, statement: str, values: dict[str, object]) -> None:
    made = text(statement)
    connection.execute(made, {name: values[name] for name in made._bindparams})
