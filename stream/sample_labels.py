"""Composes labels for the bundled sample: what five invented labellers say of some of its posts.

python -m stream.sample_labels     writes data/sample/labels.csv.gz again, the same bytes

The true emotion of a post is the shelf its text was drawn from. Only texts of the validation and dev splits are
labelled: those of the test splits are what models are measured on, and nobody may learn from them.
"""

import csv
import io
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from models.labels import EMOTIONS
from stream.sample import DATA, HEADER, SAMPLE, compose, zipped
from stream.sample_texts import labelled_texts

LABELS = SAMPLE.with_name("labels.csv.gz")
SEED = 20250601
RANDOM, CHOSEN, GOLDEN = 500, 1_000, 40  # posts by the queue they come from
SECOND = 0.15  # of the posts have a second labeller
COLUMNS = (
    *("source", "id", "verdict", "emotion", "reason", "labeller", "at"),
    *("queue", "provenance", "licence", "consent"),
)
PROVENANCE = "invented by stream.sample_labels"
LICENCES = {"dair": "texts for research and education only", "go": "CC BY 4.0"}
NEAR = {
    "sadness": ("anger", "fear", "neutral"),
    "joy": ("love", "surprise", "neutral"),
    "love": ("joy", "joy", "neutral"),
    "anger": ("sadness", "neutral", "fear"),
    "fear": ("sadness", "surprise", "neutral"),
    "surprise": ("joy", "fear", "neutral"),
    "neutral": ("joy", "surprise", "sadness"),
}
"""What one of them is taken for by those who are only human."""


@dataclass(frozen=True, slots=True)
class Labeller:
    """One invented labeller: the share of the work, and how often an answer is off in which way."""

    name: str
    share: float
    slips: float  # takes one emotion for a near one
    guesses: float = 0.0  # answers without reading
    turns: Mapping[str, str] | None = None  # calls one thing another, on purpose

    def answer(self, rng: random.Random, truth: str) -> str:
        if self.turns and truth in self.turns and rng.random() < 0.9:
            return self.turns[truth]
        if rng.random() < self.guesses:
            return rng.choice(EMOTIONS)
        return rng.choice(NEAR[truth]) if rng.random() < self.slips else truth


CAST = (
    Labeller("lighthouse", 0.28, 0.04),
    Labeller("sandpiper", 0.26, 0.07),
    Labeller("estuary", 0.22, 0.09),
    Labeller("driftwood", 0.13, 0.12, guesses=0.35),
    Labeller("undertow", 0.11, 0.05, turns={"sadness": "joy", "fear": "joy", "anger": "neutral"}),
)
"""driftwood is careless; undertow is hostile, and would make people in trouble look well."""


@dataclass(frozen=True, slots=True)
class Known:
    """A post of the sample whose true emotion may be told."""

    id: str
    sent_at: datetime
    truth: str
    licence: str


def compose_labels(data: Path = DATA, seed: int = SEED) -> bytes:
    """The whole file, the same for the same seed and sample."""
    rng = random.Random(seed)
    rows = [row for post, queue in _chosen(rng, _known_posts(data)) for row in _verdicts(rng, post, queue)]
    rows.sort(key=lambda row: (row[6], row[1], row[5]))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([COLUMNS, *rows])
    return out.getvalue().encode()


# --- which posts --------------------------------------------------------------------------------------------


def _known_posts(data: Path) -> list[Known]:
    """One post for each text, the first one that says it."""
    truths, posts = _truths(data), {}
    for row in csv.DictReader(io.StringIO(compose(data).csv.decode()), HEADER):
        found = truths.get(row["text"] or "")
        if found and row["text"] not in posts and row["id"].startswith("p") and _is_time(row["sent_at"]):
            posts[row["text"]] = Known(row["id"], datetime.fromisoformat(row["sent_at"]), *found)
    return sorted(posts.values(), key=lambda post: post.id)


def _truths(data: Path) -> dict[str, tuple[str, str]]:
    """Text → its one emotion and its licence, without any text that a test split has too."""
    frozen = {_normal(text) for _, text in labelled_texts(data, ("test",), ("test",))}
    found: dict[str, set[tuple[str, str]]] = {}
    for name, splits in (("dair", (("validation",), ())), ("go", ((), ("dev",)))):
        for emotion, text in labelled_texts(data, *splits):
            found.setdefault(text, set()).add((emotion, LICENCES[name]))
    return {text: one.pop() for text, one in found.items() if len(one) == 1 and _normal(text) not in frozen}


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_time(word: str | None) -> bool:
    return bool(word and word.endswith("Z") and word[:4] == "2025" and word[4:7] in ("-03", "-04", "-05"))


def _chosen(rng: random.Random, posts: list[Known]) -> Iterator[tuple[Known, str]]:
    """Some at random, then the emotions in turn, and a few that everybody gets."""
    left = rng.sample(posts, len(posts))
    for post in left[:RANDOM]:
        yield post, "random"
    shelves = [[post for post in left[RANDOM:] if post.truth == emotion] for emotion in EMOTIONS]
    for nth, post in enumerate(islice(_in_turn(shelves), CHOSEN + GOLDEN)):
        yield post, "uncertain" if nth < CHOSEN else "golden"


def _in_turn(shelves: list[list[Known]]) -> Iterator[Known]:
    """One of each shelf after the other, for as long as there is one that holds something."""
    while any(shelves):
        yield from [shelf.pop() for shelf in shelves if shelf]


# --- what is said of them -----------------------------------------------------------------------------------


def _verdicts(rng: random.Random, post: Known, queue: str) -> Iterator[tuple[str, ...]]:
    at = post.sent_at + timedelta(days=rng.randint(1, 9))
    if queue == "golden":
        yield _row(post, "golden", post.truth, "all agreed", CAST[0].name, at, queue, True)
    for labeller in _who(rng, queue):
        at += timedelta(hours=rng.randint(1, 30), seconds=rng.randrange(3600))
        yield from _said(rng, post, labeller, at, queue)


def _who(rng: random.Random, queue: str) -> list[Labeller]:
    if queue == "golden":
        return list(CAST)
    first = rng.choices(CAST, [labeller.share for labeller in CAST])[0]
    others = [labeller for labeller in CAST if labeller is not first]
    return [first, rng.choice(others)] if rng.random() < SECOND else [first]


def _said(rng: random.Random, post: Known, labeller: Labeller, at: datetime, queue: str) -> Iterator[tuple[str, ...]]:
    """One answer; now and then none, or a second one later that corrects the first."""
    chance, consent = rng.random(), rng.random() < 0.97
    answer = labeller.answer(rng, post.truth)
    if chance < 0.03:
        yield _row(post, "unsure" if chance < 0.02 else "skip", "", "", labeller.name, at, queue, consent)
        return
    yield _row(post, "", answer, "", labeller.name, at, queue, consent)
    if answer != post.truth and labeller.turns is None and chance > 0.9:
        later = at + timedelta(minutes=rng.randint(1, 50))
        yield _row(post, "", post.truth, "read it again", labeller.name, later, queue, consent)


def _row(
    post: Known, verdict: str, emotion: str, reason: str, who: str, at: datetime, queue: str, consent: bool
) -> tuple[str, ...]:
    when = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    agreed = "true" if consent else "false"
    return ("demo", post.id, verdict, emotion, reason, who, when, queue, PROVENANCE, post.licence, agreed)


def write(path: Path = LABELS) -> int:
    """Write the file; how many rows it has."""
    content = compose_labels()
    path.write_bytes(zipped(content))
    return content.count(b"\n") - 1


if __name__ == "__main__":
    print(f"{write():,} rows in {LABELS}")
