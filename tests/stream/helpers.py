"""Posts, messages and pipelines for tests, all with the keyword double: no weights, no network."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine

from alerts.rules import Rules, load_rules
from models.classifier import Classifier
from models.keywords import KeywordClassifier
from models.routing import Routing
from stream.language import LanguageGate
from stream.messages import Message
from stream.offline import Oracle
from stream.pipeline import Pipeline
from stream.reading import Reader
from stream.topics import partition_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATENESS = timedelta(minutes=10)
TOPIC = "posts"
PARTITIONS = 3
KEY = b"a key for tests that is long enough"
GATE = LanguageGate({"en", "ko"})
WORDS = (
    "i feel so sad and hopeless today", "what a happy and joyful morning", "i am furious and angry about this",
    "i am scared and afraid of tomorrow", "the table is made of wood", "i love you so much", "wow that is a surprise",
)  # fmt: skip


def record(number: int, **changes: Any) -> dict[str, Any]:
    rng = random.Random(number)
    author = rng.randrange(12)
    made = {
        "source": "test",
        "id": str(number),
        "author": f"author-{author}",
        "text": rng.choice(WORDS) + f" {rng.randrange(40)}",
        "sent_at": (NOW - timedelta(days=60) + timedelta(minutes=number * 7 + rng.random())).isoformat(),
        "channel": f"channel-{author % 3}",
    }
    return made | changes


def records(count: int) -> list[dict[str, Any]]:
    """A mixed history: repeats, retweets, foreign and empty posts, and one anger spike."""
    made = [record(number) for number in range(count)]
    for number in range(5, count, 50):
        made[number]["text"] = f"RT @someone {made[number]['text']}"
    for number in range(11, count, 40):
        made[number]["text"] = "estoy muy triste hoy y no quiero ver a nadie"
    for number in range(17, count, 60):
        made[number]["text"] = " "
    for number in range(20, count, 13):
        made[number]["text"] = f"the very same words of author {made[number]['author']}"
    return made


def spike(first: int, at: datetime, people: int = 60) -> list[dict[str, Any]]:
    """Many people in one channel, all angry within twenty minutes."""
    return [
        record(
            first + number,
            author=f"angry-{number}",
            channel="channel-1",
            text=f"i am furious angry and hate this {number}",
            sent_at=(at + timedelta(seconds=number * 15)).isoformat(),
        )
        for number in range(people)
    ]


def tick(at: datetime) -> dict[str, Any]:
    return {"tick": at.isoformat()}


def to_log(values: Iterable[dict[str, Any] | bytes], partitions: int = PARTITIONS) -> list[Message]:
    """Lay records into partitions as a keyed producer does; ticks and raw bytes go everywhere or to 0."""
    offsets = [0] * partitions
    log: list[Message] = []
    for value in values:
        raw = value if isinstance(value, bytes) else orjson.dumps(value)
        targets: Iterable[int] = [0]
        if isinstance(value, dict):
            targets = range(partitions) if "tick" in value else [partition_of(value["author"], partitions)]
        for partition in targets:
            log.append(Message(partition, offsets[partition], raw, NOW))
            offsets[partition] += 1
    return log


def batches(log: Sequence[Message], size: int) -> list[Sequence[Message]]:
    return [log[start : start + size] for start in range(0, len(log), size)]


def make_reader(classifier: Classifier | None = None) -> Reader:
    routing = Routing.all_to(classifier or KeywordClassifier())
    return Reader(KEY, TOPIC, routing, GATE, timedelta(minutes=10), lambda: NOW)


def make_pipeline(engine: Engine, classifier: Classifier | None = None, rules: Rules | None = None) -> Pipeline:
    return Pipeline(engine, make_reader(classifier), rules or load_rules(None), TOPIC, LATENESS, timedelta(days=30))


def make_oracle(opted_out: frozenset[str] = frozenset(), rules: Rules | None = None) -> Oracle:
    return Oracle(make_reader(), rules or load_rules(None), PARTITIONS, LATENESS, opted_out)
