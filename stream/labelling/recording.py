"""Storing one verdict: for the commands, and for a console that somebody builds on top.

    from stream.labelling.recording import record_alert_verdict, record_verdict
    from stream.settings import read_settings
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    stored = record_verdict(engine, key, Answer("mia", emotion="fear", reason="quotes a film"))
    stored.verdict.verdict, stored.holds.emotion        # e.g. ('wrong', 'fear')
    record_alert_verdict(engine, alert_id, "right", "mia", reason="called, she is glad")

`key` is a post's key, as alerts name it and `stream.posts.post_key(source, id)` makes it. A verdict is never changed:
to correct one, record another; the newest of each labeller counts.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from storage.database import transaction
from storage.label_reading import KnownPost, holding_label, known_alerts, known_posts
from storage.label_words import LONGEST_LABELLER, LONGEST_REASON, Label
from storage.labels import YEAR, AlertVerdict, PostVerdict, add_alert_verdicts, add_post_verdicts
from stream.labelling.judging import LabelRefused, judged, require_words
from stream.posts import clean


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says of a post: an emotion, a verdict, or both. `blind`: they did not see what the model says."""

    labeller: str
    verdict: str | None = None
    emotion: str | None = None
    reason: str | None = None
    blind: bool = False
    queue: str = "web"
    provenance: str = "web"
    licence: str = "internal"
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was stored, and the label that holds for the post now."""

    verdict: PostVerdict
    holds: Label | None


def record_verdict(
    engine: Engine, key: str, answer: Answer, *, at: datetime | None = None, keep: timedelta = YEAR
) -> Recorded:
    """Store what somebody says of a post, in a transaction of its own. Raises `LabelRefused` with a sentence.

    `at` is now where it is left out. With consent the words are kept for `keep`.
    """
    with transaction(engine) as connection:
        return store_answer(connection, key, answer, at or datetime.now(UTC), keep)


def store_answer(connection: Connection, key: str, answer: Answer, at: datetime, keep: timedelta) -> Recorded:
    """`record_verdict` within the caller's transaction."""
    post = next(iter(known_posts(connection, list(filter(None, [as_key(key)]))).values()), None)
    if post is None:
        raise LabelRefused("unknown-post", f"there is no post {key}: it was never stored, or its author has left.")
    verdict = verdict_of(post, answer, at)
    if not add_post_verdicts(connection, [verdict], at, keep):
        raise LabelRefused("known", f"{answer.labeller} said something about post {key} at that very moment already.")
    return Recorded(verdict, holding_label(connection, post.key))


def verdict_of(post: KnownPost, answer: Answer, at: datetime) -> PostVerdict:
    """The row that an answer becomes."""
    verdict, emotion = judged(post.shown, answer.verdict, answer.emotion)
    return PostVerdict(
        post.key, verdict, emotion, labeller_named(answer.labeller), at, short_reason(answer.reason),
        post.shown, post.score, post.model, answer.blind, answer.queue, answer.provenance, answer.licence,
        answer.consent,
    )  # fmt: skip


def record_alert_verdict(
    engine: Engine,
    alert_id: str,
    verdict: str,
    labeller: str,
    *,
    emotion: str | None = None,
    reason: str | None = None,
    queue: str = "web",
    at: datetime | None = None,
) -> AlertVerdict:
    """Store what somebody says of an alert. Raises `LabelRefused` with a sentence."""
    given = AlertVerdict(alert_id, verdict, labeller, at or datetime.now(UTC), emotion, reason, queue)
    with transaction(engine) as connection:
        return store_alert_verdict(connection, given)


def store_alert_verdict(connection: Connection, given: AlertVerdict) -> AlertVerdict:
    """`record_alert_verdict` within the caller's transaction."""
    require_words(given.verdict, given.emotion)
    given = replace(given, labeller=labeller_named(given.labeller), reason=short_reason(given.reason))
    if not known_alerts(connection, list(filter(None, [as_key(given.alert_id)]))):
        raise LabelRefused("unknown-alert", f"there is no alert {given.alert_id}: see `tideline alerts list`.")
    if not add_alert_verdicts(connection, [given]):
        raise LabelRefused("known", f"{given.labeller} judged alert {given.alert_id} at that very moment already.")
    return given


def as_key(word: str) -> str | None:
    """A key as the database writes it; None where the word is none."""
    try:
        return str(uuid.UUID(word))
    except ValueError:
        return None


def labeller_named(name: str) -> str:
    """The name as it is stored, or a refusal."""
    name = name.strip()
    if not name or len(name) > LONGEST_LABELLER or not name.isprintable():
        wanted = f"a labeller is named in 1 to {LONGEST_LABELLER} printable characters: use a pseudonym."
        raise LabelRefused("too-long" if len(name) > LONGEST_LABELLER else "bad-value", wanted)
    return name


def short_reason(reason: str | None) -> str | None:
    """The reason as it can be stored, or a refusal."""
    reason = clean(reason).strip() if reason else None
    if reason and len(reason) > LONGEST_REASON:
        raise LabelRefused("too-long", f"the reason has {len(reason)} characters: use {LONGEST_REASON} at most.")
    return reason or None
