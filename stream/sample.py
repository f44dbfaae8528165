"""Composes the bundled sample: invented people, real public texts, seeded times, and the truth about it.

python -m stream.sample            writes data/sample/posts.csv.gz and truth.json again, the same bytes
"""

import csv
import gzip
import io
import json
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from stream.sample_people import CAST, CHANNELS, DAYS, EMOTIONS, Person, day_of, people
from stream.sample_texts import FOREIGN, Shelves, read_shelves

DATA = Path(__file__).resolve().parent.parent / "data"
SAMPLE = DATA / "sample" / "posts.csv.gz"
TRUTH = DATA / "sample" / "truth.json"
SEED = 20250303
FIRST_DAY = date(2025, 3, 3)
START = datetime(2025, 3, 3, tzinfo=UTC)
SPIKE_CHANNEL = "night-trains"
SPIKE_START = START + timedelta(days=52, hours=19)
SPIKE_MINUTES = 65
SPIKE_PEOPLE = 48
HEADER = ("source", "id", "author", "text", "sent_at", "channel", "language")


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before it has an id."""

    at: datetime
    author: str
    text: str
    channel: str
    language: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The file and the truth about it."""

    csv: bytes
    truth: dict[str, Any]


def compose(data: Path = DATA, seed: int = SEED) -> Sample:
    """The whole sample, the same for the same seed and texts."""
    rng = random.Random(seed)
    shelves = read_shelves(data, rng)
    everybody = people(rng)
    drafts = [draft for person in everybody for draft in _life(rng, person, shelves)]
    drafts += _anger_spike(rng, everybody, shelves)
    drafts += _echoes(rng, drafts)
    drafts = _some_empty(rng, sorted(drafts, key=lambda draft: (draft.at, draft.author, draft.text)))
    rows = [_row(number, draft) for number, draft in enumerate(drafts, 1)]
    lines = _with_flaws(rng, rows)
    return Sample(_encoded(lines), _truth(seed, everybody, drafts, shelves))


# --- one person's posts -------------------------------------------------------------------------------------


def _life(rng: random.Random, person: Person, shelves: Shelves) -> Iterator[Draft]:
    special = rng.randint(40, 60)
    for day in range(DAYS):
        count = _poisson(rng, person.rate * (1.25 if day % 7 >= 5 else 0.9))
        if person.story == "burst" and day == special:
            count += 30
        for _ in range(count):
            yield _post(rng, person, shelves, day, None)
        if person.story == "one bad day" and day == special:
            for _ in range(8):
                yield _post(rng, person, shelves, day, "sadness")


def _post(rng: random.Random, person: Person, shelves: Shelves, day: int, emotion: str | None) -> Draft:
    at = START + timedelta(days=day, seconds=int(_second_of_day(rng, person.peak_hour)))
    chosen = emotion or rng.choices(EMOTIONS, person.mix_on(day))[0]
    foreign = person.writes != "en" and rng.random() < 0.2
    text = rng.choice(FOREIGN[person.writes]) if foreign else shelves.take(chosen)
    language = (person.writes if foreign else "en") if person.declares_language else ""
    return Draft(at, person.name, text, _channel(rng, person), language)


def _second_of_day(rng: random.Random, peak_hour: float) -> float:
    """Awake most around the peak, hardly ever twelve hours away from it."""
    while True:
        hour = rng.uniform(0, 24)
        if rng.random() < 0.05 + 0.95 * (0.5 + 0.5 * math.cos((hour - peak_hour) * math.pi / 12)) ** 2:
            return hour * 3600


