"""Texts of any encoding as a `TextSource`: UTF-8 is read as it comes, what needs guessing is read whole."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from models.data.decode import MARKS, decoded, is_text
from stream.errors import FileUnreadable
from stream.files import BLOCK, STDIN, TextSource, open_text, shown

_UTF_8 = ("utf-8", "utf-8-sig")
Warn = Callable[[str], None]


class Recoded(io.RawIOBase):
    """Bytes of a stated encoding, handed on as UTF-8, block by block."""

    def __init__(self, stream: BinaryIO, encoding: str, name: str) -> None:
        super().__init__()
        self._more: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._encoding, self._name = encoding, name
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)()
        except LookupError as error:
            advice = "try utf-8, utf-16, cp1252 or cp949"
            raise FileUnreadable(f"There is no encoding {encoding!r}: {advice}.") from error

    def read1(self, size: int = BLOCK) -> bytes:
        """Empty only at the end: half a letter waits for its other half."""
        while block := self._more(size):
            if text := self._decoded(block):
                return text
        return self._decoded(b"", final=True)

    def _decoded(self, block: bytes, final: bool = False) -> bytes:
        try:
            return self._decoder.decode(block, final).encode("utf-8", "replace")
        except UnicodeError as error:
            raise FileUnreadable(f"{self._name} is not {self._encoding}: name its encoding with --encoding.") from error


@contextmanager
def open_recoded(path: str, stdin: BinaryIO, encoding: str | None, warn: Warn) -> Iterator[TextSource]:
    """Any file or stdin, in the encoding that is stated or else found; refuses what is no text."""
    if encoding:
        with _unpacked(path, stdin) as stream:
            source = TextSource(shown(path), cast(io.BufferedIOBase, Recoded(stream, encoding, shown(path))))
            source.require_text()
            yield _required(source)
    elif _is_foreign(path):
        found = decoded(Path(path))
        warn(f"{shown(path)} is not UTF-8: it is read as {found.encoding}; name another with --encoding.")
        yield _required(TextSource(shown(path), io.BytesIO(found.text.encode("utf-8", "replace"))))
    else:
        with open_text(path, stdin) as source:
            _required(source)
            if source.encoding == "Latin-1":
                warn(f"{source.name} is not UTF-8: it is read as Latin-1; name another with --encoding.")
            yield source


def _required(source: TextSource) -> TextSource:
    """No error may quote what looks like cells of a file that is no text."""
    if not is_text(source.head):
        raise FileUnreadable(
            f"{source.name} is not text: write it out as CSV, or name its encoding with --encoding (such as utf-16-le)."
        )
    return source


@contextmanager
def _unpacked(path: str, stdin: BinaryIO) -> Iterator[BinaryIO]:
    if path == STDIN:
        yield stdin
        return
    if not Path(path).is_file():
        raise FileUnreadable(f"{path} is no file: check the name.")
    with open(path, "rb") as file:
        zipped = file.peek(2)[:2] == b"\x1f\x8b"
        yield cast(BinaryIO, gzip.GzipFile(fileobj=file) if zipped else file)


def _is_foreign(path: str) -> bool:
    """Whether a file is text of some kind, but not UTF-8. A pipe cannot be looked at twice."""
    if path == STDIN or not Path(path).is_file():
        return False
    try:
        with _unpacked(path, io.BytesIO()) as stream:
            return _has_foreign_bytes(stream)
    except (OSError, EOFError, zlib.error):
        return False  # reading it tells what is wrong


def _has_foreign_bytes(stream: BinaryIO) -> bool:
    first = stream.read(BLOCK)
    if first.startswith(tuple(mark for mark, encoding in MARKS if encoding not in _UTF_8)):
        return True
    if not is_text(first):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(first)
        while block := stream.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return True
    return False
