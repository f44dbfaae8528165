"""The dashboard Community."""

from dashboards.community.channels import CHANNELS
from dashboards.community.mood import MOOD
from dashboards.community.outlook import MOVES, OUTLOOK, SPIKES
from dashboards.palette import EMOTIONS
from dashboards.panel import Dashboard, Variable
from dashboards.sql import CHANNEL, IN_DAYS, STEP_CHOICES

CHANNEL_NAMES = f"""
SELECT {CHANNEL} AS name FROM dashboard.channel_days WHERE {IN_DAYS} GROUP BY 1
ORDER BY sum(posts) DESC, 1 LIMIT 200
"""  # noqa: S608 constants of this package
FOCUS_NAMES = f"""
SELECT {CHANNEL} AS name FROM dashboard.channel_days WHERE {IN_DAYS} GROUP BY channel
ORDER BY channel = '', sum(posts) DESC, 1 LIMIT 200
"""  # noqa: S608

COMMUNITY = Dashboard(
    uid="tideline-community",
    title="Community",
    about="How a community feels over time: the mix of emotions, its channels, anger spikes, and what is expected. "
    "Scores are a model's estimates of the tone of words, nothing clinical.",
    rows=(MOOD, CHANNELS, OUTLOOK),
    variables=(
        Variable("channel", "Channels", "Which channels are shown.", sql=CHANNEL_NAMES, several=True),
        Variable("step", "Step", "How much time one point covers.", choices=STEP_CHOICES, default="6 hours"),
        Variable("focus", "Forecast of", "The channel of the forecast.", sql=FOCUS_NAMES),
        Variable("emotion", "Emotion", "The emotion of the forecast.", choices=EMOTIONS, default="anger"),
    ),
    annotations=(SPIKES, MOVES),
    until="now+7d",  # as far as forecasts reach
)
