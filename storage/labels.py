"""Verdicts about posts and alerts: added, never changed. And the labelled texts that may be learned from.

The newest verdict of a labeller about a post or alert counts; what came before stays as it was. The database
itself refuses to change or delete a verdict, but for the erasure of a person (storage/label_erasure.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from storage.label_words import HumanLabel, ModelLabel
from storage.points import ERASURE_LOCK

YEAR = timedelta(days=365)
AT_ONCE = 5_000  # verdicts in a statement


@dataclass(frozen=True, slots=True)
class PostVerdict:
    """One labeller's verdict about what a model made of a post.

    `emotion` is what the post shows: confirmed where the verdict is right, corrected where it is wrong (None where
    the labeller cannot say), None for unsure and skip. `score` is in thousandths. With `consent` its words may be
    kept for as long as labels' words are, and learned from.
    """

    key: str
    verdict: str  # of VERDICTS
    emotion: str | None
    labeller: str  # a pseudonymous name
    at: datetime
    reason: str | None = None
    shown: str | None = None  # what the model put first
    score: int | None = None
    model: str | None = None
    blind: bool = False  # the labeller did not see what the model said
    queue: str = "web"  # of QUEUES
    provenance: str = "tideline"
    licence: str = "internal"
    consent: bool = False


@dataclass(frozen=True, slots=True)
class AlertVerdict:
    """One labeller's verdict about an alert; `emotion` is what it was instead, where somebody says so."""

    alert_id: str
    verdict: str
    labeller: str
    at: datetime
    emotion: str | None = None
    reason: str | None = None
    queue: str = "desk"
    provenance: str = "tideline"
    licence: str = "internal"
    consent: bool = False


@dataclass(frozen=True, slots=True)
class LabelledText:
    """The words of a judged post that may be learned from, with what people say of it: never what a model says."""

    key: str
    person: str
    sent_at: datetime
    language: str | None
    text: str
    judgements: tuple[HumanLabel, ...]  # one of each labeller, by name
    guess: ModelLabel | None  # what a model put first, for weighing labellers


_POST_TYPES = (
    "uuid", "text", "text", "text", "timestamptz", "text", "text", "smallint", "text", "boolean",
    "text", "text", "text", "boolean",
)  # fmt: skip
_ALERT_TYPES = ("uuid", "text", "text", "timestamptz", "text", "text", "text", "text", "text", "boolean")
_POST_FIELDS = [field.name for field in fields(PostVerdict)]
_ALERT_FIELDS = [field.name for field in fields(AlertVerdict)]


def _unnested(names: Sequence[str], types: Sequence[str]) -> str:
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(names, types, strict=True))
    return f"unnest({arrays}) WITH ORDINALITY AS v({', '.join(names)}, place)"


