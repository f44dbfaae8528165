"""Which language a model's data is in, as far as Tideline has models: Korean or English."""

import re
from collections.abc import Iterable, Sequence

from models.data.corpora import KNOWN
from models.data.rows import Corpus

_LETTER = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3\uffa1-\uffdc]")
_NAMES = {"ko": "Korean", "en": "English"}


def language_of(texts: Iterable[str]) -> str:
    """`ko` where most letters are Hangul, else `en`.

    >>> language_of(["오늘은 happy", "정말 좋았다"]), language_of(["so happy ㅋㅋ"])
    ('ko', 'en')
    """
    letters = hangul = 0
    for text in texts:
        letters += len(_LETTER.findall(text))
        hangul += len(_HANGUL.findall(text))
    return "ko" if hangul * 2 > letters else "en"


def languages_of(sources: Sequence[str], corpora: Sequence[Corpus]) -> tuple[tuple[str, ...], list[str]]:
    """Those of the known data sets, and of files by their training texts; and what was guessed."""
    found: list[str] = []
    notes = []
    for source, corpus in zip(sources, corpora, strict=True):
        if source in KNOWN:
            found += KNOWN[source].languages
            continue
        found.append(language_of(row.text for row in corpus.train))
        notes.append(f"{corpus.name} was taken for {_NAMES[found[-1]]} by its letters; say otherwise with --language.")
    return tuple(dict.fromkeys(found)), notes
