"""From posts to word-piece numbers, for the encoders of the BERT family."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.networks.hangul import composed
from models.networks.text import MAX_TOKENS

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MENTION = re.compile(r"@\w+")

_LONGEST_PIECE = 64
"""Characters: a text is cut after this many for each piece that will be read, so 100 kB cost what a long post does."""

_MOST_MARKS = 3
"""Characters that composing makes one of, in Korean."""


def cleaned(text: str) -> str:
    """Links and mentions masked, as the data sets mask them; lone surrogates, which no tokenizer takes, replaced;
    letters composed and of usual width, as the vocabularies have them.

    >>> cleaned("@ann look: https://example.org/x")
    '[NAME] look: [LINK]'
    >>> import unicodedata
    >>> cleaned(unicodedata.normalize("NFD", "슬프다 ﾻﾻ")) == "슬프다 ㅋㅋ"
    True
    """
    return _MENTION.sub("[NAME]", _LINK.sub("[LINK]", composed(text)))


class Pieces:
    """A transformers tokenizer as an encoder: texts in, piece numbers out, at most `longest` of them.

    `stored` is what a folder must hold to build the tokenizer again; nothing where it comes with the base. `clean`
    is what a text goes through first.
    """

    def __init__(
        self,
        tokenizer: Any,
        longest: int = MAX_TOKENS,
        stored: Mapping[str, bytes] | None = None,
        clean: Callable[[str], str] = cleaned,
    ) -> None:
        self._tokenizer = tokenizer
        self._longest = longest
        self._stored = stored or {}
        self._clean = clean
        self._most = _LONGEST_PIECE * longest
        self.pad = int(tokenizer.pad_token_id or 0)  # masked wherever it stands, so any number will do
        self._nothing = [int(tokenizer.unk_token_id or self.pad)]

    def __len__(self) -> int:
        return len(self._tokenizer)

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """A text that the tokenizer finds nothing in is one unknown piece, so that every text has a length."""
        if not texts:
            return []
        shown = [self._clean(text[: _MOST_MARKS * self._most])[: self._most] for text in texts]
        found = self._tokenizer(shown, truncation=True, max_length=self._longest)["input_ids"]
        return [ids or self._nothing for ids in found]

    def files(self) -> dict[str, bytes]:
        return dict(self._stored)