_ADD_POST = text(
    f"""
    INSERT INTO post_verdicts (person, sent_at, language, {", ".join(_POST_FIELDS)})
    SELECT p.person, p.sent_at, p.language, {", ".join(f"v.{name}" for name in _POST_FIELDS)}
    FROM {_unnested(_POST_FIELDS, _POST_TYPES)}
    JOIN post_keys AS k ON k.key = v.key
    JOIN points AS p ON p.sent_at = k.sent_at AND p.key = k.key
    WHERE NOT EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person = p.person)
    ORDER BY v.place
    ON CONFLICT ON CONSTRAINT post_verdicts_once DO NOTHING
    RETURNING key::text, consent
    """  # noqa: S608 fixed
)
_KEEP_WORDS = text(
    """
    INSERT INTO label_texts (key, person, text, language, sent_at, expires_at)
    SELECT p.key, p.person, t.text, p.language, p.sent_at, :until
    FROM (SELECT DISTINCT key FROM unnest(CAST(:keys AS uuid[])) AS key) AS v
    JOIN post_texts AS t ON t.key = v.key AND t.expires_at > :now AND t.text <> ''
    JOIN post_keys AS k ON k.key = v.key
    JOIN points AS p ON p.sent_at = k.sent_at AND p.key = k.key
    ORDER BY p.key
    ON CONFLICT (key) DO UPDATE SET expires_at = greatest(label_texts.expires_at, excluded.expires_at)
    """
)
_ADD_ALERT = text(
    f"""
    INSERT INTO alert_verdicts (person, rule, alert_emotion, alert_at, statistic, threshold, model,
        {", ".join(_ALERT_FIELDS)})
    SELECT CASE WHEN a.subject_kind = 'person' THEN CAST(a.subject AS uuid) END, a.rule, a.emotion, a.at, a.statistic,
        a.threshold, a.model, {", ".join(f"v.{name}" for name in _ALERT_FIELDS)}
    FROM {_unnested(_ALERT_FIELDS, _ALERT_TYPES)}
    JOIN alerts AS a ON a.id = v.alert_id
    ORDER BY v.place
    ON CONFLICT ON CONSTRAINT alert_verdicts_once DO NOTHING
    RETURNING 1
    """  # noqa: S608 fixed
)
_ELIGIBLE = text(
    """
    SELECT t.key::text, t.person::text, t.sent_at, t.language, t.text,
        array_agg(s.labeller ORDER BY s.labeller) AS labellers, array_agg(s.emotion ORDER BY s.labeller) AS emotions,
        array_agg(s.at ORDER BY s.labeller) AS times,
        max(ARRAY[to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), s.shown, s.score::text])
            FILTER (WHERE s.shown IS NOT NULL AND s.score IS NOT NULL) AS guess
    FROM label_texts AS t JOIN standing_post_verdicts AS s ON s.key = t.key
    WHERE s.consent AND s.emotion IS NOT NULL AND t.expires_at > :now
      AND t.person NOT IN (SELECT person FROM opt_outs)  -- NOT EXISTS is taken to leave one row, and planned for that
    GROUP BY t.key ORDER BY t.key
    """
)


def add_post_verdicts(
    connection: Connection, verdicts: Sequence[PostVerdict], now: datetime, keep: timedelta = YEAR
) -> int:
    """Store verdicts about stored posts; returns how many are new.

    One about an unknown post, about a post of somebody who opted out, or that the same labeller gave about the same
    post at the same time already, is left out. With consent, words that are still there are kept for `keep` from now.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": ERASURE_LOCK})
    added = 0
    for start in range(0, len(verdicts), AT_ONCE):
        rows = connection.execute(_ADD_POST, _columns(verdicts[start : start + AT_ONCE], _POST_FIELDS)).all()
        added += len(rows)
        keys = [key for key, consent in rows if consent]
        if keys and keep > timedelta(0):
            connection.execute(_KEEP_WORDS, {"keys": keys, "now": now, "until": now + keep})
    return added


def add_alert_verdicts(connection: Connection, verdicts: Sequence[AlertVerdict]) -> int:
    """Store verdicts about stored alerts; returns how many are new. The others are left out."""
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": ERASURE_LOCK})
    added = 0
    for start in range(0, len(verdicts), AT_ONCE):
        values = _columns(verdicts[start : start + AT_ONCE], _ALERT_FIELDS)
        added += len(connection.execute(_ADD_ALERT, values).all())
    return added


def eligible_texts(connection: Connection, now: datetime) -> Iterator[LabelledText]:
    """Every text that may be learned from, in the order of the keys, a few at a time.

    Its words are kept still, somebody named an emotion and agreed to its use, and its author has not opted out.
    A labeller whose newest verdict names no emotion, or comes without consent, is not among its judgements.
    """
    rows = connection.execute(_ELIGIBLE, {"now": now}, execution_options={"stream_results": True})
    for row in rows:
        judgements = zip(row.emotions, row.times, row.labellers, strict=True)
        said = tuple([HumanLabel(*each) for each in judgements])
        yield LabelledText(row.key, row.person, row.sent_at, row.language, row.text, said, _guess(row.guess))


def _guess(found: list[str] | None) -> ModelLabel | None:
    if found is None:
        return None
    at, shown, score = found
    return ModelLabel(shown, datetime.fromisoformat(f"{at}+00:00"), int(score))


def _columns(rows: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: [getattr(row, name) for row in rows] for name in names}
