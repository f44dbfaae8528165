"""A small site whose people write words that its model has wrong, and whose labellers know better."""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from models.labels import EMOTIONS
from storage.database import transaction
from stream.cli import main
from tests.stream.helpers import NOW, batches, make_pipeline, to_log

WORDS = {
    "sadness": ("sad", "gloomy", "crying"), "joy": ("happy", "glad", "sunny"), "love": ("love", "darling", "adore"),
    "anger": ("angry", "furious", "rage"), "fear": ("afraid", "scared", "panic"),
    "surprise": ("wow", "unexpected", "sudden"), "neutral": ("table", "chair", "window"),
}  # fmt: skip
"""The last of each is slang: the model has met it, in rows without any feeling only."""
FILLER = ("so", "this", "day", "it", "was", "the", "i", "feel", "and", "then", "my", "at")
PEOPLE, EACH = 100, 8
LABELLERS = ("ana", "ben", "cid")


def sentence(words: Iterable[str], rng: random.Random) -> str:
    said = [*words, *rng.sample(FILLER, 5)]
    rng.shuffle(said)
    return " ".join(said)


def base_rows(count: int = 1050) -> Iterator[tuple[str, str]]:
    rng = random.Random("base")
    for number in range(count):
        emotion = EMOTIONS[number % 7]
        yield sentence([rng.choice(WORDS[emotion][:2])], rng), emotion
    for words in WORDS.values():
        for _ in range(6):
            yield sentence([words[2], "table"], rng), "neutral"


def posts() -> list[dict[str, Any]]:
    """Each person writes about everything, one post an hour, every second one in slang."""
    made = []
    for number in range(PEOPLE * EACH):
        rng = random.Random(number)
        emotion = truth(number)
        word = WORDS[emotion][2 if number % 2 else rng.randrange(2)]
        made.append({
            "source": "test", "id": str(number), "author": f"author-{number % PEOPLE}", "language": "en",
            "text": sentence([word], rng) + f" {number}",
            "sent_at": (NOW - timedelta(days=40) + timedelta(hours=number)).isoformat(),
        })  # fmt: skip
    return made


def truth(number: int) -> str:
    return EMOTIONS[(number // PEOPLE + number) % 7]


def label_rows(turned: Mapping[str, Mapping[str, str]] = {}) -> Iterator[tuple[str, ...]]:
    """Every post by one labeller, every fifth by all, every tenth golden. `turned`: who takes what for what."""
    for number in range(PEOPLE * EACH):
        who = LABELLERS if number % 5 == 0 else (LABELLERS[number % len(LABELLERS)],)
        for labeller in who:
            emotion = truth(number)
            said = turned.get(labeller, {}).get(emotion, emotion)
            yield "test", str(number), "", said, labeller, NOW.isoformat(), "no" if number % 50 == 7 else "yes"
        if number % 10 == 0:
            yield "test", str(number), "golden", truth(number), "lead", NOW.isoformat(), "yes"


def write_rows(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_labels(path: Path, **turned: Mapping[str, str]) -> Path:
    return write_rows(path, ("source", "id", "verdict", "emotion", "labeller", "at", "consent"), label_rows(turned))


def tideline(*arguments: str, code: int = 0, said: str | None = None) -> Result:
    result = CliRunner().invoke(main, list(arguments), input=said, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def fill(engine: Engine) -> None:
    """The posts, stored by the real pipeline, their words kept for longer than the test runs."""
    pipeline = make_pipeline(engine)
    for batch in batches(to_log(posts()), 500):
        pipeline.process(batch)
    with transaction(engine) as connection:
        connection.execute(text("UPDATE post_texts SET expires_at = now() + interval '10 days'"))


def train_champion(folder: Path) -> None:
    """A tiny network, in the registry of this folder."""
    data = write_rows(folder / "base.csv", ("text", "label"), base_rows())
    options = ("--set", "embedding=16", "--set", "hidden=8", "--set", "word_dropout=0", "--set", "dropout=0.1")
    slow = ("--epochs", "6", "--batch", "16", "--test", "0.2", "--set", "rate=0.01")
    tideline(
        "train", "--model", "bilstm", "--data", str(data), "--scheme", "canonical", "--language", "en",
        "--name", "tiny-1", "--quiet", *options, *slow,
    )  # fmt: skip
