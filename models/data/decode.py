"""From the bytes of a file to its text, whatever encoding it was written in."""

import codecs
import gzip
import zlib
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from models.errors import DataUnusable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024
_LIKELY = ["cp1252", "cp949", "shift_jis", "gb18030", "big5", "cp1251", "cp1250", "cp1253", "cp1254", "cp1256"]
"""What is still met beside UTF-8; guessing among all the hundred encodings there are goes wrong on short files."""
_LATIN = ("cp1252", "cp1250", "cp1254")
"""They share most letters, so a short text fits all; the most used comes first."""
_NEARLY = 0.02
_CONTROL = frozenset(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")


class Decoded(NamedTuple):
    """A file's text, and the encoding that it was found to have."""

    text: str
    encoding: str


def decoded(path: Path, encoding: str | None = None) -> Decoded:
    """The whole file, unpacked where it is gzip; raises `DataUnusable` when it is no text."""
    content = _unpacked(path, _bytes(path))
    if not content.strip():
        raise DataUnusable(f"{path} is empty: give a file with a text and a label column.")
    used = encoding or _found(path, content)
    try:
        return Decoded(content.decode(used).removeprefix("\ufeff"), used)
    except LookupError as error:
        raise DataUnusable(f"There is no encoding {used!r}: try utf-8, utf-16, cp1252 or cp949.") from error
    except UnicodeError as error:
        raise DataUnusable(f"{path} is not {used}: name its encoding with --encoding.") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DataUnusable(f"{path} does not exist: check the name of the data file.") from error
    except IsADirectoryError as error:
        raise DataUnusable(f"{path} is a folder: name one file in it.") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise DataUnusable(f"{path} cannot be read ({why}): check its permissions.") from error


def _unpacked(path: Path, content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataUnusable(f"{path} is a broken gzip file ({error}): fetch it again.") from error


def _found(path: Path, content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    if not is_text(content):
        raise DataUnusable(
            f"{path} is not text: write it out as CSV, or name its encoding with --encoding (such as utf-16-le)."
        )
    try:
        content.decode()
    except UnicodeDecodeError:
        return _guessed(path, content)
    return "utf-8"


def is_text(content: bytes) -> bool:
    """Without zero bytes, and with hardly any control signs where it begins."""
    head = content[:_SAMPLE]
    return b"\0" not in content and sum(byte in _CONTROL for byte in head) <= len(head) / 100


def _guessed(path: Path, content: bytes) -> str:
    """By what the lines with foreign bytes look like."""
    from charset_normalizer import from_bytes

    telling = b"\n".join(line for line in content.split(b"\n") if not line.isascii())[:_SAMPLE]
    if is_korean(telling):
        return "cp949"
    found = from_bytes(telling, cp_isolation=_LIKELY)
    best = found.best()
    if best is None:
        raise DataUnusable(f"{path} is in no encoding that could be recognised: name it with --encoding.")
    fitting = {name for one in found if one.chaos <= best.chaos + _NEARLY for name in one.could_be_from_charset}
    return _likeliest(telling, fitting) if best.encoding in _LATIN else best.encoding


def is_korean(content: bytes) -> bool:
    """Whether read as cp949, which Korean Windows writes, nearly all foreign letters are common Hangul.

    A general guesser needs more than a few short lines for that. Other encodings give Hanja, or syllables that lie
    in the part which cp949 has beyond EUC-KR and which hardly any word uses.
    """
    foreign = [letter for letter in content.decode("cp949", "replace") if letter > "\x7f"]
    hangul = [letter for letter in foreign if "\uac00" <= letter <= "\ud7a3" or "\u3131" <= letter <= "\u3163"]
    common = [letter for letter in hangul if min(letter.encode("cp949")) > 0xA0]
    return bool(foreign) and len(hangul) >= 0.9 * len(foreign) and len(common) >= 0.8 * len(hangul)


def _likeliest(content: bytes, fitting: set[str]) -> str:
    """Of the Latin encodings that fit, the one that tears the fewest words; the most used of several."""
    return min((name for name in _LATIN if name in fitting), key=lambda name: _torn(content.decode(name, "replace")))


def _torn(text: str) -> int:
    """Signs such as \u00b3 or \u00bf right after a letter: a Polish word read as a French one."""
    return sum(a.isalpha() and b > "\x7f" and not b.isalpha() for a, b in pairwise(text))
