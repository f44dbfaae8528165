"""What is known of posts and alerts that somebody has a verdict about, and the verdicts that were given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, text

from models.labels import EMOTIONS
from storage.label_words import HumanLabel, Label, ModelLabel
from storage.labels import AlertVerdict, PostVerdict

Once = tuple[str, str, datetime]
"""What is one verdict: the post or alert, the labeller, and when."""


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A stored post as a labeller meets it: whose it is, and what a model put first, if it was scored."""

    key: str
    person: str
    sent_at: datetime
    language: str | None
    shown: str | None
    score: int | None
    model: str

    @classmethod
    def of(
        cls, key: str, person: str, sent_at: datetime, language: str | None, scores: list[int] | None, model: str
    ) -> "KnownPost":
        """The first of equal scores counts, as everywhere."""
        if not scores:
            return cls(key, person, sent_at, language, None, None, model)
        score = max(scores)
        return cls(key, person, sent_at, language, EMOTIONS[scores.index(score)], score, model)

    def label(self) -> ModelLabel | None:
        """What the model says, as a label that any person's outranks."""
        return ModelLabel(self.shown, self.sent_at, self.score) if self.shown and self.score is not None else None


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A verdict about a post with the pseudonym of its author."""

    person: str
    sent_at: datetime
    language: str | None
    given: PostVerdict


_POST_FIELDS = [field.name for field in fields(PostVerdict)]
_ALERT_FIELDS = [field.name for field in fields(AlertVerdict)]
_POST_COLUMNS = ", ".join(["person::text", "sent_at", "language", "key::text", *_POST_FIELDS[1:]])
_ALERT_COLUMNS = ", ".join(["alert_id::text", *_ALERT_FIELDS[1:]])
_KNOWN = text(
    "SELECT p.key::text, p.person::text, p.sent_at, p.language, p.scores, p.model "
    "FROM unnest(CAST(:keys AS uuid[])) AS v(key) JOIN post_keys AS k ON k.key = v.key "
    "JOIN points AS p ON p.sent_at = k.sent_at AND p.key = k.key"
)


def known_posts(connection: Connection, keys: Sequence[str]) -> dict[str, KnownPost]:
    """Those of these posts that are stored."""
    return {row[0]: KnownPost.of(*row) for row in connection.execute(_KNOWN, {"keys": list(keys)})}


def known_alerts(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these alerts that are stored."""
    statement = text("SELECT id::text FROM alerts WHERE id = ANY(CAST(:ids AS uuid[]))")
    return set(connection.execute(statement, {"ids": list(ids)}).scalars())


def given_before(connection: Connection, keys: Sequence[str], ids: Sequence[str]) -> dict[Once, tuple[str, str | None]]:
    """The verdicts that there are about these posts and alerts: verdict and emotion of each."""
    statement = text(
        "SELECT key::text, labeller, at, verdict, emotion FROM post_verdicts WHERE key = ANY(CAST(:keys AS uuid[])) "
        "UNION ALL SELECT alert_id::text, labeller, at, verdict, emotion FROM alert_verdicts "
        "WHERE alert_id = ANY(CAST(:ids AS uuid[]))"
    )
    rows = connection.execute(statement, {"keys": list(keys), "ids": list(ids)})
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}


def count_wordless(connection: Connection, keys: Sequence[str]) -> int:
    """How many of these posts have no words that labels keep."""
    statement = text(
        "SELECT count(DISTINCT v.key) FROM unnest(CAST(:keys AS uuid[])) AS v(key) "
        "WHERE NOT EXISTS (SELECT 1 FROM label_texts AS t WHERE t.key = v.key)"
    )
    return int(connection.execute(statement, {"keys": list(keys)}).scalar_one())


def kept_words(connection: Connection, now: datetime) -> dict[str, str]:
    """What labelled posts say whose words are kept still, by key."""
    statement = text("SELECT key::text, text FROM label_texts WHERE expires_at > :now")
    return {row[0]: row[1] for row in connection.execute(statement, {"now": now})}


def all_post_verdicts(connection: Connection) -> Iterator[StoredVerdict]:
    """Every verdict about a post ever given, oldest first, a few at a time."""
    yield from _post_verdicts(connection, "post_verdicts")


def standing_post_verdicts(connection: Connection) -> Iterator[StoredVerdict]:
    """The newest verdict of each labeller about each post, in the order in which they were given."""
    yield from _post_verdicts(connection, "standing_post_verdicts")


def first_queues(connection: Connection) -> dict[str, str]:
    """The queue in which each judged post was met first, whatever was said of it later and where."""
    statement = text("SELECT DISTINCT ON (key) key::text, queue FROM post_verdicts ORDER BY key, at, id")
    return {row[0]: row[1] for row in connection.execute(statement)}


def all_alert_verdicts(connection: Connection) -> Iterator[AlertVerdict]:
    """Every verdict about an alert ever given, oldest first, a few at a time."""
    statement = text(f"SELECT {_ALERT_COLUMNS} FROM alert_verdicts ORDER BY at, id")  # noqa: S608 fixed
    for row in connection.execute(statement, execution_options={"stream_results": True}):
        yield AlertVerdict(*row)


def holding_label(connection: Connection, key: str) -> Label | None:
    """The label that holds for a post now: the newest word of a person, else the model's; None without either."""
    statement = text(
        "SELECT emotion, at, labeller FROM standing_post_verdicts "
        "WHERE key = CAST(:key AS uuid) AND emotion IS NOT NULL"
    )
    labels: list[Label] = [HumanLabel(*row) for row in connection.execute(statement, {"key": key})]
    labels += [label for post in known_posts(connection, [key]).values() if (label := post.label())]
    return max(labels, default=None)


def _post_verdicts(connection: Connection, source: str) -> Iterator[StoredVerdict]:
    statement = text(f"SELECT {_POST_COLUMNS} FROM {source} ORDER BY at, id")  # noqa: S608 fixed
    for person, sent_at, language, *given in connection.execute(statement, execution_options={"stream_results": True}):
        yield StoredVerdict(person, sent_at, language, PostVerdict(*given))
