"""How everybody feels, over time."""

from dashboards.palette import BLUE, EMOTION_COLOURS, EMOTIONS, GREY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import DAYS, FIRST_STEP, IN_DAYS, LAST, STEP, STEPS, means

EMOTION_COLUMNS = tuple(Column(name, name.capitalize(), "share", colour) for name, colour in EMOTION_COLOURS.items())

_HOURS = f"""
SELECT date_bin({STEP}, hour, {FIRST_STEP}) AS step, * FROM dashboard.community_hours
WHERE hour BETWEEN {FIRST_STEP} AND {LAST}
"""  # noqa: S608 constants of this package
MIX = f"""
SELECT steps.step AS time, {means("h.")}
FROM {STEPS} AS steps(step) LEFT JOIN ({_HOURS}) AS h USING (step) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
VOLUME = f"""
SELECT steps.step AS time, coalesce(sum(h.scored), 0) AS scored, coalesce(sum(h.abstained), 0) AS abstained
FROM {STEPS} AS steps(step) LEFT JOIN ({_HOURS}) AS h USING (step) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
PEOPLE = f"""
SELECT days.day AS time, sum(d.people) AS people,
  sum(d.posts)::float8 / nullif(sum(d.people), 0) AS posts_each
FROM {DAYS} AS days(day) LEFT JOIN (SELECT * FROM dashboard.community_days WHERE {IN_DAYS}) AS d USING (day)
GROUP BY 1 ORDER BY 1
"""  # noqa: S608
STORED = """
SELECT count(*) AS days, coalesce(sum(posts), 0) AS posts, min(day) AS first, max(day) AS newest,
  (extract(epoch FROM coalesce(max(day), now())) * 1000 - 2505600000)::bigint AS since,
  (extract(epoch FROM coalesce(max(day), now())) * 1000 + 691200000)::bigint AS until
FROM dashboard.community_days
"""
TOTALS = f"""
SELECT coalesce(sum(posts), 0) AS posts, sum(scored)::float8 / nullif(sum(posts), 0) AS scored,
  coalesce(max(people), 0) AS people, {means(of=("sadness", "anger"))}
FROM dashboard.community_days WHERE {IN_DAYS}
"""  # noqa: S608

REACH = Panel(
    key="stored",
    title="What is stored",
    kind="table",
    about="How far the stored posts reach, in days of when they were written (UTC). Click the newest day to see the "
    "thirty days that end there, and the week that is forecast: where history was replayed, the last days of today's "
    "calendar are empty.",
    queries=(Query(STORED, ("days", "posts", "first", "newest"), time=None),),
    columns=(
        Column("days", "Days with posts", "count"),
        Column("posts", "Posts", "count"),
        Column("first", "First day", "moment"),
        Column(
            "newest",
            "Newest day",
            "moment",
            href="/d/tideline-community?from=${__data.fields.since.numeric}&to=${__data.fields.until.numeric}",
        ),
        Column("since", hidden=True),
        Column("until", hidden=True),
    ),
    high=4,
)
SUMMARY = Panel(
    key="summary",
    title="In this time",
    kind="stat",
    about="Posts stored, the share of them that were scored (the rest have no text or a language that no model "
    "reads), the most people who wrote on one day, and the mean scores of sadness and anger.",
    queries=(Query(TOTALS, ("posts", "scored", "people", "sadness", "anger"), time=None),),
    columns=(
        Column("posts", "Posts", "count", GREY),
        Column("scored", "Scored", "share", GREY),
        Column("people", "People on the busiest day", "count", BLUE),
        Column("sadness", "Sadness", "share", EMOTION_COLOURS["sadness"]),
        Column("anger", "Anger", "share", EMOTION_COLOURS["anger"]),
    ),
    high=4,
)
MIX_PANEL = Panel(
    key="mix",
    title="Emotion mix",
    kind="stacked",
    about="The mean score of each emotion over all scored posts; the seven add up to one. Read the height of a band, "
    "not where it lies. A gap means that nobody wrote. Lines mark anger spikes and moves of the whole community.",
    queries=(Query(MIX, EMOTIONS),),
    unit="share",
    columns=EMOTION_COLUMNS,
    share=True,
    lowest=0,
    highest=1,
    wide=24,
    high=10,
)
LOW_MOODS = Panel(
    key="moods",
    title="Sadness, fear and anger",
    kind="lines",
    about="The mean scores of the three emotions that rules watch. Look for a level that stays, not for one high "
    "point: a step with few posts jumps.",
    queries=(Query(MIX, ("sadness", "fear", "anger")),),
    unit="share",
    columns=(
        *(Column(name, name.capitalize(), "share", EMOTION_COLOURS[name]) for name in ("sadness", "fear", "anger")),
        *(Column(name, hidden=True) for name in ("joy", "love", "surprise", "neutral")),
    ),
    lowest=0,
)
VOLUME_PANEL = Panel(
    key="volume",
    title="Posts",
    kind="bars",
    about="How many posts were written, scored or not. Means above a low bar rest on few posts.",
    queries=(Query(VOLUME, ("scored", "abstained")),),
    unit="count",
    columns=(Column("scored", "Scored", colour=BLUE), Column("abstained", "Not scored", colour=GREY)),
    lowest=0,
)
PEOPLE_PANEL = Panel(
    key="people",
    title="People who wrote, by day",
    kind="lines",
    about="Distinct people of each day (UTC), and how many posts each of them wrote on average. Many posts of few "
    "people are the voice of those few.",
    queries=(Query(PEOPLE, ("people", "posts_each")),),
    unit="count",
    columns=(
        Column("people", "People", "count", BLUE),
        Column("posts_each", "Posts each", "number", GREY, dashed=True, right=True),
    ),
    lowest=0,
)
MOOD = Row("Everybody", (REACH, SUMMARY, MIX_PANEL, LOW_MOODS, VOLUME_PANEL))
