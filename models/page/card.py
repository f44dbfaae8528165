"""The model card as HTML: headings, paragraphs, lists, tables, bold and code. All else stays the text it is."""

import re
from collections.abc import Iterator
from html import escape

LOWEST = 6
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"[-*]\s+(.*)")
_RULE = re.compile(r"\|?[\s:|-]+\|?")


def card_html(markdown: str) -> str:
    """Headings sink two levels, below those of the page.

    >>> card_html("# Name\\n\\nReads **one** post.\\n\\n- a\\n- b")
    '<h3>Name</h3><p>Reads <strong>one</strong> post.</p><ul><li>a</li><li>b</li></ul>'
    """
    return "".join(_block(lines) for lines in _blocks(markdown))


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Lines that belong together: a heading alone, else what lies between empty lines."""
    block: list[str] = []
    for line in [*markdown.splitlines(), ""]:
        heading = bool(_HEADING.match(line))
        if block and (heading or not line.strip()):
            yield block
            block = []
        if heading:
            yield [line]
        elif line.strip():
            block.append(line.rstrip())


def _block(lines: list[str]) -> str:
    if heading := _HEADING.match(lines[0]):
        level = min(len(heading[1]) + 2, LOWEST)
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    if _BULLET.match(lines[0]):
        return f"<ul>{''.join(f'<li>{_inline(item)}</li>' for item in _items(lines))}</ul>"
    if len(lines) > 1 and lines[0].startswith("|") and _RULE.fullmatch(lines[1]):
        return _table(lines)
    return f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"


def _items(lines: list[str]) -> list[str]:
    """An item goes on over the lines that begin no other."""
    items: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        if bullet:
            items.append(bullet[1])
        else:
            items[-1] += " " + line.strip()
    return items


def _table(lines: list[str]) -> str:
    head, *rows = [_cells(line) for line in (lines[0], *lines[2:])]
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="roll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cells(line: str) -> list[str]:
    return [_inline(cell.strip()) for cell in line.strip().strip("|").split("|")]


def _inline(text: str) -> str:
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
