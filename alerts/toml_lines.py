"""On which line of a TOML file something stands, which the standard parser does not tell."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*\[\[\s*([\w-]+)\s*\]\]")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of `[table, index, key]` in a file of `[[table]]` blocks, or of the nearest thing above it.

    >>> line_of("# rules\\n[[rules]]\\nname = 'a'\\n[[rules]]\\nname = 'b'\\n", ["rules", 1, "name"])
    5
    """
    table, index, key = (*path, None, None, None)[:3]
    blocks, found = -1, 1
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header and header.group(1) == table:
            blocks += 1
            found = number if blocks == index else found
        elif (blocks == index and key and re.match(rf"\s*[\"']?{re.escape(str(key))}[\"']?\s*=", line)) or (
            index is None and table and re.match(rf"\s*\[*\s*{re.escape(str(table))}\b", line)
        ):
            return number
    return found
