"""How far the workers are, how fast, and which ones there are."""

from dashboards.palette import AMBER, BAD, BLUE, GOOD, GREY, RED, SKY, WATCH
from dashboards.panel import Column, Panel, Query, Row, Step
from dashboards.sql import LAST, ORIGIN, or_none

BIN = f"""greatest(60, ceil(extract(epoch FROM {LAST} - $__timeFrom()::timestamptz) / 720 / 60) * 60)
  * interval '1 second'"""
"""Whole minutes, so that a panel has at most about 720 points."""
BINS = f"generate_series(date_bin({BIN}, $__timeFrom()::timestamptz, {ORIGIN}), {LAST}, {BIN}, 'UTC')"

_NOW = """
SELECT coalesce((SELECT max(behind_seconds) FROM dashboard.partitions), 0)::float8 AS behind,
  (SELECT min(stored_age_seconds) FROM dashboard.partitions)::float8 AS idle,
  (SELECT count(*) FROM dashboard.workers WHERE seen_at > now() - interval '1 minute') AS workers,
  (SELECT coalesce(sum(rows), 0) FROM dashboard.outbox WHERE state = 'pending') AS pending,
  coalesce((SELECT extract(epoch FROM now() - min(oldest)) FROM dashboard.outbox WHERE state = 'pending'), 0)::float8
  AS oldest,
  (SELECT coalesce(sum(letters), 0) FROM dashboard.dead_letters WHERE state = 'open') AS dead
"""
_BINNED = f"""
SELECT date_bin({BIN}, minute, {ORIGIN}) AS bin, * FROM dashboard.throughput
WHERE minute BETWEEN date_bin({BIN}, $__timeFrom()::timestamptz, {ORIGIN}) AND {LAST}
"""  # noqa: S608 constants of this package
_RATE = f"""
SELECT bins.bin AS time, coalesce(sum(t.posts), 0) / (extract(epoch FROM {BIN}) / 60)::float8 AS posts,
  coalesce(sum(t.late), 0) / (extract(epoch FROM {BIN}) / 60)::float8 AS late,
  coalesce(sum(t.set_aside), 0) / (extract(epoch FROM {BIN}) / 60)::float8 AS set_aside
FROM {BINS} AS bins(bin) LEFT JOIN ({_BINNED}) AS t USING (bin) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_TIME = f"""
SELECT bins.bin AS time, coalesce(sum(t.batches), 0) AS batches,
  sum(t.seconds)::float8 / nullif(sum(t.batches), 0)::float8 AS mean, max(t.slowest)::float8 AS slowest
FROM {BINS} AS bins(bin) LEFT JOIN ({_BINNED}) AS t USING (bin) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_ABSTAINED = f"""
SELECT bins.bin AS time, coalesce(sum(t.abstained), 0) AS abstained,
  sum(t.abstained)::float8 / nullif(sum(t.posts), 0)::float8 AS share
FROM {BINS} AS bins(bin) LEFT JOIN ({_BINNED}) AS t USING (bin) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_PARTITIONS = """
SELECT topic, partition, newest, next_offset, behind_seconds, stored_age_seconds
FROM dashboard.partitions ORDER BY behind_seconds DESC NULLS LAST, topic, partition
"""
_PARTITION_COLUMNS = ("topic", "partition", "newest", "next_offset", "behind_seconds", "stored_age_seconds")
_WORKERS = """
SELECT worker, host, models, rules_version, code, started_at, seen_at,
  extract(epoch FROM now() - seen_at)::float8 AS silent
