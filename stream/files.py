"""Files as lines of text: plain, gzip or stdin, UTF-8 or Latin-1, with nothing read whole into memory."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from stream.errors import FileUnreadable

BLOCK = 256 * 1024
LONGEST_LINE = 1024 * 1024
STDIN = "-"
_NOT_TEXT = {
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"PAR1": "a Parquet file: write it out as CSV first",
    b"SQLite format 3": "a SQLite database: export a table as CSV first",
    b"\x28\xb5\x2f\xfd": "a Zstandard file: unpack it with `zstd -d` first",
    b"BZh": "a bzip2 file: unpack it with `bunzip2` first",
    b"\xfd7zXZ": "an xz file: unpack it with `unxz` first",
    b"%PDF": "a PDF: Tideline reads CSV, TSV and JSON lines",
    b"\xff\xfe": "UTF-16: write it out as UTF-8 first (`iconv -f UTF-16 -t UTF-8`)",
    b"\xfe\xff": "UTF-16: write it out as UTF-8 first (`iconv -f UTF-16 -t UTF-8`)",
}


class Line(NamedTuple):
    """One physical line with its end; `broken` says why it must not be read as a row."""

    number: int
    text: str
    broken: str = ""


class TextSource:
    """The head of a file, to recognise it by, and all of its lines, to read it once."""

    def __init__(self, name: str, stream: io.BufferedIOBase) -> None:
        self.name = name
        self._more = stream.read1  # what is there so far: a broken gzip still gives what came before
        self._failure = ""
        self.head = self._first_block()
        self.encoding = _encoding(self.head)

    def lines(self) -> Iterator[Line]:
        """Every line, in order; after a broken end of the file one last line says so."""
        number, rest, skipping = 0, b"", False
        block = self.head.removeprefix(b"\xef\xbb\xbf")
        while block:
            *whole, rest = (rest + block).split(b"\n")
            for text in _decoded(whole):
                number += 1
                yield Line(number, text + "\n", _TOO_LONG if skipping else "")
                skipping = False
            if len(rest) > LONGEST_LINE:
                rest, skipping = rest[:1024], True
            block = self._read()
        if rest:
            number += 1
            yield Line(number, _decoded([rest])[0], _TOO_LONG if skipping else "")
        if self._failure:
            yield Line(number + 1, "", self._failure)

    def _read(self) -> bytes:
        """The next block; a file that breaks off ends here, and is reported after what came before."""
        if self._failure:
            return b""
        try:
            return self._more(BLOCK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self._failure = f"the compressed file is broken here: {error}"
        except OSError as error:
            self._failure = f"the file cannot be read further: {error.strerror or error}"
        return b""

    def _first_block(self) -> bytes:
        """As large as the source allows; a pipe may give it in small pieces."""
        block = bytearray()
        while len(block) < BLOCK and (piece := self._read()):
            block += piece
        return bytes(block)

    def require_text(self) -> None:
        """Refuse what is empty or plainly something else than text."""
        if not self.head.strip():
            raise FileUnreadable(f"{self.name} {self._failure or 'is empty'}: there is nothing to read in it.")
        for magic, advice in _NOT_TEXT.items():
            if self.head.startswith(magic):
                raise FileUnreadable(f"{self.name} is {advice}.")


_TOO_LONG = f"the line is longer than {LONGEST_LINE} bytes"


@contextmanager
def open_text(path: str, stdin: BinaryIO | None = None) -> Iterator[TextSource]:
    """Open a file (or `-`, stdin) for reading, through gzip where its first bytes say so."""
    with _opened(path, stdin) as raw:
        buffered = io.BufferedReader(cast(io.RawIOBase, raw)) if not hasattr(raw, "peek") else raw
        zipped = cast(io.BufferedReader, buffered).peek(2)[:2] == b"\x1f\x8b"
        stream = gzip.GzipFile(fileobj=buffered) if zipped else buffered
        source = TextSource(shown(path), cast(io.BufferedIOBase, stream))
        source.require_text()
        yield source


@contextmanager
def _opened(path: str, stdin: BinaryIO | None) -> Iterator[BinaryIO]:
    if path == STDIN:
        yield stdin or sys.stdin.buffer
        return
    if Path(path).is_dir():
        raise FileUnreadable(f"{path} is a directory: name the files in it.")
    try:
        file = open(path, "rb")  # noqa: SIM115 closed below
    except FileNotFoundError as error:
        raise FileUnreadable(f"{path} does not exist: check the name.") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(f"{path} cannot be opened ({why}): check its permissions.") from error
    with file:
        yield file


def shown(path: str) -> str:
    """The name to tell about a file: directories may hold what nobody else should know."""
    return "stdin" if path == STDIN else Path(path).name


def _encoding(head: bytes) -> str:
    if head.startswith(b"\xef\xbb\xbf"):
        return "UTF-8 with BOM"
    cut = head[: head.rfind(b"\n") + 1] or head
    try:
        cut.decode()
    except UnicodeDecodeError:
        return "Latin-1"
    return "UTF-8"


def _decoded(lines: list[bytes]) -> list[str]:
    """UTF-8; where that is wrong, that one line is Latin-1, in which every byte is a letter."""
    try:
        return b"\n".join(lines).decode().split("\n") if lines else []
    except UnicodeDecodeError:
        return [_line_decoded(line) for line in lines]


def _line_decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
