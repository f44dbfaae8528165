"""The JSON in the repository: it is what the code says, and what the pinned version of Grafana knows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.cog.runtime import Runtime
from grafana_foundation_sdk.models.dashboard import Dashboard as Typed
from grafana_foundation_sdk.models.dashboard import FieldConfig

from dashboards.fill import variables_of
from dashboards.grafana.files import JSON, as_json, path_of, text_of
from dashboards.grafana.query import SOURCES
from dashboards.pages import DASHBOARDS
from dashboards.palette import EMOTION_COLOURS
from dashboards.panel import Dashboard
from stream.cli import main
from stream.report.style import STYLE

Json = dict[str, Any]
FILES = sorted(JSON.rglob("*.json"))
MARK_SQL = {"datasource", "editorMode", "format", "rawQuery", "rawSql", "refId"}
READS = {"tideline_dashboard": {"dashboard"}, "tideline_person": {"dashboard", "person"}}


def each(dashboard: Json) -> list[Json]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def sqls(dashboard: Dashboard) -> Iterator[str]:
    yield from (query.sql for panel in dashboard.panels for query in panel.queries)
    yield from (variable.sql or variable.sample for variable in dashboard.variables)
    yield from (mark.sql for mark in dashboard.annotations)


def test_the_files_are_what_the_code_says() -> None:
    result = CliRunner().invoke(main, ["dashboards", "build", "--check"])
    assert result.exit_code == 0, result.output
    assert sorted(path_of(dashboard) for dashboard in DASHBOARDS) == FILES


def test_a_file_that_differs_is_missing_or_strays_is_named(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["dashboards", "build", "--out", "here"]).stdout.count("wrote") == len(DASHBOARDS)
    assert runner.invoke(main, ["dashboards", "build", "--out", "here"]).stdout.count("same") == len(DASHBOARDS)
    Path("here/tideline/model.json").unlink()
    Path("here/tideline/alerts.json").write_text("{}")
    Path("here/persons/more.json").write_text("{}")
    result = runner.invoke(main, ["dashboards", "build", "--check", "--out", "here", "--json"])
    assert result.exit_code == 1
    assert [Path(name).name for name in json.loads(result.stdout)["differing"]] == [
        "alerts.json",
        "model.json",
        "more.json",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_goes_through_the_typed_schema_and_back_unchanged(path: Path) -> None:
    """The schema leaves the target of an annotation open, the SDK does not: its SQL is put aside and back."""
    register_default_plugins()
    before = json.loads(path.read_text())
    after = json.loads(json.dumps(Typed.from_json(json.loads(path.read_text())), cls=JSONEncoder))
    for mark, kept in zip(before["annotations"]["list"], after["annotations"]["list"], strict=True):
        kept["target"] |= {name: mark["target"][name] for name in MARK_SQL}
    assert text_of(after) == text_of(before)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_panel_type_and_every_override_is_in_the_schema(path: Path) -> None:
    register_default_plugins()
    for panel in each(json.loads(path.read_text())):
        assert panel["type"] in Runtime().panelcfg_variants, panel["title"]
        for override in panel["fieldConfig"]["overrides"]:
            for given in override["properties"]:
                assert known(panel["type"], given["id"], given["value"]), (panel["title"], given)


def known(kind: str, name: str, value: object) -> bool:
    """Whether the schema's class keeps this field, and as it is."""
    head, _, field = name.rpartition(".")
    hook = Runtime().panelcfg_variants[kind].field_config_from_json_hook if head == "custom" else FieldConfig.from_json
    assert hook is not None
    kept = json.loads(json.dumps(hook({field: value}), cls=JSONEncoder))
    return field in kept and contains(kept[field], value)


def contains(kept: object, value: object) -> bool:
    if isinstance(value, dict) and isinstance(kept, dict):
        return all(name in kept and contains(kept[name], inner) for name, inner in value.items())
    return kept == value or isinstance(value, list)


@pytest.mark.parametrize(("name", "value"), [("custom.lineStile", {}), ("colour", {}), ("custom.fillBelow", "x")])
def test_the_schema_check_notices_a_mistake(name: str, value: object) -> None:
    register_default_plugins()
    assert not known("timeseries", name, value)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.title)
def test_panels_have_their_own_key_number_and_place_and_say_how_to_read_them(dashboard: Dashboard) -> None:
    panels = each(as_json(dashboard))
    assert len({panel.key for panel in dashboard.panels}) == len(panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(len(panel["description"]) > 60 for panel in panels)
    places: set[tuple[int, int]] = set()
    for at in (panel["gridPos"] for panel in panels):
        own = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not own & places
        places |= own


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.title)
def test_queries_name_views_of_their_role_and_variables_that_exist(dashboard: Dashboard) -> None:
    known_names = {variable.name for variable in dashboard.variables}
    for sql in filter(None, sqls(dashboard)):
        schemas = set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)\.\w+", sql))
        assert schemas <= READS[dashboard.role], sql
        assert variables_of(sql) <= known_names
        assert not re.search(r"\b(points|post_texts|label_texts|opt_outs)\b", sql)
    assert {target["datasource"]["uid"] for panel in each(as_json(dashboard)) for target in panel["targets"]} == {
        SOURCES[dashboard.role]
    }


def test_only_the_dashboard_of_persons_reads_of_persons() -> None:
    assert [dashboard.uid for dashboard in DASHBOARDS if dashboard.role == "tideline_person"] == ["tideline-person"]


def test_an_emotion_has_the_colour_it_has_on_the_report() -> None:
    light = dict(re.findall(r"--(\w+): (#\w+)", STYLE.split("@media")[0]))
    assert {name: light[name] for name in EMOTION_COLOURS} == dict(EMOTION_COLOURS)


def test_an_emotion_has_one_colour_on_every_panel() -> None:
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            for column in panel.columns:
                if column.name in EMOTION_COLOURS and column.colour:
                    assert column.colour == EMOTION_COLOURS[column.name], (dashboard.title, panel.key)


def test_the_dashboards_lead_to_each_other() -> None:
    uids = {dashboard.uid for dashboard in DASHBOARDS}
    linked = re.findall(r"/d/([\w-]+)", "".join(path.read_text() for path in FILES))
    assert set(linked) == uids - {"tideline-operations"}
    for path in FILES:
        dashboard = json.loads(path.read_text())
        assert [link["tags"] for link in dashboard["links"]] == [["tideline"]]
        assert dashboard["tags"] == ["tideline"]
