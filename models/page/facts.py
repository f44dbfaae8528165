"""Everything that a model's page says, gathered before any of it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.classify import ModelClassifier
from models.data.rows import Corpus
from models.errors import ModelUnusable
from models.load import KEYWORDS, folder_of, load_saved
from models.manifest import Manifest
from models.page.measured import Measured, measured, usable
from models.page.rivals import Comparison, compared, everybody
from models.page.sources import asked_for, learned_from
from models.page.spreads import Spread, labelled, spread_of
from models.page.words import characteristic
from models.saved import CARD

MOST_WORDS, MANY_LABELS, FEWER_WORDS = 45, 10, 20


@dataclass(frozen=True)
class Facts:
    """`missing` are sentences about what could not be found out, `uncompared` about models left out. `size` is in
    bytes."""

    manifest: Manifest
    card: str
    size: int
    spreads: tuple[Spread, ...]
    words: Mapping[str, Mapping[str, float]]
    measured: Measured | None
    comparisons: tuple[Comparison, ...]
    uncompared: tuple[str, ...]
    missing: tuple[str, ...]


def gather(name: str, data: str | None = None, against: Sequence[str] = (), registry: Path | None = None) -> Facts:
    """Load the model and its rivals, ask them about the test rows, and count words."""
    folder, classifier = _subject(name, registry)
    found = asked_for(data, classifier.manifest) if data else learned_from(classifier.manifest)
    corpora, missing = usable(found.corpora, classifier.scheme)
    known = measured(classifier, corpora) if corpora else None
    others = tuple(against) or everybody(registry)
    boards, alone = compared(classifier, corpora, known.answers, others, registry) if known else ([], [])
    return Facts(
        manifest=classifier.manifest,
        card=_card(folder),
        size=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        spreads=tuple(spread_of(corpus, known.scheme, classifier.scheme) for corpus in corpora) if known else (),
        words=_words(corpora, known, classifier) if known else {},
        measured=known,
        comparisons=tuple(boards),
        uncompared=tuple(alone),
        missing=(*found.missing, *missing),
    )


def _subject(name: str, registry: Path | None) -> tuple[Path, ModelClassifier]:
    if name == KEYWORDS:
        raise ModelUnusable("`keywords` is a list of words that learned nothing: name a trained model.")
    return folder_of(name, registry), ModelClassifier(load_saved(name, registry))


def _card(folder: Path) -> str:
    try:
        return (folder / CARD).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _words(corpora: Sequence[Corpus], known: Measured, classifier: ModelClassifier) -> dict[str, dict[str, float]]:
    """Of the training rows; of a file that has none, of its rows."""
    labels = known.scheme.labels
    sets = [labelled(one, one.train or one.test, known.scheme, classifier.scheme) for one in corpora]
    return characteristic(sets, labels, MOST_WORDS if len(labels) <= MANY_LABELS else FEWER_WORDS)
