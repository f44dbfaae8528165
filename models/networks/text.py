"""From a post to word numbers, for the networks that read words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from models.networks.hangul import composed

MAX_TOKENS = 96
"""Longer posts are read up to here; 99.9 % of the training texts are shorter."""

MAX_CHARACTERS = 64 * MAX_TOKENS
"""Cut before matching, so that a 100 kB post costs what a long one does."""

PAD, UNKNOWN = 0, 1
"""The two numbers that are no word: filling behind a short text, and a word never seen in training."""

VOCABULARY = "vocabulary.txt"

_MEMO_LIMIT = 200_000

_PIECE = re.compile(
    r"""https?://\S+ | www\.\S+                       # links
      | @\w+ | \[\w+\]                                # mentions, and the data sets' own masks such as [NAME]
      | <3+ | [:;=]['-]?[()dpo/\\|*]+(?!\w)           # drawn faces and hearts
      | [^\W\d_]+(?:['’`][^\W\d_]+)*                  # words; an apostrophe inside is part of the word
      | \d[\d.,:]*                                    # numbers
      | [!?]+ | \.{2,}                                # emphasis
      | [^\w\s\ufe0f\u200d\U0001f3fb-\U0001f3ff]      # any other sign, emoji without skin tone and joiner
    """,
    re.VERBOSE,
)
_APOSTROPHES = re.compile("['’`]")
_LONG_RUN = re.compile(r"(.)\1{2,}", re.DOTALL)
_RUN = re.compile(r"(.)\1+", re.DOTALL)
_KEY_WORD = re.compile(r"[^\W_]+")


def pieces(text: str) -> list[str]:
    """The text cut as written, in lower case, at most `MAX_TOKENS` pieces."""
    found = _PIECE.findall(composed(text[:MAX_CHARACTERS]).lower())
    return found[:MAX_TOKENS]


def word_of(piece: str) -> str:
    """The vocabulary word that stands for a piece: masks for links, mentions and numbers, squeezed letters.

    >>> [word_of(piece) for piece in pieces("@ann I'm sooooo happy!!! 😭 https://example.org 42")]
    ['<user>', 'im', 'soo', 'happy', '!!', '😭', '<url>', '<number>']
    """
    if piece.startswith(("http://", "https://", "www.")):
        return "<url>"
    if len(piece) > 1 and (piece[0] == "@" or piece[0] == "["):
        return "<user>"
    if piece[0].isdigit():
        return "<number>"
    return _LONG_RUN.sub(r"\1\1", _APOSTROPHES.sub("", piece) or piece)


def words(text: str) -> list[str]:
    return [word_of(piece) for piece in pieces(text)]


def text_key(text: str) -> str:
    """Equal for two texts that differ only in case, spacing, punctuation, or in how Unicode composes their letters;
    used to keep splits apart.

    >>> text_key("Thank  you!!") == text_key("thank you")
    True
    """
    composed = unicodedata.normalize("NFC", text.lower())
    return " ".join(_KEY_WORD.findall(composed)) or composed.strip()


class Vocabulary:
    """The words a network knows, numbered from 2 in the order given.

    It remembers the pieces it has looked up (up to a fixed number of them), so a stream of posts is cut
    and numbered at the price of one regular expression and one dictionary look-up per word.

    >>> known = Vocabulary(["so", "happy"])
    >>> known.encode("sooooo HAPPY zebra")
    [2, 3, 1]
    """

    pad = PAD

    def __init__(self, known: Sequence[str]) -> None:
        self.words = tuple(known)
        self._numbers = {word: number for number, word in enumerate(self.words, start=2)}
        self._memo: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.words) + 2

    @classmethod
    def of(cls, texts: Iterable[str], minimum: int = 2, limit: int | None = None) -> "Vocabulary":
        """The words that occur at least `minimum` times, the most frequent first, at most `limit` of them."""
        counts = Counter(word for text in texts for word in words(text))
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls([word for word, count in ranked if count >= minimum][:limit])

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        return [self.encode(text) for text in texts]

    def files(self) -> dict[str, bytes]:
        return {VOCABULARY: "\n".join(self.words).encode()}

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> "Vocabulary":
        content = files[VOCABULARY].decode()
        return cls(content.split("\n") if content else [])

    def encode(self, text: str) -> list[int]:
        """Word numbers; a text without any word is one unknown word, so that every text has a length."""
        memo = self._memo
        found = pieces(text)
        try:
            return [memo[piece] for piece in found] or [UNKNOWN]
        except KeyError:
            return [self._number(piece) for piece in found]

    def _number(self, piece: str) -> int:
        number = self._memo.get(piece)
        if number is None:
            number = self._look_up(word_of(piece))
            if len(self._memo) < _MEMO_LIMIT and len(piece) <= 32:
                self._memo[piece] = number
        return number

    def _look_up(self, word: str) -> int:
        return self._numbers.get(word) or self._numbers.get(_RUN.sub(r"\1", word), UNKNOWN)
