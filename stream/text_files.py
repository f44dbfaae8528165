"""The texts of a file or of stdin, as they are read."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from stream.csv import rows_of
from stream.errors import FileUnreadable, LayoutUnknown
from stream.files import TextSource
from stream.layouts import Layout, recognise
from stream.mapping import Mapping
from stream.recoded import Recoded, open_recoded
from stream.rows import BadLine, Fill

TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".json"})

Warn = Callable[[str], None]


class Text(NamedTuple):
    """One text; of a file, also where it stands there."""

    text: str
    file: str = ""
    line: int = 0


def of_file(path: str, column: str | None, warn: Warn, stdin: BinaryIO, encoding: str | None = None) -> Iterator[Text]:
    with open_recoded(path, stdin, encoding, warn) as opened:
        if column or Path(path.removesuffix(".gz")).suffix.lower() in TABLES:
            yield from _of_table(opened, column, warn)
        else:
            yield from _of_lines(opened, warn)


def _of_table(opened: TextSource, column: str | None, warn: Warn) -> Iterator[Text]:
    layout = _layout_of(opened, column)
    only_text = replace(layout, columns={"text": layout.columns["text"]})
    skipped, first = 0, ""
    for row in rows_of(opened, only_text, Fill()):
        if isinstance(row, BadLine):
            first = first or f"line {row.line}: {row.reason}"
            skipped += 1
        else:
            yield Text(row.text, opened.name, row.line)
    if skipped:
        warn(f"{opened.name}: {skipped:,} rows without a readable text were skipped (the first is {first}).")


def _layout_of(opened: TextSource, column: str | None) -> Layout:
    try:
        return recognise(opened, Mapping(text=column) if column else None)
    except LayoutUnknown as error:
        asked = f"column {column!r}" if column else "column that is plainly the text"
        advice = f"{opened.name} has no {asked}; it has {error.columns}: name one with --text-column."
        raise FileUnreadable(advice) from error


def _of_lines(opened: TextSource, warn: Warn) -> Iterator[Text]:
    for line in opened.lines():
        if line.broken:
            warn(f"{opened.name}, line {line.number} is cut short: {line.broken}.")
        yield Text(line.text.rstrip("\r\n"), opened.name, line.number)


# --- stdin --------------------------------------------------------------------------------------------------


def spoken(stdin: BinaryIO, size: int, warn: Warn, encoding: str | None = None) -> Iterator[list[Text]]:
    """Lines as they come, so that a pipe which stays open is answered at once."""
    stdin = cast(BinaryIO, Recoded(stdin, encoding, "stdin")) if encoding else stdin
    number, warned = 0, False
    for lines in _lines_so_far(stdin):
        chunk = [_decoded(line) for line in lines]
        if not warned and any(broken for _, broken in chunk):
            warn("stdin is not UTF-8: bytes that cannot be read are replaced.")
            warned = True
        for at in range(0, len(chunk), size):
            yield [Text(text, "stdin", number + at + nth) for nth, (text, _) in enumerate(chunk[at : at + size], 1)]
        number += len(chunk)


def _lines_so_far(stdin: BinaryIO) -> Iterator[list[bytes]]:
    read: Callable[[int], bytes] = getattr(stdin, "read1", stdin.read)
    rest = b""
    while block := read(io.DEFAULT_BUFFER_SIZE * 8):
        *whole, rest = (rest + block).split(b"\n")
        if whole:
            yield whole
    if rest:
        yield [rest]


def _decoded(line: bytes) -> tuple[str, bool]:
    line = line.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
    try:
        return line.decode(), False
    except UnicodeDecodeError:
        return line.decode(errors="replace"), True
