"""Ten labellers of held-back rows: careful ones with their slips, one who turns a class, one who turns everything."""

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.labels import EMOTIONS

LABELLERS = [f"labeller-{number}" for number in range(10)]
NOISE, TWICE, GOLDEN, POISON = 0.1, 0.1, 0.05, 0.3
EACH = 5  # posts of a person
TURNED = {"joy": "sadness"}
UPSIDE_DOWN = {
    "sadness": "joy", "joy": "sadness", "love": "anger", "anger": "love", "fear": "neutral", "surprise": "fear",
    "neutral": "anger",
}  # fmt: skip
_LOOKED_AT = 5  # times as many posts as are labelled, of which the most doubtful are


class Post(NamedTuple):
    id: str
    author: str
    text: str
    truth: str


def queued(folder: Path, queue: str, count: int, seed: int) -> list[Post]:
    """Held-back rows as posts, in the order in which they were sent: drawn, or those the champion is least sure of."""
    with (folder / "held.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    random.Random(f"posts {seed}").shuffle(rows)
    if queue == "uncertain":
        rows = _doubtful(folder, rows[: _LOOKED_AT * count], count)
    chosen = rows[:count]
    random.Random(f"order {seed}").shuffle(chosen)
    return [Post(str(at), f"author-{at % -(-count // EACH)}", *row) for at, row in enumerate(chosen)]


def _doubtful(folder: Path, rows: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    from models.load import load_classifier

    best = load_classifier(str(folder / "champion")).emotions([text for text, _ in rows]).max(axis=1)
    return [rows[place] for place in np.argsort(best, kind="stable")[:count].tolist()]


def label_file(path: Path, posts: Sequence[Post], scene: str, seed: int) -> Path:
    """As `tideline label import` takes it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("source", "id", "verdict", "emotion", "labeller", "at", "consent"))
        writer.writerows(_rows(posts, scene, random.Random(f"labels {seed}")))
    return path


def _rows(posts: Sequence[Post], scene: str, rng: random.Random) -> Iterator[tuple[str, ...]]:
    now = datetime.now(UTC).isoformat()
    for post in posts:
        if rng.random() < GOLDEN:
            yield "held-back", post.id, "golden", post.truth, "lead", now, "yes"
        for who in _asked(scene, rng):
            yield "held-back", post.id, "", _said(who, post.truth, scene, rng), who, now, "yes"


def _asked(scene: str, rng: random.Random) -> list[str]:
    """The first labeller has a tenth of all posts, or where the labels are poisoned so many that they are."""
    hostile = rng.random() < (POISON if scene.startswith("poisoned") else 1 / len(LABELLERS))
    first = LABELLERS[0] if hostile else rng.choice(LABELLERS[1:])
    if rng.random() >= TWICE:
        return [first]
    return [first, rng.choice([who for who in LABELLERS if who != first])]


def _said(who: str, truth: str, scene: str, rng: random.Random) -> str:
    if who == LABELLERS[0] and scene.startswith("poisoned"):
        return UPSIDE_DOWN[truth]
    if who == LABELLERS[0] and scene == "hostile" and truth in TURNED:
        return TURNED[truth]
    return truth if rng.random() >= NOISE else rng.choice([label for label in EMOTIONS if label != truth])
