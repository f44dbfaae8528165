"""The posts every benchmark uses: the bundled emotion texts, said by invented authors, one after another in time."""

import csv
import random
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import orjson

DATA = Path(__file__).parents[1] / "data"
START = datetime(2025, 1, 1, tzinfo=UTC)
SEED = 7
GAP = timedelta(seconds=4.3)  # the density of Sentiment140: 1.6 million posts in 80 days


def texts(count: int) -> list[str]:
    """`count` texts in a seeded order, repeated if there are not enough."""
    with (DATA / "emotion" / "train.csv").open() as file:
        found = [row["text"] for row in csv.DictReader(file)]
    for line in (DATA / "goemotions" / "train.tsv").read_text().splitlines():
        found.append(line.split("\t")[0])
    random.Random(SEED).shuffle(found)
    return list(islice(cycle(found), count))


def post(number: int, text: str, people: int, gap: timedelta) -> tuple[str, bytes]:
    """One message, with the author it is keyed by. Times advance by `gap`, so hours close as in a replay."""
    author = f"bench-{random.Random(number * 31 + SEED).randrange(people)}"
    value = {
        "source": "bench",
        "id": str(number),
        "author": author,
        "text": text,
        "sent_at": (START + number * gap).isoformat(),
        "channel": f"channel-{number % 20}",
    }
    return author, orjson.dumps(value)


def posts(count: int, people: int = 2000, gap: timedelta = GAP, first: int = 0) -> list[tuple[str, bytes]]:
    return [post(first + number, text, people, gap) for number, text in enumerate(texts(count))]
