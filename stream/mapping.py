"""Which column of a file is which part of a post."""

import re
from dataclasses import dataclass, fields

from stream.errors import FileUnreadable

_ALIASES = {"author": "user", "sent_at": "time", "lang": "language", "community": "channel"}
EXAMPLE = "--map text=tweet,user=name,time=date,id=tweet_id (names or 1-based numbers of columns)"


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the user says about the columns: names (dotted for nested JSON) or 1-based numbers.

    >>> Mapping.parse("text=6,user=5,time=3").user
    '5'
    """

    text: str
    user: str = ""
    time: str = ""
    id: str = ""
    channel: str = ""
    language: str = ""
    source: str = ""

    @classmethod
    def parse(cls, written: str) -> "Mapping":
        """Read `text=…,user=…`; what is wrong with it is told in one sentence."""
        names = [field.name for field in fields(cls)]
        chosen: dict[str, str] = {}
        for part in written.split(","):
            name, found, column = (piece.strip() for piece in part.partition("="))
            name = _ALIASES.get(name, name)
            if not found or not column or name not in names:
                raise FileUnreadable(f"--map cannot be read at {part!r}: write {EXAMPLE}; known: {', '.join(names)}.")
            chosen[name] = column
        if "text" not in chosen:
            raise FileUnreadable(f"--map does not say which column is the text: write {EXAMPLE}.")
        return cls(**chosen)

    def chosen(self) -> dict[str, str]:
        """What was said, under the names that a post uses."""
        said = {"text": self.text, "author": self.user, "sent_at": self.time, "id": self.id}
        said |= {"channel": self.channel, "language": self.language, "source": self.source}
        return {field: column for field, column in said.items() if column}

    def all_numbers(self) -> bool:
        return all(column.isdigit() for column in self.chosen().values())


GUESSES = {
    "text": "text full_text tweet tweet_text tweets content body message post selftext comment sentence "
    "status caption review utterance tweet_content post_text comment_text",
    "author": "author screen_name username user_name user handle author_name author_id user_id userid "
    "user_screen_name from sender account nickname poster",
    "sent_at": "sent_at created_at datetime timestamp time date created_utc created posted_at published_at "
    "publishedat tweet_created date_time posted time_stamp createdat",
    "id": "id_str id tweet_id post_id status_id comment_id message_id tweetid uuid textid",
    "channel": "channel community subreddit room group forum topic",
    "language": "language lang language_code lang_code",
}
"""Names that a column is recognised by, the best first."""


def simple(name: str) -> str:
    """A column name without case, blanks and signs.

    >>> simple(" Tweet Text ")
    'tweet_text'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def guess(columns: list[str]) -> dict[str, str]:
    """The column for each part of a post that has an obvious one."""
    by_name = {simple(column): column for column in reversed(columns)}
    guessed: dict[str, str] = {}
    for field, names in GUESSES.items():
        found = next((by_name[name] for name in names.split() if name in by_name), None)
        if found is not None:
            guessed[field] = found
    return guessed
