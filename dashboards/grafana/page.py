"""A dashboard in Grafana's words. The same code gives the same JSON, whenever and wherever it runs."""

from grafana_foundation_sdk.builders import dashboard as built
from grafana_foundation_sdk.models import dashboard as model

from dashboards.grafana.fields import UNITS, overrides
from dashboards.grafana.kinds import Drawn, draw
from dashboards.grafana.query import Built, MarkTarget, PostgresQuery, source
from dashboards.palette import BLUE
from dashboards.panel import Annotation, Dashboard, Panel, Role, Step, Variable

TAG = "tideline"
_REFS = "ABCDEFGH"
_ONCE = model.VariableRefresh.ON_DASHBOARD_LOAD
_TIMED = ("lines", "stacked", "bars", "heat")


def page(dashboard: Dashboard) -> model.Dashboard:
    """The whole dashboard, typed by the SDK. Panels are numbered in the order of the page."""
    made = _frame(dashboard)
    number = 0
    for row in dashboard.rows:
        number += 1
        made.with_row(built.Row(row.title).id(number))
        for panel in row.panels:
            number += 1
            made.with_panel(_panel(panel, dashboard.role).id(number))
    return made.build()


def _frame(dashboard: Dashboard) -> built.Dashboard:
    made = built.Dashboard(dashboard.title).uid(dashboard.uid).description(dashboard.about).tags([TAG]).readonly()
    made.timezone("utc").time(dashboard.since, dashboard.until).refresh(dashboard.refresh)
    made.tooltip(model.DashboardCursorSync.CROSSHAIR)
    made.link(_others())
    for variable in dashboard.variables:
        made.with_variable(_variable(variable, dashboard.role))
    for mark in dashboard.annotations:
        made.annotation(_annotation(mark, dashboard.role))
    return made


def _others() -> built.DashboardLink:
    """The way to every other dashboard of ours that the reader may see, in the same range of time."""
    link = built.DashboardLink("Tideline").type(model.DashboardLinkType.DASHBOARDS).tags([TAG]).keep_time(True)
    return link.icon("external link").tooltip("").url("").as_dropdown(False).target_blank(False).include_vars(False)


def _panel(panel: Panel, role: Role) -> Drawn:
    made = draw(panel)
    made.title(panel.title).description(panel.about).span(panel.wide).height(panel.high).transparent(False)
    made.datasource(source(role))
    for ref, query in zip(_REFS, panel.queries, strict=False):
        made.with_target(Built(PostgresQuery(query.sql, ref, role, series=panel.kind in _TIMED)))
    _measure(made, panel)
    for name, properties in overrides(panel):
        made.override_by_name(name, properties)
    return made


def _measure(made: Drawn, panel: Panel) -> None:
    made.unit(UNITS[panel.unit]).no_value("–").thresholds(_steps(panel.steps)).color_scheme(_colours(panel))
    if panel.lowest is not None:
        made.min(panel.lowest)
    if panel.highest is not None:
        made.max(panel.highest)


def _steps(steps: tuple[Step, ...]) -> built.ThresholdsConfig:
    found = [model.Threshold(step.value, step.colour) for step in steps or (Step(BLUE),)]
    return built.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(found)


def _colours(panel: Panel) -> built.FieldColor:
    """By name, so that a channel or a rule has one colour on every panel."""
    by_value = panel.kind in ("stat", "table")
    mode = model.FieldColorModeId.THRESHOLDS if by_value else model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME
    return built.FieldColor().mode(mode)


def _variable(variable: Variable, role: Role) -> built.QueryVariable | built.CustomVariable | built.TextBoxVariable:
    if variable.sql:
        return _asked(variable, role)
    if variable.choices:
        chosen = built.CustomVariable(variable.name).values(", ".join(variable.choices))
        return chosen.label(variable.label).description(variable.about).current(_option(variable.default))
    typed = built.TextBoxVariable(variable.name).default_value(variable.default)
    return typed.label(variable.label).description(variable.about).current(_option(variable.default))


def _asked(variable: Variable, role: Role) -> built.QueryVariable:
    made = built.QueryVariable(variable.name).query(variable.sql.strip()).datasource(source(role))
    made.label(variable.label).description(variable.about).multi(variable.several).include_all(variable.several)
    if variable.several:
        made.current(model.VariableOption(selected=True, text=["All"], value=["$__all"]))
    when = model.VariableRefresh.ON_TIME_RANGE_CHANGED if "$__time" in variable.sql else _ONCE
    return made.refresh(when).sort(model.VariableSort.DISABLED)


def _option(value: str) -> model.VariableOption:
    return model.VariableOption(selected=True, text=value, value=value)


def _annotation(mark: Annotation, role: Role) -> built.AnnotationQuery:
    made = built.AnnotationQuery().name(mark.name).datasource(source(role)).enable(mark.shown)
    made.icon_color(mark.colour)
    target = MarkTarget(PostgresQuery(mark.sql, "Anno", role, series=False))
    annotation = made.build()
    annotation.target = target
    return made
