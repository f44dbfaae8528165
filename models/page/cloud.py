"""A cloud of the words that set a label apart; the larger, the more they do."""

import io
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from PIL.ImageFont import truetype
from wordcloud import WordCloud

from models.page.fonts import drawable, font_for
from models.page.palette import BLUE, FAINT, INK, PAPER, VARIABLES
from models.page.picture import Picture, opened, slug

WIDTH, HEIGHT, SEED = 340, 220, 7
TONES = (BLUE, INK, FAINT)
"""Of the first words, those after them, and the rest; all can be read on light and on dark paper."""

LEADING, FOLLOWING = 6, 18


def cloud(label: str, words: Mapping[str, float]) -> Picture | None:
    """None where no word is characteristic. The same words always lie in the same places."""
    font = font_for(words)
    shown = {word: weight for word, weight in words.items() if drawable(word, font)}
    if not shown:
        return None
    laid = _laid(shown, font)
    caption = f"{label}: words that set its rows apart"
    drawing = "".join(_word(item, font) for item in laid.layout_)
    describes = f"{caption}. {', '.join(list(shown)[:12])}."
    name = f"words-{slug(label)}"
    return Picture(name, caption, describes, opened(drawing, f"0 0 {WIDTH} {HEIGHT}", describes), lambda: _png(laid))


def _laid(words: Mapping[str, float], font: Path) -> Any:
    rank = {word: place for place, word in enumerate(words)}
    cloud = WordCloud(
        font_path=str(font),
        width=WIDTH,
        height=HEIGHT,
        margin=5,
        prefer_horizontal=1.0,
        min_font_size=11,
        max_font_size=46,
        relative_scaling=0.6,
        scale=3,
        background_color=PAPER,
        random_state=SEED,
        color_func=lambda word, **_: _tone(rank[word]),
    )
    return cloud.generate_from_frequencies(dict(words))


def _tone(rank: int) -> str:
    return TONES[(rank >= LEADING) + (rank >= FOLLOWING)]


def _word(item: Any, font: Path) -> str:
    """One word as text; it is stretched to the width that was laid out, whatever font the reader has."""
    (word, _), size, (top, left), _, colour = item
    face = truetype(str(font), size)
    ink_left, ink_top, _, _ = face.getbbox(word, anchor="ls")  # from the start of the baseline
    return (
        f'<text x="{left - ink_left:g}" y="{top - ink_top:g}" font-size="{size}" '
        f'textLength="{face.getlength(word):.1f}" lengthAdjust="spacingAndGlyphs" '
        f'style="fill: var(--{VARIABLES[colour]})">{escape(word)}</text>'
    )


def _png(laid: Any) -> bytes:
    file = io.BytesIO()
    laid.to_image().save(file, format="PNG")
    return file.getvalue()
