"""A champion that has not seen everything: the shipped preset on a part of its data, the rest held back."""

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from models.data.apart import disjoint
from models.data.corpora import canonical_corpora
from models.data.rows import Corpus, Row
from stream.cli import main

NO_DAIR = "no-dair"


@dataclass(frozen=True)
class Part:
    """`kept` is a share of all training rows, or `no-dair`: GoEmotions only."""

    kept: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.kept if self.kept == NO_DAIR else f'kept-{self.kept}'}-seed-{self.seed}"


def prepared(part: Part, work: Path) -> Path:
    """The folder with kept.csv, held.csv, validation.csv, test.csv and champion/; made where it is not there."""
    folder = work / part.name
    if not (folder / "champion" / "model.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _write_rows(folder, part)
        _train(folder, part.seed)
    return folder


def _write_rows(folder: Path, part: Part) -> None:
    corpora = disjoint(canonical_corpora())
    kept, held = _divided(corpora, part)
    _write(folder / "kept.csv", kept)
    _write(folder / "held.csv", held)
    _write(folder / "validation.csv", (row for corpus in corpora for row in corpus.validation))
    _write(folder / "test.csv", (row for corpus in corpora for row in corpus.test))


def _divided(corpora: tuple[Corpus, ...], part: Part) -> tuple[list[Row], list[Row]]:
    if part.kept == NO_DAIR:
        return list(corpora[1].train), list(corpora[0].train)
    rows = [row for corpus in corpora for row in corpus.train]
    random.Random(f"held back {part.seed}").shuffle(rows)
    cut = round(len(rows) * float(part.kept))
    return rows[:cut], rows[cut:]


def _write(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows((row.text, row.labels[0]) for row in rows)


def _train(folder: Path, seed: int) -> None:
    splits = ("--validation-file", str(folder / "validation.csv"), "--test-file", str(folder / "test.csv"))
    made = ("--out", str(folder / "champion"), "--seed", str(seed), "--quiet")
    data = ("--preset", "bilstm-en", "--data", str(folder / "kept.csv"), "--scheme", "canonical", "--language", "en")
    result = CliRunner().invoke(main, ["train", *data, *splits, *made], catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
