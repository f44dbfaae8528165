"""Channels beside each other: their share, their volume, their anger."""

from dashboards.community.mood import PEOPLE_PANEL
from dashboards.palette import EMOTION_COLOURS, GREY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import CHANNEL, DAYS, FIRST, IN_DAYS, LAST, means, or_none

CHOSEN = f"{CHANNEL} IN (${{channel:sqlstring}})"
MOST = 7  # channels with a colour of their own; the others are one
_SEEN = f"""
WITH seen AS (
  SELECT {CHANNEL} AS channel, day, posts, scored, anger FROM dashboard.channel_days WHERE {IN_DAYS} AND {CHOSEN}),
top AS (SELECT channel FROM seen GROUP BY channel ORDER BY sum(posts) DESC, channel LIMIT {MOST})
"""  # noqa: S608 constants of this package
POSTS = f"""{_SEEN},
named AS (SELECT coalesce(top.channel, 'others') AS name, day, posts FROM seen LEFT JOIN top USING (channel)),
names AS (SELECT channel AS name FROM top UNION SELECT 'others'),
sums AS (SELECT day, name, sum(posts) AS posts FROM named GROUP BY 1, 2)
SELECT days.day AS time, name AS metric, coalesce(sums.posts, 0) AS posts
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN sums USING (day, name) ORDER BY 1, 2
"""  # noqa: S608
ANGER = f"""{_SEEN},
names AS (SELECT channel FROM top UNION SELECT 'none' WHERE NOT EXISTS (SELECT FROM top)),
means AS (SELECT day, channel, sum(anger) / nullif(sum(scored), 0) AS anger FROM seen GROUP BY 1, 2)
SELECT days.day AS time, channel AS metric, means.anger
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN means USING (day, channel) ORDER BY 1, 2
"""  # noqa: S608
_LIST = f"""
SELECT {CHANNEL} AS channel, sum(posts) AS posts, max(people) AS people,
  {means(of=("sadness", "anger", "fear", "joy"))},
  (SELECT count(*) FROM dashboard.channel_alerts AS a
   WHERE a.channel = days.channel AND a.at BETWEEN {FIRST} AND {LAST}) AS alerts
FROM dashboard.channel_days AS days WHERE {IN_DAYS} AND {CHOSEN} GROUP BY days.channel ORDER BY posts DESC LIMIT 100
"""  # noqa: S608
_COLUMNS = ("channel", "posts", "people", "sadness", "anger", "fear", "joy", "alerts")
LIST = or_none(_LIST, _COLUMNS, "no channel in this time")

_ABOUT_SMALL = "Hours and days of a channel with fewer people than the policy shows are left out."
SHARE_PANEL = Panel(
    key="channel-share",
    title="Share of posts by channel",
    kind="stacked",
    about=f"Of each day's posts in the chosen channels, how many were written where. The {MOST} largest have a band of "
    f"their own. {_ABOUT_SMALL}",
    queries=(Query(POSTS, ("posts",), series="metric"),),
    unit="count",
    share=True,
    columns=(Column("others", "Others", colour=GREY),),
)
VOLUME_PANEL = Panel(
    key="channel-volume",
    title="Posts by channel",
    kind="bars",
    about=f"How many posts a day the chosen channels have. {_ABOUT_SMALL}",
    queries=(Query(POSTS, ("posts",), series="metric"),),
    unit="count",
    columns=(Column("others", "Others", colour=GREY),),
    lowest=0,
)
ANGER_PANEL = Panel(
    key="channel-anger",
    title="Anger by channel",
    kind="lines",
    about=f"The mean anger score of each day in the {MOST} largest of the chosen channels. Compare a channel with its "
    f"own past: topics differ in tone. {_ABOUT_SMALL}",
    queries=(Query(ANGER, ("anger",), series="metric"),),
    unit="share",
    lowest=0,
)
LIST_PANEL = Panel(
    key="channels",
    title="Channels",
    kind="table",
    about="Each channel in the chosen time: posts, people on its busiest day, mean scores, alerts. "
    "Click a name to see that channel alone.",
    queries=(Query(LIST, _COLUMNS, time=None),),
    unit="share",
    columns=(
        Column(
            "channel",
            "Channel",
            "text",
            href="/d/tideline-community?var-channel=${__data.fields.channel:percentencode}&var-focus=${__data.fields.channel:percentencode}"
            "&${__url_time_range}",
        ),
        Column("posts", "Posts", "count"),
        Column("people", "People", "count"),
        *(
            Column(name, name.capitalize(), "share", EMOTION_COLOURS[name])
            for name in ("sadness", "anger", "fear", "joy")
        ),
        Column("alerts", "Alerts", "count"),
    ),
    wide=24,
)
CHANNELS = Row("Channels", (SHARE_PANEL, VOLUME_PANEL, ANGER_PANEL, PEOPLE_PANEL, LIST_PANEL))
