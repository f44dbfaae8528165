"""Invented histories as CSV files: steady people, people in decline, and a community that turns angry."""

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
DAYS = 50
DRIFT_DAY, SPIKE_DAY = 30, 40
STEADY = (
    "what a happy and joyful morning", "the table is made of wood", "i love this song so much",
    "wow that was a surprise", "a bit sad about the rain", "traffic makes me angry", "we talked about bread",
)  # fmt: skip
SAD = ("i feel so sad and hopeless today", "crying again, miserable and alone", "so lonely and sad")
ANGRY = "i am furious, angry and full of hate"
COLUMNS = ("source", "id", "author", "text", "sent_at", "channel")
Row = tuple[str, str, str, str, str, str]


def history(seed: int, people: int = 12, posts: int = 120, angry: int = 60) -> list[Row]:
    """Rows in time order; the first three people drift into sadness, one channel has an anger spike."""
    rng = random.Random(seed)
    found = [_steady(rng, person, at) for person in range(people) for at in _times(rng, posts)]
    found += [_angry(rng, number) for number in range(angry)]
    found.sort()
    return [
        ("forum", f"{seed}-{number}", author, f"{text} {rng.randrange(10_000)}", at.isoformat(), channel)
        for number, (at, author, text, channel) in enumerate(found)
    ]


def write_csv(path: Path, rows: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return path


def _times(rng: random.Random, posts: int) -> list[datetime]:
    return [FIRST + timedelta(days=DAYS * rng.random()) for _ in range(posts)]


def _steady(rng: random.Random, person: int, at: datetime) -> tuple[datetime, str, str, str]:
    drifts = person < 3 and at > FIRST + timedelta(days=DRIFT_DAY)
    text = rng.choice(SAD) if drifts and rng.random() < 0.8 else rng.choice(STEADY)
    return at, f"person-{person}", text, f"room-{person % 3}"


def _angry(rng: random.Random, number: int) -> tuple[datetime, str, str, str]:
    at = FIRST + timedelta(days=SPIKE_DAY, hours=14, seconds=number * 15 + rng.random())
    return at, f"angry-{number}", ANGRY, "room-1"
