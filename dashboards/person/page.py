"""The dashboard Person: one pseudonym. Only the role `tideline_person` can read what it asks for."""

from dashboards.palette import EMOTIONS, RED
from dashboards.panel import Annotation, Dashboard, Variable
from dashboards.person.history import HISTORY
from dashboards.person.whom import SUBJECT, WHOM

MARKS = Annotation(
    "Alerts",
    f"""
SELECT at AS time, NULL::timestamptz AS "timeEnd", concat(rule, ': ', emotion, ' (', severity, ')') AS text,
  concat_ws(',', rule, emotion) AS tags
FROM person.alerts WHERE person = {SUBJECT} AND $__timeFilter(at) ORDER BY at DESC LIMIT 200
""",  # noqa: S608 constants of this package
    RED,
)

PERSON_PAGE = Dashboard(
    uid="tideline-person",
    title="Person",
    about="One pseudonym's own series beside that person's own past. For people who are trained to look and have a "
    "reason to: opened from a case, never browsed. Scores are estimates of the tone of words, nothing clinical.",
    rows=(WHOM, HISTORY),
    role="tideline_person",
    variables=(
        Variable(
            "person",
            "Person",
            "A pseudonym, as webhooks and cases give it.",
            sample="SELECT person FROM person.alerts ORDER BY at DESC, person LIMIT 1",
        ),
        Variable("emotion", "Emotion", "The emotion of the series.", choices=EMOTIONS, default="sadness"),
    ),
    annotations=(MARKS,),
    since="now-90d",
)
