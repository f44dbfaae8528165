"""What the shipped Korean model learns from: KOTE in the seven emotions, and plain sentences invented for Tideline."""

import csv
from pathlib import Path

from models.data.kote import kote_part
from models.data.numbered import opened
from models.data.rows import Row, projected
from models.schemes import scheme

SENTENCES = Path("feelings-ko") / "feelings.csv"


def korean_part(folder: Path, split: str) -> tuple[Row, ...]:
    """KOTE's rows, and beside its training rows the sentences; nothing is chosen or measured on these.

    `folder` itself is not there: both lie in folders of their own beside it.
    """
    rows = projected(kote_part(folder.parent / "kote", split), scheme("kote"), scheme("canonical-multi"))
    return (*rows, *(_sentences(folder.parent / SENTENCES) if split == "train" else ()))


def _sentences(path: Path) -> list[Row]:
    """Each as it stands and, as many people type, without its spaces."""
    with opened(path) as file:
        told = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    typed = dict.fromkeys((spelt, label) for text, label in told for spelt in (text, text.replace(" ", "")))
    return [Row(text, (label,)) for text, label in typed]
