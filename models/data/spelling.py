"""One spelling of a word for the several that Unicode has: composed or not, full or half width."""

import re
import unicodedata

_OPEN_THEN_LETTER = re.compile("([\uac00-\ud7a3])([\u1100-\u1121])")
_SYLLABLES, _FINALS = 0xAC00, 28
_AS_FINAL = {
    **dict(zip("\u1100\u1101\u1102\u1103\u1105\u1106\u1107\u1109", (1, 2, 4, 7, 8, 16, 17, 19), strict=True)),
    **dict(zip("\u110a\u110b\u110c\u110e\u110f\u1110\u1111\u1112", (20, 21, 22, 23, 24, 25, 26, 27), strict=True)),
    "\u111a": 15,
    "\u1121": 18,
}
"""Initial consonants, and the place of the same letter among the 27 that end a syllable."""


def one_spelling(word: str) -> str:
    """Composed, in full width, in lower case; half-width Hangul becomes syllables again.

    >>> one_spelling("\\uffb5\\uffda\\uffa9\\uffbd\\uffda\\uffb1"), one_spelling("ＪＯＹ")
    ('슬픔', 'joy')
    """
    composed = unicodedata.normalize("NFKC", word)
    return _OPEN_THEN_LETTER.sub(_closed, composed).casefold()


def _closed(found: "re.Match[str]") -> str:
    """A consonant that no vowel follows ends the syllable before it, where that is open and it may end one."""
    syllable, letter = found.groups()
    final = _AS_FINAL.get(letter, 0)
    is_open = (ord(syllable) - _SYLLABLES) % _FINALS == 0
    return chr(ord(syllable) + final) if is_open and final else syllable + letter
