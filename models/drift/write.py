"""Writes the word lists and the profiles of the shipped models: `python -m models.drift.write`.

It reads the public data sets that they learned from, where these are in `data/`.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.data.corpora import load_known
from models.data.rows import Row
from models.drift.learned import profile_as_trained
from models.drift.measuring import WORDS, known_words, stem, words_of
from models.drift.profile import SHIPPED, write_profile
from models.load import SHIPPED as MODELS
from models.saved import read_manifest
from models.writing import written

LEARNED_FROM = {"en": ("emotion", "goemotions"), "ko": ("korean",)}
LEAST = 2
"""How often a word must occur in training rows to be known."""


def main() -> None:
    for language, names in LEARNED_FROM.items():
        corpora = [load_known(name) for name in names]
        print(write_words([row for corpus in corpora for row in corpus.train], language))
    for folder in sorted(MODELS.iterdir()):
        manifest = read_manifest(folder)
        path = SHIPPED / f"{manifest.data_sha256[:12]}.json"
        write_profile(path, profile_as_trained(manifest))
        print(path)


def write_words(rows: Sequence[Row], language: str) -> Path:
    """The words of these rows that occur often enough, in alphabetical order."""
    counts = Counter(stem(word, language) for row in rows for word in words_of(row.text))
    path = WORDS / f"{language}.txt"
    written(path, "\n".join(sorted(word for word, count in counts.items() if count >= LEAST)).encode() + b"\n")
    known_words.cache_clear()
    return path


if __name__ == "__main__":
    main()