FROM dashboard.workers ORDER BY seen_at DESC, worker LIMIT 50
"""
_WORKER_COLUMNS = ("worker", "host", "models", "rules_version", "code", "started_at", "seen_at", "silent")

NOW = Panel(
    key="now",
    title="Now",
    kind="stat",
    about="How far the slowest partition lies behind the newest, in event time; how long ago a batch was stored; "
    "workers that were heard of in the last minute; messages that wait and for how long; messages set aside that "
    "nobody has looked at. Not limited to the chosen time.",
    queries=(Query(_NOW, ("behind", "idle", "workers", "pending", "oldest", "dead"), time=None),),
    columns=(
        Column("behind", "Slowest partition behind", "seconds"),
        Column("idle", "Last batch", "seconds", GREY),
        Column("workers", "Workers", "count", BLUE),
        Column("pending", "Messages waiting", "count", AMBER),
        Column("oldest", "Oldest waits", "seconds"),
        Column("dead", "Set aside", "count", RED),
    ),
    steps=(Step(GOOD), Step(WATCH, 900), Step(BAD, 3600)),
    wide=24,
    high=4,
)
RATE = Panel(
    key="throughput",
    title="Posts a minute",
    kind="lines",
    about="Posts stored a minute of this machine's clock, with those that came too late for the rules and those set "
    "aside. A flat zero with posts in the log means that no worker runs.",
    queries=(Query(_RATE, ("posts", "late", "set_aside")),),
    unit="number",
    columns=(
        Column("posts", "Stored", colour=BLUE),
        Column("late", "Late", colour=AMBER),
        Column("set_aside", "Set aside", colour=RED),
    ),
    lowest=0,
)
TIME = Panel(
    key="batch-time",
    title="Time of a batch",
    kind="lines",
    about="How long reading, scoring and storing one batch took: the mean, and the slowest one. Dots count batches.",
    queries=(Query(_TIME, ("mean", "slowest", "batches")),),
    unit="seconds",
    columns=(
        Column("mean", "Mean", colour=BLUE),
        Column("slowest", "Slowest", colour=AMBER, dashed=True),
        Column("batches", "Batches", "count", GREY, right=True, points=True),
    ),
    lowest=0,
)
ABSTAINED = Panel(
    key="abstained",
    title="Not scored",
    kind="lines",
    about="The share of stored posts that no model scored: no words, or a language that no model reads. A jump means "
    "that the producer or the crowd has changed.",
    queries=(Query(_ABSTAINED, ("share", "abstained")),),
    unit="share",
    columns=(
        Column("share", "Share", colour=SKY),
        Column("abstained", "Posts", "count", GREY, right=True, points=True),
    ),
    lowest=0,
)
PARTITIONS = Panel(
    key="partitions",
    title="Partitions of the log",
    kind="table",
    about="Each partition's newest event time, its next offset, how far it is behind the newest of all, and how long "
    "ago it last stored a batch. One that stays behind holds back channels and communities.",
    queries=(Query(or_none(_PARTITIONS, _PARTITION_COLUMNS, "no partition yet"), _PARTITION_COLUMNS, time=None),),
    columns=(
        Column("topic", "Topic", "text"),
        Column("partition", "Partition", "count"),
        Column("newest", "Newest post", "moment"),
        Column("next_offset", "Next offset", "count"),
        Column("behind_seconds", "Behind", "seconds"),
        Column("stored_age_seconds", "Last batch ago", "seconds"),
    ),
)
WORKERS = Panel(
    key="workers",
    title="Workers, and the models they run",
    kind="table",
    about="Every worker that was heard of lately, with its model versions, rules and code. Two versions side by side "
    "mean that a change is being taken up, or that a worker was forgotten.",
    queries=(Query(or_none(_WORKERS, _WORKER_COLUMNS, "no worker runs"), _WORKER_COLUMNS, time=None),),
    columns=(
        Column("worker", "Worker", "text"),
        Column("host", "Host", "text"),
        Column("models", "Models", "text", href="/d/tideline-model"),
        Column("rules_version", "Rules", "text"),
        Column("code", "Code", "text"),
        Column("started_at", "Started", "moment"),
        Column("seen_at", "Last heard of", "moment"),
        Column("silent", "Silent for", "seconds"),
    ),
    wide=24,
    high=6,
)
WORK = Row("Workers", (NOW, RATE, TIME, ABSTAINED, PARTITIONS, WORKERS))
