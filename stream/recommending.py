"""The three things that `tideline recommend` does, each as plain values and the lines for people."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.recommend.cache import KeptVectors
from models.recommend.choose import Wanted, recommend
from models.recommend.find import find
from models.recommend.genres import by_genre
from models.recommend.items import Item
from models.recommend.read import read_songs
from models.recommend.similarity import Likeness, Similarity, Weights
from models.recommend.support import offers, read_resources
from stream.lyric_lines import RoutedLines
from stream.recommended import (
    FOR_A_PERSON,
    FOR_MODERATORS,
    genre_page,
    genre_record,
    page,
    person_record,
    record,
    resource,
    support_page,
)
from stream.settings import Settings, read_settings
from stream.whose import Whose, whose

Answer = tuple[dict[str, Any], Iterable[str]]
Wishes = Mapping[str, Any]


def songs(source: Path, wishes: Wishes) -> Answer:
    """The nearest to the liked one, ordered by emotion."""
    settings, lines, weights = _start(wishes)
    items, notes = read_songs(source, wishes["encoding"])
    liked = find(items, wishes["like"], wishes["artist"])
    person = whose(wishes["emotion_of"], settings, lines, wishes["days"])
    similarity = Similarity(items, weights)
    kept = _kept(settings, lines)
    wanted = Wanted(wishes["count"], wishes["nearest"])
    chosen = recommend(items, similarity.to_item(liked), liked, person.shares, kept, wanted)
    found = {
        **_asked(items[liked], person, weights),
        "nearest": wanted.nearest,
        "models": lines.versions,
        "recommendations": [record(one, items[liked], similarity, person) for one in chosen],
        "notes": [
            *notes,
            *_unread(sum(one.closeness is None for one in chosen), "they come last"),
            *_few(items, len(chosen), wanted.count),
            *_unkept(kept),
        ],
        "notice": FOR_A_PERSON,
    }
    return found, page(found)


def support(source: Path, wishes: Wishes) -> Answer:
    """Resources meant for what the person feels."""
    settings, lines, weights = _start(wishes)
    items, notes = read_resources(source, wishes["encoding"])
    liked = find(items, wishes["like"], wishes["artist"]) if wishes["like"] is not None else None
    person = whose(wishes["emotion_of"], settings, lines, wishes["days"])
    similarity = Similarity(items, weights)
    chosen = offers(items, _likeness(similarity, liked, person, len(items)), liked, person.shares, wishes["count"])
    like = None if liked is None else items[liked]
    found = {
        **_asked(like, person, weights),
        "recommendations": [resource(one, like, similarity, person) for one in chosen.fitting],
        "always": [resource(one, like, similarity, person) for one in chosen.always],
        "notes": notes,
        "notice": FOR_MODERATORS,
        "sent": False,
    }
    return found, support_page(found)


def emotions_by_genre(source: Path, wishes: Wishes) -> Answer:
    """The table, and the picture where one is asked for."""
    settings, lines, _weights = _start(wishes)
    items, notes = read_songs(source, wishes["encoding"])
    kept = _kept(settings, lines)
    vectors = kept([item.lyrics for item in items])
    rows = by_genre(items, vectors)
    if wishes["plot"]:
        _draw(wishes["plot"], rows)
    found = {
        "items": len(items),
        "without_genre": sum(not item.genres for item in items),
        "models": lines.versions,
        "genres": [genre_record(row) for row in rows],
        "plot": str(wishes["plot"]) if wishes["plot"] else None,
        "notes": [*notes, *_unread(int(np.isnan(vectors).any(axis=1).sum()), "no mean holds them"), *_unkept(kept)],
    }
    return found, [*genre_page(rows), *([f"drawn in {wishes['plot']}"] if wishes["plot"] else [])]


def _start(wishes: Wishes) -> tuple[Settings, RoutedLines, Weights]:
    settings = read_settings(**({"model": wishes["model"]} if wishes["model"] else {}))
    return settings, RoutedLines(settings), Weights(wishes["genre_weight"], wishes["lyrics_weight"])


def _kept(settings: Settings, lines: RoutedLines) -> KeptVectors:
    return KeptVectors(settings.data_dir / "recommend" / "vectors.safetensors", lines)


def _asked(liked: Item | None, person: Whose, weights: Weights) -> dict[str, Any]:
    return {
        "like": {"title": liked.title, "artist": liked.artist, "genres": list(liked.genres)} if liked else None,
        "emotion_of": person_record(person),
        "weights": {"genre": weights.genre, "lyrics": weights.lyrics},
    }


def _likeness(similarity: Similarity, liked: int | None, person: Whose, items: int) -> Likeness:
    """To a resource that helped, else to the person's own text, else to nothing."""
    if liked is not None:
        return similarity.to_item(liked)
    if person.text is not None:
        return similarity.to_text(person.text)
    return Likeness(*(np.zeros(items) for _each in Likeness._fields))


def _draw(path: Path, rows: Any) -> None:
    from models.recommend.genre_plot import genre_png
    from models.writing import written

    written(path, genre_png(rows))


def _unread(items: int, so: str) -> list[str]:
    what = f"{items:,} items have" if items > 1 else "one item has"
    told = f"{what} no lyrics in a language that is read here: their emotions are unknown, so {so}."
    return [told] if items else []


def _few(items: list[Item], chosen: int, wanted: int) -> list[str]:
    if len(items) == 1:
        return ["The list holds nothing but the liked item: there is nothing to suggest."]
    found = f"Only {chosen}" if chosen else "No"
    if chosen < min(wanted, len(items) - 1):
        return [f"{found} other items of the list share a genre or a word with the liked one."]
    return []


def _unkept(kept: KeptVectors) -> list[str]:
    """A cache that cannot be written makes the next run slower, and nothing worse."""
    why = kept.unkept and (kept.unkept.strerror or type(kept.unkept).__name__)
    return [f"Emotions of the lyrics were not kept for the next time ({why}): see TIDELINE_DATA_DIR."] if why else []
