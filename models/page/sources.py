"""Which labelled texts a page is about: those asked for, or those that the model says it learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from models.data.apart import disjoint
from models.data.as_trained import load_as_trained, trained_on
from models.data.corpora import KNOWN, load_known
from models.data.read import read_rows
from models.data.rows import Corpus, data_hash
from models.data.sources import Loaded
from models.errors import DataUnusable, SchemeInvalid
from models.labels import Scheme
from models.manifest import Manifest
from models.schemes import scheme as scheme_called

CHANGED = (
    "The data is not what the model learned from: it was changed since, or is read in another way. The model may "
    "have seen some of these test rows in training, so take the figures below as too good."
)


class Sources(NamedTuple):
    """Each data set in its own scheme, and a sentence for everything that is not as it should be."""

    corpora: tuple[Corpus, ...]
    missing: tuple[str, ...]


def asked_for(name: str, manifest: Manifest) -> Sources:
    """A data set by its name or its file; of a file that the model did not learn from, every row is a test row."""
    if name in KNOWN:
        return Sources((load_known(name),), ())
    if again := split_again(name, manifest):
        return Sources((again.corpus,), (part_note(name, "test"), *again.notes))
    found = read_rows(name, prefer=manifest.label_scheme())
    return Sources((Corpus(Path(name).name.split(".")[0] or "data", found.scheme, (), (), tuple(found.rows)),), ())


def part_note(file: str, split: str) -> str:
    shown = Path(file).name
    return f"The model learned from {shown}, so it is split as in training and only its {split} rows are measured."


def split_again(file: str, manifest: Manifest, **said: str | None) -> Loaded | None:
    """A file that the model learned from, in the parts of the training; None for any other file.

    `said` is how the user wants it read, where that is stated. The notes tell where the parts may be others.
    """
    names = trained_on(manifest)
    if not any(_is_same_file(file, name) for name in names):
        return None
    own = load_as_trained(file, _read_as(manifest, said))
    try:
        whole = [own.corpus if _is_same_file(file, name) else load_as_trained(name, manifest).corpus for name in names]
    except DataUnusable:
        return own
    return own if _same(whole, manifest) else Loaded(own.corpus, [*own.notes, CHANGED])


def _is_same_file(one: str, other: str) -> bool:
    return one not in KNOWN and (one == other or Path(one).resolve() == Path(other).resolve())


def _read_as(manifest: Manifest, said: Mapping[str, str | None]) -> Manifest:
    stated = {key: value for key, value in said.items() if value is not None}
    reading = {**(manifest.training.get("reading") or {}), **stated}
    return manifest.model_copy(update={"training": {**manifest.training, "reading": reading}})


def learned_from(manifest: Manifest) -> Sources:
    """What the manifest names. A file may be gone since; the page is then written without it."""
    names = trained_on(manifest)
    if not names:
        return Sources((), ("The model does not say which data it learned from: name some with --data.",))
    corpora: list[Corpus] = []
    missing = []
    for name in names:
        try:
            corpora.append(_named_apart(load_as_trained(name, manifest).corpus, corpora))
        except DataUnusable as error:
            missing.append(f"Not measured on {Path(name).name}. {error}")
    if not missing and not _same(corpora, manifest):
        missing.append(CHANGED)
    return Sources(tuple(corpora), tuple(missing))


def _named_apart(corpus: Corpus, others: Sequence[Corpus]) -> Corpus:
    """Two files of one name are two data sets, called as the training called them."""
    taken = corpus.name in {other.name for other in others}
    return replace(corpus, name=f"{corpus.name}-{len(others) + 1}") if taken else corpus


def _same(corpora: Sequence[Corpus], manifest: Manifest) -> bool:
    """Whether these rows have the hash that the training noted, if it noted any."""
    target = _target(manifest)
    try:
        return manifest.data_sha256 in ("", data_hash(disjoint(corpus.in_scheme(target) for corpus in corpora)))
    except DataUnusable:
        return False


def _target(manifest: Manifest) -> Scheme:
    """The scheme with its tables for other data, which a manifest does not carry."""
    try:
        return scheme_called(manifest.scheme)
    except SchemeInvalid:
        return manifest.label_scheme()
