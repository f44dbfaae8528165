"""On which line of a TOML file something stands, which the standard parser does not tell."""

import re
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"^\s*\[\[?\s*[\"']?([\w-]+)")
_QUOTES = ('"""', "'''")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of `[table, index, key]` in a file of `[[table]]` blocks, or of the nearest thing above it.

    >>> line_of("# rules\\n[[rules]]\\nname = 'a'\\n[[rules]]\\nname = 'b'\\n", ["rules", 1, "name"])
    5
    """
    table, index, key = (*path, None, None, None)[:3]
    blocks, found = -1, 1
    for number, line in _plain_lines(text):
        header = _HEADER.match(line)
        if header:
            blocks += header.group(1) == table
            found = number if blocks == index and header.group(1) == table else found
        if _is(line, key) if blocks == index and key else index is None and _is(line, table):
            return number
    return found


def _is(line: str, key: str | int | None) -> bool:
    """Whether the line gives `key` a value, or opens the table of that name."""
    return bool(re.match(rf"\s*\[*\s*[\"']?{re.escape(str(key))}[\"']?\s*[\]=]", line))


def _plain_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without those inside a text of several lines."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            yield number, line
            inside = next((quotes for quotes in _QUOTES if line.count(quotes) % 2), "")
        elif line.count(inside) % 2:
            inside = ""
