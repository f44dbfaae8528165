"""Writing all labels to a file that an import reads back to the same state."""

import csv
import gzip
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TextIO

import orjson
from sqlalchemy import Connection

from storage.golden import Golden, list_golden
from storage.label_reading import StoredVerdict, all_alert_verdicts, all_post_verdicts, kept_words
from storage.labels import AlertVerdict
from stream.errors import StreamError
from stream.files import STDIN
from stream.labelling.columns import COLUMNS, GOLDEN

Format = Literal["csv", "jsonl"]
WRITTEN = tuple(name for name in COLUMNS if name not in ("source", "id", "text"))


class ExportUnwritable(StreamError):
    """The file cannot be written where it was asked for."""


def export_labels(connection: Connection, path: str, kind: Format, *, with_text: bool, now: datetime) -> int:
    """Every verdict ever given and every golden post, oldest first; returns how many rows.

    The file is whole or not there, and readable by its owner alone. With text, it holds the words that labels keep.
    """
    columns = (*WRITTEN, "text") if with_text else WRITTEN
    words = kept_words(connection, now) if with_text else {}
    with _opened(path) as out:
        write = _WRITERS[kind](out, columns)
        count = 0
        for count, row in enumerate(_rows(connection, words), 1):  # noqa: B007 told at the end
            write(row)
    return count


def _rows(connection: Connection, words: dict[str, str]) -> Iterator[dict[str, Any]]:
    for stored in all_post_verdicts(connection):
        yield {**_post_row(stored), "text": words.get(stored.given.key)}
    yield from map(_alert_row, all_alert_verdicts(connection))
    yield from map(_golden_row, list_golden(connection))


def _post_row(stored: StoredVerdict) -> dict[str, Any]:
    given = {name: getattr(stored.given, name) for name in stored.given.__slots__}
    score = None if stored.given.score is None else stored.given.score / 1000
    return {**given, "score": score, "person": stored.person, "sent_at": stored.sent_at, "language": stored.language}


def _alert_row(verdict: AlertVerdict) -> dict[str, Any]:
    given = {name: getattr(verdict, name) for name in verdict.__slots__}
    return {**given, "alert": given.pop("alert_id")}


def _golden_row(golden: Golden) -> dict[str, Any]:
    return {
        "key": golden.key,
        "verdict": GOLDEN,
        "emotion": golden.emotion,
        "reason": golden.reason,
        "labeller": golden.added_by,
        "at": golden.added_at,
    }


# --- the file -----------------------------------------------------------------------------------------------


class _Csv:
    def __init__(self, out: TextIO, columns: tuple[str, ...]) -> None:
        self._writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        self._writer.writeheader()

    def __call__(self, row: dict[str, Any]) -> None:
        self._writer.writerow({name: _cell(value) for name, value in row.items()})


class _Jsonl:
    def __init__(self, out: TextIO, columns: tuple[str, ...]) -> None:
        self._out, self._columns = out, columns

    def __call__(self, row: dict[str, Any]) -> None:
        told = {name: row[name] for name in self._columns if row.get(name) is not None}
        self._out.write(orjson.dumps(told).decode() + "\n")


_WRITERS: dict[Format, type[_Csv] | type[_Jsonl]] = {"csv": _Csv, "jsonl": _Jsonl}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else value


@contextmanager
def _opened(path: str) -> Iterator[TextIO]:
    """Standard output, or a draft that takes its name when it is whole."""
    if path == STDIN:
        yield sys.stdout
        return
    target = Path(path)
    if target.exists() and not target.is_file():  # a device would be replaced by a file
        raise ExportUnwritable(f"{path} is no plain file: choose another place, or - for standard output.")
    try:
        with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
            draft = Path(scratch, "draft")
            with _text(draft, target.name.endswith(".gz")) as out:
                yield out
            draft.replace(target)
    except OSError as error:
        raise ExportUnwritable(f"{path} cannot be written ({error.strerror}): choose another place.") from error


@contextmanager
def _text(draft: Path, zipped: bool) -> Iterator[TextIO]:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) if zipped else raw
        with io.TextIOWrapper(packed, encoding="utf-8", newline="") as out:
            yield out
