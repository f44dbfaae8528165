"""What each model version says: its mix, how sure it is, what it leaves alone."""

from dashboards.community.mood import EMOTION_COLUMNS
from dashboards.palette import EMOTIONS, GREY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import FIRST, IN_DAYS, LAST, ORIGIN, STEP, means

CHOSEN = "model IN (${model:sqlstring}) AND language IN (${language:sqlstring})"
_LENGTH = f"{LAST} - $__timeFrom()::timestamptz"
_STEP = f"greatest({STEP}, CASE WHEN {_LENGTH} > '93 days' THEN interval '1 day' END)"
"""As chosen; over a long time a day at least, because nobody sees thousands of points side by side."""
_FIRST = f"date_bin({_STEP}, $__timeFrom()::timestamptz, {ORIGIN})"
_STEPS = f"generate_series({_FIRST}, {LAST}, {_STEP}, 'UTC')"
_DAYS = f"{IN_DAYS} AND {CHOSEN}"
_OF_MODEL = f"model, posts, scored, {', '.join(EMOTIONS)}, top"
# days where a step is no shorter, because they are a twenty-fourth of the rows; Postgres reads one of the two alone
_STEPPED = f"""
SELECT date_bin({_STEP}, hour, {_FIRST}) AS step, {_OF_MODEL} FROM dashboard.model_hours
WHERE {_STEP} < '1 day' AND hour BETWEEN {_FIRST} AND {LAST} AND {CHOSEN}
UNION ALL
SELECT date_bin({_STEP}, day, {_FIRST}), {_OF_MODEL} FROM dashboard.model_days
WHERE {_STEP} >= '1 day' AND day BETWEEN {_FIRST} AND {LAST} AND {CHOSEN}
"""  # noqa: S608 constants of this package
_MIX = f"""
SELECT steps.step AS time, {means("m.")}
FROM {_STEPS} AS steps(step) LEFT JOIN ({_STEPPED}) AS m USING (step) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_LED = ", ".join(f"(sum(led_{emotion}::float8) / nullif(sum(scored), 0))::float8 AS {emotion}" for emotion in EMOTIONS)
_CLASSES = f"""
SELECT coalesce(model, 'all') AS model, coalesce(language, 'all') AS language, coalesce(sum(posts), 0) AS posts,
  (sum(abstained) / nullif(sum(posts), 0))::float8 AS abstained, {means()}
FROM dashboard.model_days WHERE {_DAYS} GROUP BY ROLLUP ((model, language)) ORDER BY 3 DESC, 1, 2
"""  # noqa: S608
_LEADS = f"""
SELECT coalesce(model, 'all') AS model, coalesce(language, 'all') AS language, coalesce(sum(scored), 0) AS scored,
  {_LED}
FROM dashboard.model_days WHERE {_DAYS} GROUP BY ROLLUP ((model, language)) ORDER BY 3 DESC, 1, 2
"""  # noqa: S608
TENTHS = tuple(f"{tenth * 10}–{tenth * 10 + 10} %" for tenth in range(10))
_COUNTS = ", ".join(f'coalesce(sum(top[{place}]), 0)::float8 AS "{name}"' for place, name in enumerate(TENTHS, 1))
_SURE = f"""
SELECT steps.step AS time, {_COUNTS}
FROM {_STEPS} AS steps(step) LEFT JOIN ({_STEPPED}) AS m USING (step) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_VERSIONS = f"""
WITH names AS (
  SELECT DISTINCT coalesce(nullif(each, ''), 'none') AS model FROM unnest(ARRAY[${{model:sqlstring}}]) AS each),
sums AS (SELECT step, model, sum(posts) AS posts FROM ({_STEPPED}) AS m GROUP BY 1, 2)
SELECT steps.step AS time, model AS metric, coalesce(sums.posts, 0) AS posts
FROM {_STEPS} AS steps(step) CROSS JOIN names LEFT JOIN sums USING (step, model) ORDER BY 1, 2
"""  # noqa: S608
_ABSTAINED = f"""
SELECT 'all' AS reason, 'all' AS language, coalesce(sum(abstained), 0) AS posts FROM dashboard.community_days
WHERE {IN_DAYS}
UNION ALL
SELECT reason, coalesce(nullif(language, ''), 'none'), sum(posts) FROM dashboard.abstentions
WHERE hour BETWEEN {FIRST} AND {LAST} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50
"""  # noqa: S608

MIX = Panel(
    key="mix",
    title="Mean chance of each emotion",
    kind="stacked",
    about="The mean scores of the chosen model versions and languages; the seven add up to one. A change of the mix at "
    "the moment of a model change is the model's doing, not the people's.",
    queries=(Query(_MIX, EMOTIONS),),
    unit="share",
    columns=EMOTION_COLUMNS,
    share=True,
    lowest=0,
    highest=1,
    high=9,
)
VERSIONS = Panel(
    key="versions",
    title="Posts by model version",
    kind="bars",
    about="Which version scored how many posts. Each point keeps the version that scored it.",
    queries=(Query(_VERSIONS, ("posts",), series="metric"),),
    unit="count",
    lowest=0,
    high=9,
)
CLASSES = Panel(
    key="classes",
    title="Mean scores by version and language",
    kind="table",
    about="For each version and language: posts, the share not scored, and the mean score of each emotion. "
    "Groups of few people are left out.",
    queries=(Query(_CLASSES, ("model", "language", "posts", "abstained", *EMOTIONS), time=None),),
    unit="share",
    columns=(
        Column("model", "Model", "text"),
        Column("language", "Language", "text"),
        Column("posts", "Posts", "count"),
        Column("abstained", "Not scored", "share", GREY),
        *EMOTION_COLUMNS,
    ),
    wide=24,
    high=6,
)
LEADS = Panel(
    key="leads",
    title="How often each emotion leads",
    kind="table",
    about="The share of scored posts whose highest score is that emotion, by version and language.",
    queries=(Query(_LEADS, ("model", "language", "scored", *EMOTIONS), time=None),),
    unit="share",
    columns=(
        Column("model", "Model", "text"),
        Column("language", "Language", "text"),
        Column("scored", "Scored posts", "count"),
        *EMOTION_COLUMNS,
    ),
    wide=24,
    high=6,
)
SURE = Panel(
    key="sure",
    title="How sure the model is",
    kind="heat",
    about="How many posts had a best score of so much; the stronger the colour, the more. A cloud that sinks means "
    "that the model understands less of what it reads.",
    queries=(Query(_SURE, TENTHS),),
    unit="count",
)
ABSTAINED = Panel(
    key="abstained",
    title="Not scored, by reason",
    kind="table",
    about="All posts without scores, and those of each reason and language in the hours in which enough people wrote "
    "such posts; where few do, no reason is shown.",
    queries=(Query(_ABSTAINED, ("reason", "language", "posts"), time=None),),
    columns=(
        Column("reason", "Reason", "text"),
        Column("language", "Language", "text"),
        Column("posts", "Posts", "count"),
    ),
)
SCORES = Row("Scores", (MIX, VERSIONS, CLASSES, LEADS, SURE, ABSTAINED))