def _poisson(rng: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _channel(rng: random.Random, person: Person) -> str:
    return rng.choices((*person.channels, rng.choice(CHANNELS), ""), (0.5, 0.2, 0.12, 0.18))[0]


# --- what happens to many -----------------------------------------------------------------------------------


def _anger_spike(rng: random.Random, everybody: list[Person], shelves: Shelves) -> Iterator[Draft]:
    """One evening one community is furious: dozens of people, one to three posts each, in about an hour."""
    steady = [person for person in everybody if person.story == "steady" and person.writes == "en"]
    members = [person for person in steady if SPIKE_CHANNEL in person.channels]
    for person in rng.sample(members, min(SPIKE_PEOPLE, len(members))):
        for _ in range(rng.choice((1, 1, 2, 3))):
            at = SPIKE_START + timedelta(seconds=rng.randrange(SPIKE_MINUTES * 60))
            yield Draft(at, person.name, shelves.take("anger"), SPIKE_CHANNEL, "en")


def _echoes(rng: random.Random, drafts: list[Draft]) -> list[Draft]:
    """Some people repeat others, a few repeat themselves."""
    last = START + timedelta(days=DAYS) - timedelta(seconds=1)
    echoes = []
    for nth, original in enumerate(rng.sample(drafts, 240)):
        at = min(original.at + timedelta(seconds=rng.randint(60, 2 * 86_400)), last)
        if nth % 3:
            other = rng.choice(drafts)
            text = f"RT @{original.author}: {original.text}"
            echoes.append(replace(original, at=at, author=other.author, text=text))
        else:
            echoes.append(replace(original, at=at))
    return echoes


def _some_empty(rng: random.Random, drafts: list[Draft]) -> list[Draft]:
    empty = set(rng.sample(range(len(drafts)), 40))
    return [replace(draft, text="") if nth in empty else draft for nth, draft in enumerate(drafts)]


# --- the file -----------------------------------------------------------------------------------------------


def _row(number: int, draft: Draft) -> tuple[str, ...]:
    at = draft.at.isoformat().replace("+00:00", "Z")
    return ("demo", f"p{number:06d}", draft.author, draft.text, at, draft.channel, draft.language)


DUPLICATES = 25
BROKEN = 10


def _with_flaws(rng: random.Random, rows: list[tuple[str, ...]]) -> list[str]:
    """The lines of the file: a few rows twice, and ten that no one can read."""
    places = rng.sample(range(500, len(rows)), DUPLICATES + BROKEN)
    twice, broken = set(places[:DUPLICATES]), sorted(places[DUPLICATES:])
    flaws = dict(zip(broken, range(BROKEN), strict=True))
    lines = [_line(HEADER)]
    for nth, row in enumerate(rows):
        lines.append(_line(row))
        if nth in twice:
            lines.append(_line(row))
        if nth in flaws:
            lines.append(_flawed(flaws[nth], row))
    return lines


def _flawed(kind: int, row: tuple[str, ...]) -> str:
    """A row as programs really break them; its id is not that of a good row."""
    source, name, author, _, at, channel, language = row
    name, text = f"broken-{name}", "this row is broken on purpose"
    if kind < 4:
        return _line((source, name, author, text)[: kind + 1])
    if kind < 7:
        when = ("yesterday", "2025-13-45T99:00:00Z", "0000-00-00")[kind - 4]
        return _line((source, name, author, text, when, channel, language))
    if kind == 7:
        return f'{source},{name},{author},"{text},{at},{channel},{language}\n'
    return _line((source, name + "x" * 300, author, text, at, channel, language))


def _line(row: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _encoded(lines: list[str]) -> bytes:
    return "".join(lines).encode()


def zipped(content: bytes) -> bytes:
    """Gzip without a time or a name in it."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


# --- the truth ----------------------------------------------------------------------------------------------


def _truth(seed: int, everybody: list[Person], drafts: list[Draft], shelves: Shelves) -> dict[str, Any]:
    stories = {story: [_story(p) for p in everybody if p.story == story] for story in CAST if story != "steady"}
    return {
        "seed": seed,
        "first": drafts[0].at.isoformat(),
        "last": drafts[-1].at.isoformat(),
        "people": len({draft.author for draft in drafts}),
        "posts": len(drafts),
        "drifts": {"sadness": stories.pop("sadness"), "fear": stories.pop("fear")},
        "anger_spike": {
            "channel": SPIKE_CHANNEL,
            "from": SPIKE_START.isoformat(),
            "to": (SPIKE_START + timedelta(minutes=SPIKE_MINUTES)).isoformat(),
            "people": SPIKE_PEOPLE,
        },
        "decoys": {story: [found["author"] for found in told] for story, told in stories.items()},
        "rows": {"duplicates": DUPLICATES, "broken": BROKEN, "empty_text": 40},
        "texts": shelves.sizes(),
    }


def _story(person: Person) -> dict[str, str]:
    return {
        "author": person.name,
        "begins": day_of(FIRST_DAY, person.begins),
        "full": day_of(FIRST_DAY, person.full),
    }


def write(folder: Path) -> Sample:
    """Write the sample and its truth into `folder`."""
    made = compose()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SAMPLE.name).write_bytes(zipped(made.csv))
    (folder / TRUTH.name).write_text(json.dumps(made.truth, indent=2, ensure_ascii=False) + "\n")
    return made


if __name__ == "__main__":
    made = write(SAMPLE.parent)
    print(f"{made.truth['posts']:,} posts by {made.truth['people']} people in {SAMPLE}")
