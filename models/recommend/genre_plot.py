"""The table of emotion by genre as a picture."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from models.labels import EMOTIONS
from models.page.fonts import drawable, hangul_font, plain_font
from models.page.palette import BLUE, FAINT, INK
from models.page.picture import as_png, sheet, styled
from models.recommend.genres import GenreRow

MOST = 30
"""Genres drawn; more of them could not be read."""

_ROW = 26
"""Points of height for a genre."""

_LONGEST = 24
_DARKEST = 0.6
"""Opacity of a share of 1; more would drown the numbers."""


def genre_png(rows: Sequence[GenreRow]) -> bytes:
    """A row of shares for each genre whose emotions are known, those with most items first."""
    shown = [row for row in rows if row.means is not None][:MOST]
    with styled():
        return as_png(_drawn(shown))


def _drawn(rows: Sequence[GenreRow]) -> Figure:
    figure = sheet(70 + _ROW * max(len(rows), 1))
    axes = figure.add_subplot()
    for line, row in enumerate(rows):
        for column, share in enumerate(row.means or ()):
            _cell(axes, line, column, share)
    axes.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=40, ha="left", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), [_label(row) for row in rows])
    axes.set(xlim=(-0.5, len(EMOTIONS) - 0.5), ylim=(max(len(rows), 1) - 0.5, -0.5))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.set_xlabel("Mean share of each emotion; in brackets, items read", fontsize=9, color=FAINT)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


def _label(row: GenreRow) -> str:
    """Letters that no font here has, such as many emoji, are left out: an empty box tells nobody anything."""
    fonts = [plain_font(), hangul_font() or plain_font()]
    known = "".join(letter for letter in row.genre if any(drawable(letter, font) for font in fonts)).strip() or "?"
    name = known if len(known) <= _LONGEST else f"{known[: _LONGEST - 1]}…"
    return f"{name} ({row.read:,})".replace("$", r"\$")  # a dollar would begin a formula


def _cell(axes: Axes, line: int, column: int, share: float) -> None:
    axes.add_patch(Rectangle((column - 0.5, line - 0.5), 1, 1, facecolor=BLUE, alpha=share * _DARKEST, linewidth=0))
    axes.text(column, line, f"{share:.2f}".lstrip("0"), ha="center", va="center", fontsize=9, color=INK)
