"""Days of the bundled sample, scored here by the shipped model: histories that another program composed."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from functools import cache

import numpy as np

from alerts.evaluation.forecasts import Subject
from alerts.forecast.daily import Daily, daily_of
from models.load import load_classifier
from stream.sample import SAMPLE

_BATCH = 512
_COLUMNS = 7


def sampled(kind: str) -> list[Daily]:
    """The series of every person or channel, English posts alone."""
    posts: dict[str, list[tuple[datetime, tuple[float, ...]]]] = defaultdict(list)
    for author, channel, at, scores in _scored():
        name = author if kind == "person" else channel
        if name:
            posts[name].append((at, scores))
    return [daily_of([(at.date(), 1, scores) for at, scores in each]) for _, each in sorted(posts.items())]


def found_in_sample(kind: str) -> list[Subject]:
    """The same, to be judged; what these people truly feel is not known."""
    series = sampled(kind)
    first = min(int(each.days[0]) for each in series)
    return [Subject(each, each.posts.sum() / 70, None, first) for each in series]


@cache
def _scored() -> list[tuple[str, str, datetime, tuple[float, ...]]]:
    rows = list(_rows())
    classifier, scores = load_classifier("default"), []
    for start in range(0, len(rows), _BATCH):
        scores += list(classifier.emotions([text for _, _, _, text in rows[start : start + _BATCH]]))
    shares = np.array(scores, dtype=float) / 1000
    return [(author, channel, at, tuple(each)) for (author, channel, at, _), each in zip(rows, shares, strict=True)]


def _rows() -> list[tuple[str, str, datetime, str]]:
    found = []
    with gzip.open(SAMPLE, "rt", newline="") as file:
        for row in csv.reader(file):
            if len(row) == _COLUMNS and row[0] == "demo" and row[6] in ("en", "") and _counts(row[3]):
                try:
                    found.append((row[2], row[5], datetime.fromisoformat(row[4]), row[3]))
                except ValueError:
                    continue  # broken on purpose
    return found


def _counts(text: str) -> bool:
    return bool(text.strip()) and not text.startswith("RT @")
