"""What a SentencePiece `.model` file says, read without the sentencepiece and protobuf packages.

The file is one protocol-buffer message: pieces (field 1), how they were trained (2), how texts are normalised (3).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from models.errors import ModelUnusable

UNIGRAM, BYTE_PAIRS = 1, 2

_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5
_SIZES = {_LONG: 8, _SHORT: 4}


class Piece(NamedTuple):
    text: str
    score: float


@dataclass(frozen=True)
class SpmFile:
    """`way` is how pieces are found: 1 unigram, 2 byte pairs. `rules` is the compiled table of the normaliser."""

    pieces: tuple[Piece, ...]
    way: int
    rules: bytes


def read_spm(path: Path) -> SpmFile:
    try:
        found = _Message(path.read_bytes())
        pieces = tuple(_piece(_Message(each)) for each in found.all(1))
        way = _Message(found.bytes(2)).number(3, UNIGRAM)
        rules = _Message(found.bytes(3)).bytes(2)
    except (ValueError, IndexError, struct.error) as error:
        raise ModelUnusable(f"{path} is no SentencePiece model: get the base again.") from error
    if not pieces or way not in (UNIGRAM, BYTE_PAIRS):
        raise ModelUnusable(f"{path} holds no pieces of a kind that this program cuts texts into: use another base.")
    return SpmFile(pieces, way, rules)


def _piece(message: "_Message") -> Piece:
    (score,) = struct.unpack("<f", message.bytes(2) or bytes(4))
    return Piece(message.bytes(1).decode("utf-8"), score)


class _Message:
    """Fields by their numbers; a field that is not there, or is of another kind, is empty."""

    def __init__(self, content: bytes) -> None:
        self._fields = list(_fields(content))

    def all(self, number: int) -> list[bytes]:
        return [value for name, value in self._fields if name == number and isinstance(value, bytes)]

    def bytes(self, number: int) -> bytes:
        return (self.all(number) or [b""])[-1]

    def number(self, number: int, usual: int) -> int:
        found = [value for name, value in self._fields if name == number and isinstance(value, int)]
        return (found or [usual])[-1]


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Each field's number, and its value: a whole number, or bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        size, at = _varint(message, at) if kind == _BYTES else (_SIZES.get(kind, len(message)), at)
        if at + size > len(message):
            raise ValueError("cut short, or of no known kind")
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Seven bits a byte, lowest first; the eighth says that more follow. And where the next thing starts."""
    value = 0
    for place in range(10):
        byte = message[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("a number without an end")
