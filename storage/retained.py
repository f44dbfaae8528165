"""Posts whose words are still kept, with the scores that a model version gave them."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, text


class Retained(NamedTuple):
    """One post that detectors heard of."""

    person: str
    text: str
    scores: tuple[int, ...]


_READ = text(
    """
    SELECT person::text, post_texts.text, scores
    FROM post_texts JOIN post_keys USING (key) JOIN points ON points.key = post_keys.key
         AND points.sent_at = post_keys.sent_at
    WHERE split_part(model, '+', 1) = :version AND language = :language AND scores IS NOT NULL
          AND NOT late AND NOT retweet AND NOT repeated
    ORDER BY post_texts.key
    """
)


def read_retained(connection: Connection, version: str, language: str) -> Iterator[Retained]:
    """Those that this version scored, however it was run, in the order of their keys: as good as drawn by lot."""
    statement = _READ.execution_options(stream_results=True, yield_per=2000)
    for person, words, scores in connection.execute(statement, {"version": version, "language": language}):
        yield Retained(person, words, tuple(scores))


def count_scored(connection: Connection, version: str, language: str) -> int:
    """How many stored posts this version has scored."""
    statement = text(
        "SELECT count(*) FROM points WHERE split_part(model, '+', 1) = :version AND language = :language "
        "AND scores IS NOT NULL"
    )
    return int(connection.execute(statement, {"version": version, "language": language}).scalar_one())
