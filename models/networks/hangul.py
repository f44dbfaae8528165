"""Korean as it is typed, brought into one form before anything is learned from it."""

import re
import unicodedata

from models.networks.syllables import half_width_joined

LINK, MENTION, NUMBER = "\ue000", "\ue001", "0"
"""One sign each for what a network should not learn by heart; the first two are private-use letters."""

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MENTION = re.compile(r"@\w+")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_LONG_RUN = re.compile(r"(.)\1{2,}", re.DOTALL)
_JOINERS = re.compile("[\u200b-\u200d\ufe0f\u2060\ufeff\U0001f3fb-\U0001f3ff]")
WIDTHS = {
    code: chr(int(decomposed.split()[1], 16))
    for code in range(0xFF01, 0xFFEF)
    if (decomposed := unicodedata.decomposition(chr(code)))
}
"""Full-width Latin and half-width Korean and Japanese letters → the usual ones."""

_OTHER_WIDTH = re.compile("[\uff01-\uffee]")


def composed(text: str) -> str:
    """Letters composed and of usual width; half an emoji (a lone surrogate) becomes the sign for what is lost.

    Half-width Korean letters become the syllables they spell, those that spell none stay letters.

    >>> composed("\\uffa4\\uffc6\\uffb1\\uffd3 \\uffbb\\uffbb") == "너무 ㅋㅋ"
    True
    """
    if text.isascii():
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not _OTHER_WIDTH.search(whole):
        return unicodedata.normalize("NFC", whole)
    return unicodedata.normalize("NFC", half_width_joined(whole)).translate(WIDTHS)


def readable(text: str) -> str:
    """One spelling for texts that look alike: composed, of usual width, in lower case, runs and gaps squeezed.

    Lone letters stay what they are: joining them, as NFKC does, would make syllables that nobody typed.

    >>> readable("ㅋㅋㅋㅋㅋ  진짜???") == "ㅋㅋ 진짜??"
    True
    >>> import unicodedata
    >>> readable(unicodedata.normalize("NFD", "슬프다")) == "슬프다"
    True
    """
    masked = _MENTION.sub(MENTION, _LINK.sub(LINK, _JOINERS.sub("", composed(text))))
    squeezed = _LONG_RUN.sub(r"\1\1", _DIGITS.sub(NUMBER, masked.lower()))
    return " ".join(squeezed.split())
