"""One small function for each kind of panel, in the builders of Grafana 11.6."""

from collections.abc import Callable

from grafana_foundation_sdk.builders import barchart, heatmap, stat, table, timeseries, trend
from grafana_foundation_sdk.builders.common import (
    HideSeriesConfig,
    ReduceDataOptions,
    StackingConfig,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.builders.heatmap import HeatmapColorOptions
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode, HeatmapColorScale

from dashboards.panel import Kind, Panel

Drawn = timeseries.Panel | trend.Panel | barchart.Panel | heatmap.Panel | stat.Panel | table.Panel


def draw(panel: Panel) -> Drawn:
    """The panel as its kind is drawn, without words and queries."""
    return _KINDS[panel.kind](panel)


def _legend() -> VizLegendOptions:
    return (
        VizLegendOptions()
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs([])
    )


def _tooltip() -> VizTooltipOptions:
    return VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.NONE)


def _stacking(mode: common.StackingMode) -> StackingConfig:
    return StackingConfig().mode(mode).group("A")


def _lines(_: Panel) -> Drawn:
    return (
        timeseries.Panel()
        .legend(_legend())
        .tooltip(_tooltip())
        .draw_style(common.GraphDrawStyle.LINE)
        .line_width(2)
        .fill_opacity(0)
        .show_points(common.VisibilityMode.AUTO)
        .span_nulls(False)
    )


def _stacked(panel: Panel) -> Drawn:
    mode = common.StackingMode.PERCENT if panel.share and panel.unit != "share" else common.StackingMode.NORMAL
    return (
        timeseries.Panel()
        .legend(_legend())
        .tooltip(_tooltip())
        .draw_style(common.GraphDrawStyle.LINE)
        .line_width(1)
        .fill_opacity(75)
        .show_points(common.VisibilityMode.NEVER)
        .stacking(_stacking(mode))
        .span_nulls(False)
    )


def _bars(_: Panel) -> Drawn:
    return (
        timeseries.Panel()
        .legend(_legend())
        .tooltip(_tooltip())
        .draw_style(common.GraphDrawStyle.BARS)
        .line_width(1)
        .fill_opacity(80)
        .stacking(_stacking(common.StackingMode.NORMAL))
    )


def _curve(panel: Panel) -> Drawn:
    return (
        trend.Panel()
        .legend(_legend())
        .tooltip(_tooltip())
        .x_field(panel.queries[0].x or "")
        .draw_style(common.GraphDrawStyle.LINE)
        .line_width(2)
        .show_points(common.VisibilityMode.ALWAYS)
    )


def _ranks(panel: Panel) -> Drawn:
    return (
        barchart.Panel()
        .legend(_legend())
        .tooltip(_tooltip())
        .x_field(panel.queries[0].x or "")
        .orientation(common.VizOrientation.HORIZONTAL)
        .show_value(common.VisibilityMode.ALWAYS)
        .stacking(common.StackingMode.NORMAL)
        .fill_opacity(80)
    )


def _heat(_: Panel) -> Drawn:
    colours = (
        HeatmapColorOptions()
        .mode(HeatmapColorMode.SCHEME)
        .scheme("Blues")
        .scale(HeatmapColorScale.EXPONENTIAL)
        .exponent(0.5)
        .steps(64)
        .fill("#0072b2")
        .reverse(False)
    )
    shown = HideSeriesConfig().legend(False).tooltip(False).viz(False)
    return heatmap.Panel().calculate(False).color(colours).cell_gap(1).hide_from(shown)


def _stat(_: Panel) -> Drawn:
    return (
        stat.Panel()
        .reduce_options(ReduceDataOptions().values(False).calcs(["lastNotNull"]).fields(""))
        .graph_mode(common.BigValueGraphMode.NONE)
        .color_mode(common.BigValueColorMode.VALUE)
        .text_mode(common.BigValueTextMode.VALUE_AND_NAME)
        .justify_mode(common.BigValueJustifyMode.CENTER)
        .orientation(common.VizOrientation.AUTO)
        .wide_layout(True)
    )


def _table(_: Panel) -> Drawn:
    made = table.Panel().show_header(True).cell_height(common.TableCellHeight.SM)
    return made.align(common.FieldTextAlignment.AUTO).inspect(False)


_KINDS: dict[Kind, Callable[[Panel], Drawn]] = {
    "lines": _lines,
    "stacked": _stacked,
    "bars": _bars,
    "ranks": _ranks,
    "curve": _curve,
    "heat": _heat,
    "stat": _stat,
    "table": _table,
}
