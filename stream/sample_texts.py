"""The texts of the bundled sample: held-out splits of two public data sets, sorted by emotion."""

import csv
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FOREIGN = {
    "es": [
        "hoy el tren llegó tarde y empezó a llover",
        "me encanta el olor del pan por la mañana",
        "estoy cansada pero contenta con el trabajo de hoy",
        "¿alguien sabe a qué hora abre el mercado?",
        "qué noche tan larga, no podía dormir",
    ],
    "de": [
        "heute war der Himmel den ganzen Tag grau",
        "ich freue mich auf das Wochenende am See",
        "der Zug stand wieder eine halbe Stunde im Tunnel",
        "hat jemand ein gutes Rezept für Linsensuppe?",
        "ich habe schlecht geschlafen und trinke zu viel Kaffee",
    ],
    "fr": [
        "il pleut encore, je reste à la maison avec un livre",
        "le marché était plein de monde ce matin",
        "je suis ravie de ma nouvelle bicyclette",
        "quelqu'un connaît un bon café près de la gare ?",
        "quelle journée étrange, rien ne marchait",
    ],
    "ja": [
        "今日は空がとてもきれいでした",
        "電車が遅れて会議に間に合わなかった",
        "新しいパン屋さんのメロンパンがおいしい",
        "週末はずっと本を読んで過ごします",
        "最近あまり眠れないのが気になる",
    ],
}
"""Short sentences written for this sample, which the shipped model must abstain from."""

_DAIR = ("sadness", "joy", "love", "anger", "fear", "surprise")
_GO = {"love": "love caring", "surprise": "surprise realization confusion curiosity", "neutral": "neutral"}
_GO_JOY = "joy admiration amusement approval excitement gratitude optimism pride relief"
_NAMES_SOMEBODY = re.compile(r"@|https?:|(?<![a-z])u/|(?<![a-z])r/|www\.", re.IGNORECASE)
_NOT_FOR_A_DEMO = re.compile(
    r"fuck|shit|bitch|cunt|nigg|fag|retard|whore|slut|\brap(e|ed|ist)|dick|\bcock|pussy|porn|\bsex|kill|suicid|"
    r"\bdie\b|dead|murder|nazi|hitler|wank|bastard|\bass\b|asshole|damn|\bgay|jew|muslim|terroris|trump|"
    r"self harm|cutting|overdose|abus|molest|pedo|drug|\bhell\b|http|rss|href|archive"
)


class Shelves:
    """Texts by emotion, handed out in turn, so that a text comes back only after all others of its shelf."""

    def __init__(self, texts: dict[str, list[str]], rng: random.Random) -> None:
        self._texts = {emotion: sorted(set(found)) for emotion, found in sorted(texts.items())}
        self._next = dict.fromkeys(self._texts, 0)
        for found in self._texts.values():
            rng.shuffle(found)

    def take(self, emotion: str) -> str:
        shelf, turn = self._texts[emotion], self._next[emotion]
        self._next[emotion] = turn + 1
        return shelf[turn % len(shelf)]

    def sizes(self) -> dict[str, int]:
        return {emotion: len(found) for emotion, found in self._texts.items()}


def read_shelves(data: Path, rng: random.Random) -> Shelves:
    """Emotional texts: dair-ai/emotion test and validation; everyday ones: GoEmotions dev and test."""
    texts: dict[str, list[str]] = {}
    for emotion, text in labelled_texts(data, ("test", "validation"), ("dev", "test")):
        if _fit(text):
            texts.setdefault(emotion, []).append(text)
    return Shelves(texts, rng)


def labelled_texts(data: Path, dair: Iterable[str], go: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Emotion and text of every row of these splits that shows one emotion."""
    yield from _dair(data / "emotion", dair)
    yield from _go(data / "goemotions", go)


def _fit(text: str) -> bool:
    """Readable in a demo: short, and with no word that hurts or that names a real account."""
    short = len(text.split()) >= 3 and len(text) <= 240
    return short and not _NOT_FOR_A_DEMO.search(text.lower()) and not _NAMES_SOMEBODY.search(text)


def _dair(folder: Path, splits: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in splits:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield _DAIR[int(row["label"])], row["text"]


def _go(folder: Path, splits: Iterable[str]) -> Iterator[tuple[str, str]]:
    labels = (folder / "labels.txt").read_text().split()
    wanted = {name: emotion for emotion, names in (*_GO.items(), ("joy", _GO_JOY)) for name in names.split()}
    for name in splits:
        with (folder / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            for text, numbers, _ in csv.reader(file, delimiter="\t"):
                found = {wanted.get(labels[int(number)], "") for number in numbers.split(",")}
                if len(found) == 1 and (emotion := found.pop()):
                    yield emotion, " ".join(text.split())
