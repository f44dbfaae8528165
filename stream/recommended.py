"""What `tideline recommend` says: as plain values, and as lines for people."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.labels import EMOTIONS
from models.recommend.choose import Choice
from models.recommend.genres import GenreRow
from models.recommend.items import Item
from models.recommend.similarity import Similarity
from models.recommend.why import why
from stream.whose import Whose, named

FOR_A_PERSON = "A suggestion for a person to judge: nothing was sent to anybody."
FOR_MODERATORS = (
    "For a moderator to read, to judge and to offer in their own words, or not. Nothing was sent to anybody. "
    "Where somebody may be in danger, follow your own procedure first."
)
_DIGITS = 4
_GENRES_SHOWN = 40


def record(choice: Choice, liked: Item | None, similarity: Similarity, person: Whose) -> dict[str, Any]:
    """One suggestion."""
    reasons = why(liked, choice, similarity, tuple(person.shares.tolist()))
    return {
        "title": choice.item.title,
        "artist": choice.item.artist,
        "genres": list(choice.item.genres),
        "similarity": round(choice.similarity, _DIGITS),
        "genre_similarity": round(choice.genre, _DIGITS),
        "lyrics_similarity": round(choice.lyrics, _DIGITS),
        "closeness": None if choice.closeness is None else round(choice.closeness, _DIGITS),
        "emotions": named(choice.emotions) if choice.emotions else None,
        "why": {"genres": reasons.genres, "words": reasons.words, "emotions": reasons.emotions},
    }


def resource(choice: Choice, liked: Item | None, similarity: Similarity, person: Whose) -> dict[str, Any]:
    """One resource; its words are what a moderator reads before offering it."""
    return {**record(choice, liked, similarity, person), "text": choice.item.lyrics, "always": choice.item.always}


def person_record(person: Whose) -> dict[str, Any]:
    """Whose emotions; a text is not repeated."""
    return {"kind": person.kind, **person.told, "emotions": named(person.shares)}


def genre_record(row: GenreRow) -> dict[str, Any]:
    """One genre."""
    means = named(row.means) if row.means else None
    return {"genre": row.genre, "items": row.items, "read": row.read, "emotions": means}


# --- for people ---------------------------------------------------------------------------------------------


def page(found: Mapping[str, Any]) -> Iterator[str]:
    """Songs."""
    yield f"{_liked(found)}for {_feeling(found['emotion_of'])}:"
    for number, one in enumerate(found["recommendations"], start=1):
        yield ""
        yield from _lines(number, one)
    yield ""
    yield found["notice"]


def support_page(found: Mapping[str, Any]) -> Iterator[str]:
    """Resources, the notice first."""
    yield found["notice"]
    yield ""
    yield f"{_liked(found)}for {_feeling(found['emotion_of'])}:"
    if not found["recommendations"]:
        yield "  no resource of the list is meant for these emotions"
    for number, one in enumerate(found["recommendations"], start=1):
        yield f"  {number}  {_name(one)}: fits {one['closeness']:.2f} ({_mix(one['emotions'])})"
        yield f"     {one['text']}"
    if found["always"]:
        yield ""
        yield "for anybody:"
    for one in found["always"]:
        yield f"  -  {_name(one)}"
        yield f"     {one['text']}"


def genre_page(rows: Sequence[GenreRow]) -> Iterator[str]:
    """A table, the genre with most items first."""
    width = max((_width(row.genre) for row in rows[:_GENRES_SHOWN]), default=0)
    width = max(width, len("genre"))
    yield f"{'genre':<{width}}{'items':>7}{'read':>7}  " + "".join(f"{name:>9}" for name in EMOTIONS)
    for row in rows[:_GENRES_SHOWN]:
        means = "".join(f"{mean:>9.3f}" for mean in row.means) if row.means else "  no lyrics that could be read"
        yield f"{row.genre}{' ' * (width - _width(row.genre))}{row.items:>7,}{row.read:>7,}  {means}"
    if len(rows) > _GENRES_SHOWN:
        yield f"and {len(rows) - _GENRES_SHOWN:,} genres more: see all with --json"


def _lines(number: int, one: Mapping[str, Any]) -> Iterator[str]:
    genres = f"  [{', '.join(one['genres'])}]" if one["genres"] else ""
    yield f"  {number}  {_name(one)}{genres}"
    close = "unknown" if one["closeness"] is None else f"{one['closeness']:.2f}"
    parts = f"genre {one['genre_similarity']:.2f}, lyrics {one['lyrics_similarity']:.2f}"
    yield f"     emotions {close}, similarity {one['similarity']:.2f} ({parts})"
    if reasons := "; ".join(_reasons(one["why"])):
        yield f"     both: {reasons}"


def _reasons(reasons: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for what in ("emotions", "genres", "words"):
        if reasons[what]:
            yield f"{', '.join(reasons[what])}" if what != "words" else f"the words {', '.join(reasons[what])}"


def _liked(found: Mapping[str, Any]) -> str:
    return f"Like {_name(found['like'])}, " if found["like"] else ""


def _name(one: Mapping[str, Any]) -> str:
    return f"{one['title']} – {one['artist']}" if one["artist"] else str(one["title"])


def _feeling(person: Mapping[str, Any]) -> str:
    of = {"emotions": "", "text": "the text's ", "person": "the person's "}[person["kind"]]
    when = f" ({person['posts']:,} posts, {person['first']} to {person['last']})" if person["kind"] == "person" else ""
    return f"{of}{_mix(person['emotions'])}{when}"


def _mix(shares: Mapping[str, float]) -> str:
    """The plain ones, the strongest first."""
    ordered = sorted(shares, key=lambda name: -shares[name])
    return ", ".join(f"{name} {shares[name]:.2f}" for name in ordered[:4] if shares[name] >= 0.01)


def _width(text: str) -> int:
    """Columns on a terminal, where Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
