"""What people and challengers add to the database of `benchmarks.dashboards`: verdicts, shadows, drift, decisions."""

from sqlalchemy import Connection, text

VERDICTS = 100_000  # on posts; a fifth as many on alerts
LABELLERS = 12
SHADOWED = 10_000  # persons of the challenger's trial

_KEYS = "WITH asked AS MATERIALIZED (SELECT key, person, sent_at, language, scores, model, row_number() OVER () AS n "
_POST_VERDICTS = f"""
{_KEYS} FROM points TABLESAMPLE SYSTEM (10) WHERE scores IS NOT NULL LIMIT {VERDICTS * 9 // 10})
INSERT INTO post_verdicts (key, person, sent_at, language, verdict, emotion, labeller, at, shown, score, model, queue,
                           provenance, licence, consent)
SELECT key, person, sent_at, language, verdict, CASE WHEN verdict IN ('right', 'wrong') THEN 'fear' END,
       'labeller-' || n % {LABELLERS}, sent_at + interval '1 day' + again * interval '1 hour',
       (ARRAY['sadness', 'joy', 'love', 'anger', 'fear', 'surprise', 'neutral'])[1 + n % 7], 150 + random() * 800,
       model, (ARRAY['uncertain', 'random', 'golden'])[1 + n % 3], 'bench', 'internal', false
FROM asked, LATERAL (
    SELECT again, (ARRAY['right', 'right', 'wrong', 'unsure', 'skip'])[1 + floor(random() * 5 + n * 0)::int] AS verdict
    FROM generate_series(0, CASE WHEN n % 9 = 0 THEN 1 ELSE 0 END) AS again) AS said
"""
_ALERT_VERDICTS = f"""
INSERT INTO alert_verdicts (alert_id, person, rule, alert_emotion, alert_at, statistic, threshold, model, verdict,
                            labeller, at, queue, provenance, licence, consent)
SELECT id, CASE WHEN subject_kind = 'person' THEN subject::uuid END, rule, emotion, at, statistic, threshold, model,
       (ARRAY['right', 'wrong', 'unsure'])[1 + floor(random() * 3)::int],
       'labeller-' || abs(hashtext(id::text)) % {LABELLERS}, created_at + interval '6 hours', 'desk', 'bench',
       'internal', false
FROM alerts ORDER BY id LIMIT {VERDICTS // 5}
"""
_SHADOW = (
    "INSERT INTO shadow_trials (id, challenger, share, began_at) SELECT 1, 'challenger@1', 0.1, min(sent_at) "
    "FROM points",
    "INSERT INTO shadow_states (person, trial, since, through, heard, missed, state) SELECT person, 1, "
    "min(sent_at), max(sent_at), count(*), 0, ''::bytea FROM points GROUP BY person "
    f"ORDER BY md5(person::text) LIMIT {SHADOWED}",
    "INSERT INTO shadow_alerts (trial, id, person, rule, rule_version, emotion, at, statistic, threshold, severity) "
    "SELECT 1, a.id, s.person, rule, '1', emotion, at + CASE WHEN random() < 0.3 THEN interval '9 days' "
    "ELSE interval '0' END, statistic, threshold, severity FROM alerts AS a "
    "JOIN shadow_states AS s ON a.subject_kind = 'person' AND a.subject = s.person::text WHERE random() < 0.8",
    "INSERT INTO shadow_hours (trial, hour, partition, champion, people, posts, agree, champion_sums, "
    "challenger_sums) SELECT 1, hour, partition, model, people, posts, posts * 8 / 10, sums, sums FROM model_hours "
    "WHERE language = 'en'",
)
_DRIFT = """
INSERT INTO drift_days (day, measure, part, people, value, spread, usual, q, drifted, told)
SELECT day, measure, part, 900, random(), 0.1, 0.5, random(), random() < 0.02, false
FROM generate_series((now() - interval '183 days')::date, now()::date, '1 day') AS day,
     unnest(ARRAY['abstained', 'length', 'unknown', 'sadness', 'joy', 'love', 'anger', 'fear', 'surprise', 'neutral'])
     AS measure, unnest(ARRAY['all', 'en', 'ko', 'es']) AS part
"""
_DECISIONS = (
    "INSERT INTO model_decisions (id, made_at, champion, challenger, language, verdict, reasons, figures, "
    "labels_sha256) SELECT gen_random_uuid(), now() - n * interval '3 days', 'champion@1', 'challenger@' || n, 'en', "
    "(ARRAY['better', 'equal', 'worse'])[1 + n % 3], '{measured}', "
    """'{"labels": {"used": 900}, "macro_f1": {"champion": 0.6, "challenger": 0.62}}', 'x' """
    "FROM generate_series(1, 60) AS n",
    "INSERT INTO model_promotions (at, kind, model, previous, because, forced, objections, baselines, state, "
    "settled_at) SELECT now() - n * interval '20 days', 'promote', 'champion@' || n, 'champion@' || n - 1, 'better', "
    "false, '{}', 'transfer', 'done', now() FROM generate_series(1, 9) AS n",
)


def fill_truth(connection: Connection) -> None:
    """After points, sums and alerts."""
    for statement in (_POST_VERDICTS, _ALERT_VERDICTS, *_SHADOW, _DRIFT, *_DECISIONS):
        connection.execute(text(statement))
