"""Korean letters that stand one by one, put together into the syllables they spell."""

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

_VOWEL = "[\uffc2-\uffdc]"
_INITIAL = "[\uffa1\uffa2\uffa4\uffa7-\uffa9\uffb1-\uffb3\uffb5-\uffbe]"
_ONLY_FINAL = "[\uffa3\uffa5\uffa6\uffaa-\uffb0\uffb4]"
_EITHER = "[\uffa1\uffa2\uffa4\uffa7\uffa9\uffb1\uffb2\uffb5-\uffb8\uffba-\uffbe]"
_HALF_WIDTH = re.compile(f"{_INITIAL}{_VOWEL}(?:{_ONLY_FINAL}|{_EITHER}(?!{_VOWEL}))?")
"""One syllable in half-width letters; ㄸ, ㅃ and ㅉ begin one and never end it, pairs such as ㄳ only end it."""


def joined(letters: str) -> str:
    """NFKC, which joins a consonant and a vowel, with the consonant that ends the syllable joined as well."""
    return _OPEN_THEN_LETTER.sub(_closed, unicodedata.normalize("NFKC", letters))


def half_width_joined(text: str) -> str:
    """Half-width letters that spell a syllable become it; the ones left over, and all other text, stay.

    >>> half_width_joined("\\uffb5\\uffda\\uffa9\\uffbd\\uffda\\uffb1 \\uffbb\\uffbb") == "슬픔 \\uffbb\\uffbb"
    True
    """
    return _HALF_WIDTH.sub(lambda found: joined(found[0]), text)


def _closed(found: "re.Match[str]") -> str:
    """A consonant that no vowel follows ends the syllable before it, where that is open and it may end one."""
    syllable, letter = found.groups()
    final = _AS_FINAL.get(letter, 0)
    is_open = (ord(syllable) - _SYLLABLES) % _FINALS == 0
    return chr(ord(syllable) + final) if is_open and final else syllable + letter
