"""What people say of the scores: calibration, and how much is labelled."""

from dashboards.palette import AMBER, BLUE, GREY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import DAYS, IN_DAYS

_CURVE = """
SELECT (bins.bin + 0.5) / 10.0::float8 AS shown, (sum(correct) / nullif(sum(judged), 0))::float8 AS correct,
  (bins.bin + 0.5) / 10.0::float8 AS perfect, coalesce(sum(judged), 0) AS judged
FROM generate_series(0, 9) AS bins(bin)
LEFT JOIN (SELECT * FROM dashboard.calibration WHERE model IN (${model:sqlstring})) AS c USING (bin)
GROUP BY bins.bin ORDER BY 1
"""
_CALIBRATION = """
SELECT coalesce(model, 'all') AS model, coalesce(emotion, 'all') AS emotion, coalesce(sum(judged), 0) AS judged,
  (sum(judged * (bin + 0.5) / 10) / nullif(sum(judged), 0))::float8 AS said,
  (sum(correct) / nullif(sum(judged), 0))::float8 AS correct
FROM dashboard.calibration WHERE model IN (${model:sqlstring}) GROUP BY ROLLUP ((model, emotion)) ORDER BY 3 DESC, 1, 2
"""
_LABELS = f"""
WITH seen AS (
  SELECT day, queue, sum(verdicts) AS verdicts FROM dashboard.label_days WHERE {IN_DAYS} GROUP BY 1, 2),
names AS (SELECT DISTINCT queue FROM seen UNION SELECT 'none' WHERE NOT EXISTS (SELECT FROM seen))
SELECT days.day AS time, queue AS metric, coalesce(seen.verdicts, 0) AS verdicts
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN seen USING (day, queue) ORDER BY 1, 2
"""  # noqa: S608 constants of this package
_LABELLERS = """
SELECT coalesce(labeller, 'all') AS labeller, coalesce(sum(verdicts), 0) AS verdicts,
  coalesce(sum(skipped), 0) AS skipped, max(day) AS newest
FROM dashboard.label_days GROUP BY ROLLUP (labeller) ORDER BY 2 DESC, 1
"""

CURVE = Panel(
    key="calibration",
    title="Calibration from verdicts",
    kind="curve",
    about="Of the posts whose best score was so much (across), the share that people called right (up). On the dashed "
    "line, a score of 70 % is right seven times in ten; below it the model is too sure. Dots count verdicts. "
    "Uncertain posts are asked about more often, so this is not the accuracy of all posts.",
    queries=(Query(_CURVE, ("correct", "perfect", "judged"), time=None, x="shown"),),
    unit="share",
    columns=(
        Column("shown", "Score shown", "share"),
        Column("correct", "Right", colour=BLUE),
        Column("perfect", "Perfect", colour=GREY, dashed=True),
        Column("judged", "Verdicts", "count", AMBER, right=True, points=True),
    ),
    lowest=0,
    highest=1,
)
CALIBRATION = Panel(
    key="calibration-table",
    title="Said and right, by version and emotion",
    kind="table",
    about="The mean score that was shown and the share that people called right; where they part, the model is too "
    "sure or not sure enough. Groups of few people are left out.",
    queries=(Query(_CALIBRATION, ("model", "emotion", "judged", "said", "correct"), time=None),),
    unit="share",
    columns=(
        Column("model", "Model", "text"),
        Column("emotion", "Emotion", "text"),
        Column("judged", "Verdicts", "count"),
        Column("said", "Mean score", "share"),
        Column("correct", "Right", "share"),
    ),
)
LABELS = Panel(
    key="labels",
    title="Labels a day, by queue",
    kind="bars",
    about="Verdicts on posts on each day by why the post was asked about. Random ones are what recall is estimated "
    "from; where there are only uncertain ones, what is missed stays unknown.",
    queries=(Query(_LABELS, ("verdicts",), series="metric"),),
    unit="count",
    lowest=0,
)
LABELLERS = Panel(
    key="labellers",
    title="Labellers",
    kind="table",
    about="How much each labeller has judged so far, under the name they work by.",
    queries=(Query(_LABELLERS, ("labeller", "verdicts", "skipped", "newest"), time=None),),
    unit="count",
    columns=(
        Column("labeller", "Labeller", "text"),
        Column("verdicts", "Verdicts", "count"),
        Column("skipped", "Skipped", "count", GREY),
        Column("newest", "Newest", "moment"),
    ),
)
TRUTH = Row("Verdicts", (CURVE, CALIBRATION, LABELS, LABELLERS))
