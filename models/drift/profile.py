"""What a model's training rows looked like, in a few numbers: what drift from them is measured against."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.data.rows import Corpus, Row
from models.drift.measuring import measure
from models.errors import ModelUnusable
from models.labels import EMOTIONS
from models.manifest import Manifest
from models.writing import written

BOUNDS = (3, 6, 10, 15, 25)
"""Words from which a text falls into the next group of lengths."""

FILE = "drift.json"
"""In the folder of a model from before profiles were among its figures; the model's hash does not cover it."""

SHIPPED = Path(__file__).parent / "profiles"


@dataclass(frozen=True)
class Profile:
    """`mix`: shares of the seven emotions; `lengths`: shares of the groups that `BOUNDS` makes; `unknown`: of words."""

    language: str
    rows: int
    mix: dict[str, float]
    lengths: list[float]
    unknown: float | None


def profile_of(rows: Iterable[Row], unseen: Iterable[Row], mapping: Mapping[str, str], language: str) -> Profile:
    """From training rows; unknown words are counted in rows that were not trained on, where there are any."""
    rows = list(rows)
    labels: defaultdict[str, float] = defaultdict(float)
    groups: Counter[int] = Counter()
    for row in rows:
        groups[group_of(measure(row.text, language).words)] += 1
        for label in row.labels:
            labels[mapping[label]] += 1 / len(row.labels)
    total = sum(labels.values()) or 1
    return Profile(
        language,
        len(rows),
        {emotion: round(labels[emotion] / total, 6) for emotion in EMOTIONS},
        [round(groups[group] / (len(rows) or 1), 6) for group in range(len(BOUNDS) + 1)],
        _unknown(list(unseen) or rows, language),
    )


def figures_of(corpora: Sequence[Corpus], mapping: Mapping[str, str], language: str) -> dict[str, Any]:
    """Of the corpora that a model is being trained on, to be kept among its figures: no score depends on them."""
    train = [row for corpus in corpora for row in corpus.train]
    unseen = [row for corpus in corpora for row in corpus.validation]
    return asdict(profile_of(train, unseen, mapping, language))


def group_of(words: int) -> int:
    """
    >>> group_of(2), group_of(3), group_of(100)
    (0, 1, 5)
    """
    return sum(words >= bound for bound in BOUNDS)


def _unknown(rows: Iterable[Row], language: str) -> float | None:
    found = [measure(row.text, language) for row in rows]
    if not found or found[0].unknown is None:
        return None
    return round(sum(each.unknown or 0 for each in found) / (sum(each.words for each in found) or 1), 6)


def write_profile(path: Path, profile: Profile) -> None:
    """Whole or not at all."""
    written(path, json.dumps(asdict(profile), indent=1).encode() + b"\n")


def read_profile(path: Path) -> Profile:
    try:
        return Profile(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelUnusable(
            f"{path} is no profile of training rows: write it again with `tideline drift fit`."
        ) from error


def profile_for(folder: Path, manifest: Manifest) -> Profile | None:
    """From the model's own figures; else the file beside it; else the shipped one of the data that it learned from."""
    if "drift" in manifest.metrics:
        return Profile(**manifest.metrics["drift"])
    paths = (folder / FILE, SHIPPED / f"{manifest.data_sha256[:12]}.json")
    return next((read_profile(path) for path in paths if path.is_file()), None)
