"""Texts to be scored, from arguments, files or stdin, a chunk at a time and in their order."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from stream.errors import FileUnreadable, StreamError
from stream.files import STDIN
from stream.text_files import TABLES, Text, Warn, of_file, spoken

FILES = TABLES | {".txt", ".gz", ".zip", ".xlsx", ".parquet"}

_LONG = 2_000
"""Characters: a chunk of texts longer than this on average is closed early, so that memory stays bounded."""


class Source(NamedTuple):
    """One argument: a text, or the path of a file (`-` is stdin)."""

    text: str = ""
    path: str = ""


def sources_of(words: Iterable[str], files: Iterable[str]) -> list[Source]:
    """What each argument is; raises before anything is read when one of them can be neither."""
    found = [_source(word) for word in words] + [Source(path=path) for path in files]
    for source in found:
        if source.path and source.path != STDIN and not Path(source.path).exists():
            raise FileUnreadable(f"{source.path} does not exist: check the name.")
    return found


def _source(word: str) -> Source:
    if word == STDIN or _is_file(word):
        return Source(path=word)
    if not word.strip():
        raise StreamError("The text is empty: give a text, a file, or - for stdin.")
    if Path(word).suffix.lower() in FILES and not any(sign.isspace() for sign in word):
        raise FileUnreadable(f"{word} does not exist: check the name; a text can also come through stdin (-).")
    return Source(text=word)


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # too long for a name, or a zero byte in it
        return False


def in_chunks(
    sources: Iterable[Source],
    column: str | None,
    size: int,
    warn: Warn,
    stdin: BinaryIO,
    encoding: str | None = None,
) -> Iterator[list[Text]]:
    """At most `size` texts at a time; what stdin has said so far is not kept waiting for more.

    Blank lines are texts too, so that answers and lines stay side by side; nothing but blank lines is an error.
    """
    blank: list[Text] = []
    started = False
    for source in sources:
        for chunk in _chunks(source, column, size, warn, stdin, encoding):
            started = started or any(text.text.strip() for text in chunk)
            blank += chunk
            while started and blank:
                yield blank[:size]
                blank = blank[size:]
    if not started:
        raise StreamError("There is no text to score: give a text, a file, or lines on stdin.")


def _chunks(
    source: Source, column: str | None, size: int, warn: Warn, stdin: BinaryIO, encoding: str | None
) -> Iterator[list[Text]]:
    if not source.path:
        yield [Text(source.text)]
    elif source.path == STDIN and column is None:
        yield from spoken(stdin, size, warn, encoding)
    else:
        texts = of_file(source.path, column, warn, stdin, encoding)
        yield from _grouped(texts, size)


def _grouped(texts: Iterable[Text], size: int) -> Iterator[list[Text]]:
    """At most `size` texts together, and no more once they are long."""
    chunk: list[Text] = []
    characters = 0
    for text in texts:
        chunk.append(text)
        characters += len(text.text)
        if len(chunk) == size or characters >= size * _LONG:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
