"""A font that has the letters to be drawn: of those on this machine, else one that a package brings."""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib import font_manager, get_data_path
from matplotlib.ft2font import FT2Font

HANGUL = (
    "NanumGothic",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumBarunGothic",
    "NanumSquareRound",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "UnDotum",
    "Baekmuk Dotum",
)
"""Fonts with Korean letters, in the order of preference."""


def plain_font() -> Path:
    return Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


@cache
def hangul_font() -> Path | None:
    """The first Korean font that this machine has, else the one that came with Tideline; None without both."""
    files = {
        font.name: Path(font.fname)
        for font in font_manager.fontManager.ttflist
        if font.style == "normal" and font.weight in ("normal", "regular", 400)
    }
    here = (files[name] for name in HANGUL if name in files and files[name].is_file())
    return next(here, None) or _brought()


def _brought() -> Path | None:
    """NanumGothic as koreanize-matplotlib carries it. Its code is not imported: that changes Matplotlib's settings."""
    package = find_spec("koreanize_matplotlib")
    folders = package.submodule_search_locations if package else None
    file = next((path for folder in folders or () for path in Path(folder).glob("fonts/NanumGothic.ttf")), None)
    if file is not None:
        font_manager.fontManager.addfont(str(file))
    return file


def font_for(words: Iterable[str]) -> Path:
    """The plain font, unless the words are Korean and a Korean one is here."""
    korean = any(_is_hangul(letter) for word in words for letter in word)
    return (hangul_font() or plain_font()) if korean else plain_font()


def _is_hangul(letter: str) -> bool:
    """A syllable, or one of the letters that stand alone, as in ㅋㅋ."""
    return "\uac00" <= letter <= "\ud7a3" or "\u3131" <= letter <= "\u318e"


def families() -> list[str]:
    """The families for the labels of a picture: letters that the first lacks are taken from the next."""
    hangul = hangul_font()
    return ["DejaVu Sans", *([FT2Font(str(hangul)).family_name] if hangul else [])]


def drawable(word: str, font: Path) -> bool:
    """Whether the font has every letter; a word full of empty boxes tells nobody anything."""
    return all(ord(letter) in _letters(font) for letter in word)


@cache
def _letters(font: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(font)).get_charmap())
