"""Texts turned into scores, once for each model and text, and kept for the next time."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alerts.composed.tracks import Pool, Scores
from alerts.evaluation.trends import Pools
from models.classifier import Classifier
from models.labels import EMOTIONS
from models.writing import written
from stream.alert_evaluation.texts import SPLITS, Shelf, Texts

FOLDER = "alert-evaluation"
_BATCH = 512


def load_pools(texts: Texts, classifier: Classifier, data_dir: Path) -> Pools:
    """The model's scores of all texts; read back where the same model has scored the same texts before."""
    known, unseen = (_scored(texts.splits[split], classifier, data_dir / FOLDER) for split in SPLITS)
    return Pools(known, unseen, texts.language)


def unseen_pool(texts: Texts, classifier: Classifier, data_dir: Path) -> Pool:
    """The model's scores of the test texts alone, kept like those of `load_pools`: enough where nothing is tuned."""
    return _scored(texts.splits["test"], classifier, data_dir / FOLDER)


def texts_hash(texts: Texts) -> str:
    """Which texts these are, and under which emotions."""
    parts = [f"{split}{_digest(shelf)}" for split, shelf in sorted(texts.splits.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def described(texts: Texts, notes: Sequence[str] = ()) -> dict[str, Any]:
    """What somebody needs to know to use the same texts again; no text is in it."""
    counts = {split: {name: len(found) for name, found in shelf.items()} for split, shelf in texts.splits.items()}
    named = {"source": texts.source, "hash": texts_hash(texts), "language": texts.language}
    return named | {"texts": counts, "notes": [*texts.notes, *notes]}


def _scored(shelf: Shelf, classifier: Classifier, folder: Path) -> dict[str, Scores]:
    everything = [text for emotion in EMOTIONS for text in shelf[emotion]]
    name = re.sub(r"[^\w@+.-]", "_", classifier.version)
    rows = _kept(folder / f"{name}-{_digest(shelf)}.npy", everything, classifier)
    ends = np.cumsum([len(shelf[emotion]) for emotion in EMOTIONS])
    return dict(zip(EMOTIONS, np.split(rows, ends[:-1]), strict=True))


def _kept(path: Path, texts: Sequence[str], classifier: Classifier) -> Scores:
    """(texts, 7): from the file if it is whole, else scored and written. The file holds numbers only."""
    try:
        kept: Scores = np.load(path, allow_pickle=False)
        if kept.shape == (len(texts), len(EMOTIONS)) and kept.dtype == np.int16:
            return kept
    except (OSError, ValueError, EOFError):
        pass
    batches = [classifier.emotions(texts[begin : begin + _BATCH]) for begin in range(0, len(texts), _BATCH)]
    scores = np.concatenate(batches).astype(np.int16)
    out = io.BytesIO()
    np.save(out, scores, allow_pickle=False)
    written(path, out.getvalue())
    return scores


def _digest(shelf: Shelf) -> str:
    whole = hashlib.sha256()
    for emotion in EMOTIONS:
        whole.update(f"{emotion} {len(shelf[emotion])}\n".encode())
        for text in shelf[emotion]:
            whole.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()[:16]
