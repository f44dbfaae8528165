"""A grid as one HTML page that asks nobody for anything: no script, no font, no address."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from models.grid.multiples import legend, side_by_side
from models.grid.plan import Cell, shown_name
from models.grid.prose import CURVES, DIFFERENCES, POLICY, RESULTS, SPACE, luck_of
from models.grid.results import differences, performance
from models.grid.scatter import Scatter
from models.grid.style import STYLE
from models.grid.summary import Summary
from models.grid.verdict import verdict
from models.page.picture import Picture
from models.page.style import STYLE as PAGE_STYLE
from models.page.tables import pairs


@dataclass(frozen=True)
class Shown:
    """All that the page shows. `stated` is what the folder says of the grid; `failed` are cells and their sentences."""

    stated: dict[str, Any]
    summary: Summary
    failed: tuple[tuple[Cell, str], ...]
    curves: tuple[Picture, ...]
    scatters: tuple[Scatter, ...]


def render(shown: Shown, look: str, made_at: datetime) -> str:
    """`look` is the style sheet of the reports, which the page only adds to."""
    data = escape(_data(shown.stated))
    sections = "\n".join(section for section in _sections(shown) if section)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="robots" content="noindex">'
        f"<title>Pooling and loss on {data}</title><style>{look}{PAGE_STYLE}{STYLE}</style></head>\n<body><main>\n"
        f"<h1>Pooling and loss on {data}</h1>\n<p>A grid of trainings, by Tideline.</p>\n"
        f'<p class="verdict">{escape(verdict(shown.summary.losses))}</p>\n'
        f"{_tiles(shown)}\n{_failed(shown)}\n{sections}\n"
        f"<footer><p><small>Made on {made_at:%Y-%m-%d at %H:%M} UTC by <code>tideline grid</code>. It holds figures, "
        "and no text of anybody.</small></p></footer></main></body></html>\n"
    )


def _tiles(shown: Shown) -> str:
    rows = shown.stated["told"]["rows"]
    tiles = {
        "trainings finished": f"{len(shown.summary.trained)}",
        "training rows": f"{rows['train']:,}",
        "test rows": f"{rows['test']:,}",
        "labels": str(len(shown.stated["labels"])),
        "right by always saying the most frequent label": f"{shown.summary.most_frequent:.3f}",
    }
    return '<ul class="tiles">' + "".join(f"<li><b>{value}</b>{name}</li>" for name, value in tiles.items()) + "</ul>"


def _failed(shown: Shown) -> str:
    items = "".join(f"<li>{escape(f'{cell}: {sentence}')}</li>" for cell, sentence in shown.failed)
    return f'<h2>Failed</h2><ul class="missing">{items}</ul>' if items else ""


def _sections(shown: Shown) -> list[str]:
    if not shown.summary.lines:
        return ["<p>No training is finished yet.</p>"]
    pictures = "".join(one.html() for one in shown.curves)
    return [
        _section("Results", f"<p>{RESULTS}</p>{performance(shown.summary)}"),
        _section("Differences", _differences(shown.summary)) if shown.summary.losses or shown.summary.poolings else "",
        _section("Training", f'<p>{CURVES}</p><div class="curves">{pictures}</div>'),
        _section("Vectors", _vectors(shown)) if shown.scatters else "",
        _section("Settings", _settings(shown.stated)),
    ]


def _differences(summary: Summary) -> str:
    return (
        f"<p>{DIFFERENCES} {luck_of(len(summary.losses))}</p>"
        + differences("An added loss against cross-entropy alone (ce)", summary.losses)
        + differences("Mean pooling against the first piece (cls)", summary.poolings)
    )


def _vectors(shown: Shown) -> str:
    figures = {one.cell: one for one in shown.summary.trained}
    multiples = "".join(side_by_side(one, figures) for one in shown.scatters)
    return f"<p>{SPACE}</p>{legend(shown.stated['labels'])}{multiples}"


def _settings(stated: dict[str, Any]) -> str:
    """What was said of all cells; the rest is as usual for the base."""
    said = {**stated["options"], **stated["training"]}
    limit = {} if stated["limit"] is None else {"training rows, at most": f"{stated['limit']:,}"}
    return pairs(
        "What all trainings share",
        {
            "data": escape(_data(stated)),
            "labels": escape(", ".join(stated["labels"])),
            **limit,
            **{key.replace("_", " "): escape(str(value)) for key, value in said.items()},
            "data, SHA-256": f"<code>{stated['data_sha256']}</code>",
        },
    )


def _data(stated: dict[str, Any]) -> str:
    return ", ".join(shown_name(name) for name in stated["told"]["data"])


def _section(title: str, body: str) -> str:
    return f'<section id="{title.lower()}"><h2>{title}</h2>{body}</section>'
