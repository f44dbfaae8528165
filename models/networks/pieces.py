"""From posts to word-piece numbers, for the encoders of the BERT family."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from models.networks.text import MAX_TOKENS

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MENTION = re.compile(r"@\w+")

_LONGEST_PIECE = 64
"""Characters: a text is cut after this many for each piece that will be read, so 100 kB cost what a long post does."""


def cleaned(text: str, most: int = _LONGEST_PIECE * MAX_TOKENS) -> str:
    """Links and mentions masked, as the data sets mask them; lone surrogates, which no tokenizer takes, replaced.

    >>> cleaned("@ann look: https://example.org/x")
    '[NAME] look: [LINK]'
    """
    shown = text[:most].encode("utf-8", "replace").decode("utf-8")
    return _MENTION.sub("[NAME]", _LINK.sub("[LINK]", shown))


class Pieces:
    """A transformers tokenizer as an encoder: texts in, piece numbers out, at most `longest` of them.

    `stored` is what a folder must hold to build the tokenizer again; nothing where it comes with the base.
    """

    def __init__(self, tokenizer: Any, longest: int = MAX_TOKENS, stored: Mapping[str, bytes] | None = None) -> None:
        self._tokenizer = tokenizer
        self._longest = longest
        self._stored = stored or {}
        self.pad = int(tokenizer.pad_token_id or 0)  # masked wherever it stands, so any number will do
        self._nothing = [int(tokenizer.unk_token_id or self.pad)]

    def __len__(self) -> int:
        return len(self._tokenizer)

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """A text that the tokenizer finds nothing in is one unknown piece, so that every text has a length."""
        if not texts:
            return []
        shown = [cleaned(text, _LONGEST_PIECE * self._longest) for text in texts]
        found = self._tokenizer(shown, truncation=True, max_length=self._longest)["input_ids"]
        return [ids or self._nothing for ids in found]

    def files(self) -> dict[str, bytes]:
        return dict(self._stored)
