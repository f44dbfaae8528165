"""Which posts a labeller could be asked about, by queue. Words are read here, for the one place that shows them.

Post keys are digests, so the posts that follow a random key are a random sample, found without reading the rest.
One half of all keys is for random posts, the other for uncertain ones. If both drew from all, posts that were judged
as uncertain would be lacking among the random ones, and recall would look better than it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from storage.label_reading import KnownPost

ENOUGH = 3  # voices about a post; after that nobody else is asked, however much they differ
HALVES = {"random": 0, "uncertain": 1}
"""The last bit of a key's fourteenth byte: the two after it choose the share that is seen twice."""

_TWICE = "CAST('x' || right(CAST({} AS text), 4) AS bit(16))::int < :share * 65536"
_OPEN = f"""
    NOT EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person = p.person)
    AND NOT EXISTS (SELECT 1 FROM golden_posts AS g WHERE g.key = p.key)
    AND NOT EXISTS (SELECT 1 FROM post_verdicts AS v WHERE v.key = p.key AND v.labeller = :who)
    AND (SELECT count(*) FROM (
            SELECT v.labeller FROM post_verdicts AS v WHERE v.key = p.key AND v.verdict <> 'skip'
            UNION SELECT l.labeller FROM label_leases AS l WHERE l.key = p.key AND l.until > :now AND l.labeller <> :who
        ) AS others) < CASE WHEN {_TWICE.format("p.key")} THEN 2 ELSE 1 END
"""  # noqa: S608 fixed
_POST = "p.key::text, p.person::text, p.sent_at, p.language, p.scores, p.model"
_DRAWN = text(
    f"""
    SELECT t.text, {_POST}
    FROM (SELECT key, text FROM post_texts WHERE key >= CAST(:start AS uuid) AND expires_at > :now AND text <> ''
            AND get_byte(uuid_send(key), 13) % 2 = :half
          ORDER BY key LIMIT :many) AS t
    JOIN post_keys AS k ON k.key = t.key
    JOIN points AS p ON p.sent_at = k.sent_at AND p.key = k.key
    WHERE p.scores IS NOT NULL AND {_OPEN}
    ORDER BY p.key
    """  # noqa: S608 fixed
)
_SECOND = text(
    f"""
    SELECT s.queue, {_POST}
    FROM post_verdicts AS s
    JOIN points AS p ON p.sent_at = s.sent_at AND p.key = s.key
    WHERE s.queue = :queue AND s.verdict <> 'skip' AND s.labeller <> :who AND {_TWICE.format("s.key")} AND {_OPEN}
    ORDER BY s.at, p.key LIMIT :many
    """  # noqa: S608 fixed
)
_DISPUTED = text(
    f"""
    SELECT 'disputed', {_POST}
    FROM (SELECT key, min(sent_at) AS sent_at, count(DISTINCT emotion) AS voices, max(at) AS newest
          FROM standing_post_verdicts WHERE verdict <> 'skip'
          GROUP BY key HAVING (count(DISTINCT emotion) > 1 OR bool_or(verdict = 'wrong')) AND count(*) < {ENOUGH}) AS s
    JOIN points AS p ON p.sent_at = s.sent_at AND p.key = s.key
    WHERE NOT EXISTS (SELECT 1 FROM golden_posts AS g WHERE g.key = p.key)
      AND NOT EXISTS (SELECT 1 FROM post_verdicts AS v WHERE v.key = p.key AND v.labeller = :who)
      AND NOT EXISTS (SELECT 1 FROM label_leases AS l WHERE l.key = p.key AND l.until > :now AND l.labeller <> :who)
    ORDER BY s.voices DESC, s.newest, p.key LIMIT :many
    """  # noqa: S608 fixed
)
_GOLDEN = text(
    f"""
    SELECT 'golden', {_POST}
    FROM golden_posts AS g JOIN post_keys AS k ON k.key = g.key
    JOIN points AS p ON p.sent_at = k.sent_at AND p.key = k.key
    WHERE NOT EXISTS (SELECT 1 FROM post_verdicts AS v WHERE v.key = p.key AND v.labeller = :who)
    ORDER BY md5(CAST(p.key AS text) || :who) LIMIT :many
    """  # noqa: S608 fixed
)
_WORDS = text(
    "SELECT text FROM post_texts WHERE key = CAST(:key AS uuid) AND expires_at > :now "
    "UNION ALL SELECT text FROM label_texts WHERE key = CAST(:key AS uuid) AND expires_at > :now LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, when, and what share of the posts a second labeller sees as well."""

    who: str
    now: datetime
    share: float = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that somebody could be asked about, and in which queue."""

    post: KnownPost
    queue: str


def draw(connection: Connection, asker: Asker, queue: str, start: str, many: int) -> Iterator[Candidate]:
    """Scored posts of a queue's half that this labeller may be asked about, from a random key on, `many` at a time."""
    values = {"who": asker.who, "now": asker.now, "share": asker.share, "many": many, "half": HALVES[queue]}
    for key in (start, "00000000-0000-0000-0000-000000000000"):
        for row in connection.execute(_DRAWN, {**values, "start": key}):
            yield Candidate(KnownPost.of(*row[1:]), queue)


def second_ones(connection: Connection, asker: Asker, queue: str, many: int) -> list[Candidate]:
    """Posts of the share that is seen twice which one other labeller has judged in this queue."""
    return _candidates(connection, _SECOND, asker, many, queue=queue)


def disputed(connection: Connection, asker: Asker, many: int) -> list[Candidate]:
    """Posts about which labellers differ, or a labeller and the model; where most labels differ first."""
    return _candidates(connection, _DISPUTED, asker, many)


def golden_ones(connection: Connection, asker: Asker, many: int) -> list[Candidate]:
    """Golden posts that this labeller has not judged, for each labeller in another order."""
    return _candidates(connection, _GOLDEN, asker, many)


def words_of(connection: Connection, key: str, now: datetime) -> str | None:
    """What the post says, while that is kept anywhere."""
    return connection.execute(_WORDS, {"key": key, "now": now}).scalar()


def _candidates(connection: Connection, statement: object, asker: Asker, many: int, **more: str) -> list[Candidate]:
    values = {"who": asker.who, "now": asker.now, "share": asker.share, "many": many, **more}
    rows: Sequence[tuple[object, ...]] = connection.execute(statement, values).all()  # type: ignore[call-overload]
    return [Candidate(KnownPost.of(*row[1:]), str(row[0])) for row in rows]  # type: ignore[arg-type]
