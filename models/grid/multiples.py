"""The panels of one base side by side, each with its numbers."""

from collections.abc import Mapping, Sequence
from html import escape

from models.grid.plan import LOSSES, POOLINGS, Cell, shown_name
from models.grid.results import number
from models.grid.scatter import Panel, Scatter, colours
from models.grid.trained import Trained


def legend(labels: Sequence[str]) -> str:
    keys = "".join(
        f'<li><span class="key" style="background:{colour}"></span>{escape(label)}</li>'
        for label, colour in colours(labels).items()
    )
    return f'<ul class="legend">{keys}</ul>'


def side_by_side(scatter: Scatter, figures: Mapping[Cell, Trained]) -> str:
    """Loss by loss, so that the grid reads across on a desk and down on a phone; a place is kept for what lacks."""
    panels = {(one.cell.pooling, one.cell.loss): one for one in scatter.panels}
    poolings = [one for one in POOLINGS if any(pooling == one for pooling, _loss in panels)]
    losses = [one for one in LOSSES if any(loss == one for _pooling, loss in panels)]
    ways = [(pooling, loss) for loss in losses for pooling in poolings]
    shown = "".join(_panel(panels[way], figures) if way in panels else _gap(*way) for way in ways)
    seeds = ", ".join(str(seed) for seed in sorted({one.cell.seed for one in scatter.panels}))
    title = f"{shown_name(scatter.base)}, seed {seeds}: {scatter.rows:,} test rows"
    two = " two" if len(poolings) > 1 else ""
    return f'<h3 class="base">{escape(title)}</h3><div class="multiples{two}">{shown}</div>'


def _panel(panel: Panel, figures: Mapping[Cell, Trained]) -> str:
    trained = figures[panel.cell]
    told = f"silhouette {number(trained.silhouette)}, kNN {number(trained.neighbours)}"
    name = f"{panel.cell.pooling}, {panel.cell.loss}"
    return (
        f'<figure class="card"><img alt="{escape(f"t-SNE of {panel.cell}: {told}")}" src="{panel.source}">'
        f"<figcaption><b>{name}</b>{told}</figcaption></figure>"
    )


def _gap(pooling: str, loss: str) -> str:
    return f'<figure class="card"><figcaption><b>{pooling}, {loss}</b>no model</figcaption></figure>'
