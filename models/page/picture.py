"""A figure as text for the page and as a PNG for everywhere else."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from models.page.fonts import families
from models.page.palette import PAPER, RULES, VARIABLES, WIDE

PNG_DPI = 200


@dataclass(frozen=True)
class Picture:
    """`describes` is for those who do not see it; `caption` for everybody."""

    name: str
    caption: str
    describes: str
    svg: str
    png: Callable[[], bytes]

    def html(self) -> str:
        caption = f"<figcaption>{escape(self.caption)}</figcaption>"
        return f'<figure class="card" id="picture-{self.name}">{self.svg}{caption}</figure>'


def slug(label: str) -> str:
    """A label as part of an id or a file name.

    >>> slug("mixed feelings/other")
    'mixed-feelings-other'
    """
    return re.sub(r"[^\w-]+", "-", label)


@contextmanager
def styled() -> Iterator[None]:
    """Within it, figures are made and saved in the one style."""
    rules: Any = {**RULES, "font.family": families()}
    with matplotlib.rc_context(rules):
        yield


def sheet(height: float) -> Figure:
    """An empty figure without the global state of pyplot; it must be made within `styled`."""
    return Figure(figsize=(WIDE / 72, height / 72), layout="constrained")


def picture(name: str, caption: str, describes: str, figure: Figure) -> Picture:
    return Picture(name, caption, describes, as_svg(figure, name, describes), lambda: as_png(figure))


def as_png(figure: Figure) -> bytes:
    with styled():
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=PNG_DPI, facecolor=PAPER)
        return file.getvalue()


def as_svg(figure: Figure, name: str, describes: str) -> str:
    with styled():
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return opened(themed(_inner(file.getvalue(), name)), _viewbox(file.getvalue()), describes)


def opened(inner: str, viewbox: str, describes: str) -> str:
    return f'<svg viewBox="{viewbox}" role="img" aria-label="{escape(describes)}">{inner}</svg>'


def themed(svg: str) -> str:
    """Colours as variables of the style sheet, and the reader's own font."""
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return re.sub(r" font-family: [^;\"]*;", "", svg)


def _inner(svg: str, name: str) -> str:
    """What is inside the drawing, with ids that are unique on a page of many drawings."""
    inner = svg[svg.index("<defs>") : svg.rindex("</svg>")]
    inner = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", inner, count=1, flags=re.DOTALL)
    inner = re.sub(r'<g id="[^"]*"', "<g", inner)
    inner = re.sub(r"<!--.*?-->\s*", "", inner, flags=re.DOTALL)
    inner = re.sub(r' id="', f' id="{name}-', inner)
    inner = re.sub(r'xlink:href="#', f'href="#{name}-', inner)
    inner = inner.replace("url(#", f"url(#{name}-")
    return re.sub(r"\s*\n\s*", " ", inner)


def _viewbox(svg: str) -> str:
    found = re.search(r'viewBox="([^"]+)"', svg)
    assert found is not None
    return found[1]
