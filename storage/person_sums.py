"""Per person and language: how many posts were scored, and sums of their scores."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, text

from storage.series import EMOTION_COUNT


class PersonLanguage(NamedTuple):
    """Scores are 0 to 1 here."""

    language: str
    posts: int
    sums: list[float]
    squares: list[float]


def read_person_sums(connection: Connection) -> Iterator[PersonLanguage]:
    """One row per person and language; repeats, retweets and abstained posts do not count, as for the rules."""
    sums = ", ".join(f"sum(scores[{place}]) / 1000.0" for place in range(1, EMOTION_COUNT + 1))
    squares = ", ".join(f"sum(scores[{place}]::int * scores[{place}]) / 1e6" for place in range(1, EMOTION_COUNT + 1))
    statement = text(
        f"""
        SELECT coalesce(language, ''), count(*), ARRAY[{sums}]::float8[], ARRAY[{squares}]::float8[]
        FROM points WHERE scores IS NOT NULL AND NOT repeated AND NOT retweet
        GROUP BY language, person ORDER BY language, person
        """  # noqa: S608 only numbers are formatted in
    ).execution_options(stream_results=True, yield_per=5000)
    for language, posts, totals, squared in connection.execute(statement):
        yield PersonLanguage(language, posts, totals, squared)
