"""The data an ensemble is fitted and measured on, cut as for its members, so that none has learned a held-out row."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from models.data.apart import disjoint
from models.data.as_trained import how_read, load_as_trained, trained_on
from models.data.corpora import ENGLISH, KNOWN
from models.data.rows import Corpus, data_hash
from models.data.sources import load_data
from models.ensembles.combine import common_scheme
from models.saved import SavedModel


class Sources(NamedTuple):
    """Each data set in the members' scheme, apart from the others, and how its files were read."""

    names: tuple[str, ...]
    corpora: tuple[Corpus, ...]
    notes: tuple[str, ...]
    read_as: dict[str, Any]


def sources_of(members: Sequence[SavedModel], asked: Sequence[str]) -> Sources:
    """The data asked for, or else all that the members say they were trained on."""
    scheme = common_scheme(members)
    names = tuple(asked) or _of_members(members, scheme.name)
    loaded = []
    for name in names:
        saved = _trained_there(members, name)
        loaded.append(load_as_trained(name, saved.manifest, scheme) if saved else load_data(name, prefer=scheme))
    corpora = disjoint(corpus.in_scheme(scheme) for corpus in _named_apart([one.corpus for one in loaded]))
    notes = tuple(note for one in loaded for note in one.notes)
    return Sources(names, corpora, notes, {"data": names, **_read_as(members, names)})


def flattered(members: Sequence[SavedModel], sources: Sources) -> list[str]:
    """Versions of members taught on some of this data, but not on just these rows of it: they may know test rows."""
    return [saved.manifest.version for saved in members if _knows(saved, sources) and not _same_rows(saved, sources)]


def _of_members(members: Sequence[SavedModel], scheme: str) -> tuple[str, ...]:
    trained = dict.fromkeys(name for saved in members for name in trained_on(saved.manifest))
    return tuple(trained) or {"dair": ("emotion",), "goemotions": ("goemotions",)}.get(scheme, ENGLISH)


def _trained_there(members: Sequence[SavedModel], name: str) -> SavedModel | None:
    """The first member that learned from this data; a known data set has but one split."""
    if name in KNOWN:
        return None
    return next((saved for saved in members if _place(saved, name) is not None), None)


def _place(saved: SavedModel, name: str) -> int | None:
    """Where the data stands among the member's own; a file may be named in two ways."""
    own = [_whole(one) for one in trained_on(saved.manifest)]
    return own.index(_whole(name)) if _whole(name) in own else None


def _whole(name: str) -> str:
    return name if name in KNOWN else str(Path(name).resolve())


def _knows(saved: SavedModel, sources: Sources) -> bool:
    return any(_place(saved, name) is not None for name in sources.names)


def _same_rows(saved: SavedModel, sources: Sources) -> bool:
    """In the member's own order, on which the hash depends."""
    placed = [(_place(saved, name), corpus) for name, corpus in zip(sources.names, sources.corpora, strict=True)]
    if any(place is None for place, _ in placed):
        return False
    ordered = [corpus for _, corpus in sorted(placed, key=lambda one: one[0] or 0)]
    return saved.manifest.data_sha256 == data_hash(ordered)


def _named_apart(corpora: Sequence[Corpus]) -> list[Corpus]:
    """Two files of one name are two data sets, called as a training would call them."""
    names = [corpus.name for corpus in corpora]
    return [
        replace(corpus, name=f"{corpus.name}-{place + 1}" if corpus.name in names[:place] else corpus.name)
        for place, corpus in enumerate(corpora)
    ]


def _read_as(members: Sequence[SavedModel], names: Sequence[str]) -> dict[str, Any]:
    """A recipe can say one way of reading: that of the first file which a member learned from."""
    saved = next(filter(None, (_trained_there(members, name) for name in names)), None)
    if saved is None:
        return {}
    reading, held_out = how_read(saved.manifest)
    return {"reading": vars(reading), "held_out": vars(held_out)}
