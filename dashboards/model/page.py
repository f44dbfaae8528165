"""The dashboard Model."""

from dashboards.model.decided import CHANGES, DECIDED, DRIFTED
from dashboards.model.duel import DUEL
from dashboards.model.scores import SCORES
from dashboards.model.truth import TRUTH
from dashboards.panel import Dashboard, Variable
from dashboards.sql import IN_DAYS, STEP_CHOICES

MODEL = Dashboard(
    uid="tideline-model",
    title="Model",
    about="What the models say, how sure they are, what people say of it, and whether a challenger would do better.",
    rows=(SCORES, TRUTH, DUEL, DECIDED),
    variables=(
        Variable(
            "model",
            "Models",
            "Which model versions are shown.",
            sql=f"SELECT DISTINCT model FROM dashboard.model_days WHERE {IN_DAYS} ORDER BY model",  # noqa: S608 constants
            several=True,
        ),
        Variable(
            "language",
            "Languages",
            "Which languages are shown.",
            sql=f"SELECT DISTINCT language FROM dashboard.model_days WHERE {IN_DAYS} ORDER BY language",  # noqa: S608 constants
            several=True,
        ),
        Variable(
            "step",
            "Step",
            "How much time one point covers; over more than 93 days, a day at least.",
            choices=STEP_CHOICES,
            default="1 day",
        ),
    ),
    annotations=(CHANGES, DRIFTED),
)
