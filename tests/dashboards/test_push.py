"""`tideline dashboards push` and `pull` against a server that remembers."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboards.pages import DASHBOARDS
from dashboards.server.client import Client
from stream.cli import main
from tests.dashboards.grafana_server import Grafana, serving

SECRETS = ("the-password-of-groups", "the-password-of-persons", "glsa_")


def tideline(*words: str) -> Result:
    result = CliRunner().invoke(main, ["dashboards", *words])
    assert not any(secret in result.output for secret in SECRETS)
    return result


def fates(result: Result) -> list[str]:
    return [line.split()[0] for line in result.stdout.splitlines()]


def test_a_push_makes_folders_sources_and_dashboards(grafana: Grafana) -> None:
    result = tideline("push")
    assert result.exit_code == 0
    assert set(fates(result)) == {"created"}
    assert set(grafana.dashboards) == {dashboard.uid for dashboard in DASHBOARDS}
    assert grafana.sources["tideline"]["user"] == "tideline_dashboard"
    assert grafana.sources["tideline-person"]["url"] == "postgres.inside:5432"
    assert grafana.passwords == {"tideline": SECRETS[0], "tideline-person": SECRETS[1]}


def test_a_second_push_writes_nothing(grafana: Grafana) -> None:
    tideline("push")
    grafana.writes.clear()
    result = tideline("push")
    assert result.exit_code == 0
    assert set(fates(result)) == {"unchanged"}
    assert grafana.writes == []


def test_the_folder_of_persons_is_closed_before_anything_is_in_it(grafana: Grafana) -> None:
    tideline("push")
    assert grafana.rights["tideline-persons"] == []
    assert [right["role"] for right in grafana.rights["tideline"]] == ["Viewer", "Editor"]
    assert grafana.dashboards["tideline-person"]["meta"]["folderUid"] == "tideline-persons"
    assert grafana.writes.index("POST /api/folders/tideline-persons/permissions") < grafana.writes.index(
        "POST /api/dashboards/db"
    )


def test_a_folder_of_persons_that_is_open_gets_no_dashboard_until_it_is_closed(grafana: Grafana) -> None:
    grafana.make_folder({"uid": "tideline-persons", "title": "Tideline persons"})
    grafana.rights["tideline-persons"].append({"userId": 7, "permission": 1, "userLogin": "ada"})
    assert tideline("push").exit_code == 1
    assert "tideline-person" not in grafana.dashboards
    assert tideline("push", "--overwrite").exit_code == 0
    assert "tideline-person" in grafana.dashboards
    assert grafana.rights["tideline-persons"] == [{"userId": 7, "permission": 1}]


def test_a_dashboard_changed_on_the_server_is_left_and_told_until_overwrite(grafana: Grafana) -> None:
    tideline("push")
    grafana.dashboards["tideline-alerts"]["dashboard"]["title"] = "Mine"
    left = tideline("push")
    assert left.exit_code == 1
    assert "differs     dashboard   Alerts  (title)" in left.stdout
    assert "--overwrite" in left.stderr
    assert grafana.dashboards["tideline-alerts"]["dashboard"]["title"] == "Mine"
    assert tideline("push", "--overwrite").exit_code == 0
    assert grafana.dashboards["tideline-alerts"]["dashboard"]["title"] == "Alerts"
    assert grafana.dashboards["tideline-alerts"]["dashboard"]["version"] == 2


def test_what_somebody_saves_in_between_is_not_lost(grafana: Grafana) -> None:
    tideline("push")
    grafana.dashboards["tideline-model"]["dashboard"]["title"] = "Mine"
    grafana.busy = True
    result = tideline("push", "--overwrite", "--only", "model")
    assert result.exit_code == 1
    assert "Model was changed or made by somebody else meanwhile: push again" in result.stderr
    assert grafana.dashboards["tideline-model"]["dashboard"]["title"] == "Mine"


def test_a_provisioned_dashboard_is_told_apart(grafana: Grafana) -> None:
    tideline("push")
    grafana.dashboards["tideline-alerts"]["meta"]["provisioned"] = True
    grafana.dashboards["tideline-alerts"]["dashboard"]["title"] = "From a file"
    result = tideline("push", "--overwrite")
    assert result.exit_code == 1
    assert "provisioned dashboard   Alerts" in result.stdout


def test_a_source_that_differs_is_left_and_then_replaced_and_passwords_go_again_when_asked(
    grafana: Grafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    tideline("push")
    monkeypatch.setenv("TIDELINE_GRAFANA_DATABASE", "elsewhere:5433/tideline")
    assert "differs     data source Tideline  (url)" in tideline("push").stdout
    assert tideline("push", "--overwrite").exit_code == 0
    assert grafana.sources["tideline"]["url"] == "elsewhere:5433"
    monkeypatch.setenv("TIDELINE_DASHBOARD_PASSWORD", "another-password")
    assert tideline("push", "--passwords").exit_code == 0
    assert grafana.passwords["tideline"] == "another-password"


def test_one_dashboard_needs_only_its_own_folder_source_and_password(
    grafana: Grafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIDELINE_DASHBOARD_PASSWORD")
    assert tideline("push", "--only", "person").exit_code == 0
    assert set(grafana.folders) == {"tideline-persons"}
    assert set(grafana.sources) == {"tideline-person"}
    without = tideline("push", "--only", "model")
    assert without.exit_code == 1
    assert "set TIDELINE_DASHBOARD_PASSWORD" in without.stderr


def test_pull_says_what_differs_and_writes_it_without_secrets(grafana: Grafana, tmp_path: Path) -> None:
    tideline("push")
    grafana.dashboards["tideline-alerts"]["dashboard"]["refresh"] = "1s"
    stranger = {"uid": "by-hand", "title": "By hand", "panels": []}
    grafana.save_dashboard({"dashboard": stranger, "folderUid": "tideline", "overwrite": False})
    grafana.writes.clear()
    result = tideline("pull", "--out", "there")
    assert result.exit_code == 0
    assert "differs    dashboard   Alerts  → there/alerts.json\n             refresh\n" in result.stdout
    assert "only there dashboard   By hand  → there/by-hand.json" in result.stdout
    assert grafana.writes == []
    assert json.loads(Path("there/alerts.json").read_text())["refresh"] == "1s"
    assert not any(secret in path.read_text() for path in Path("there").iterdir() for secret in SECRETS)


def test_what_was_pulled_unchanged_is_byte_for_byte_what_is_built(grafana: Grafana) -> None:
    tideline("push")
    tideline("pull", "--out", "there")
    tideline("build", "--out", "here")
    assert Path("there/community.json").read_bytes() == Path("here/tideline/community.json").read_bytes()


def test_pull_from_an_empty_server_misses_everything(grafana: Grafana) -> None:
    states = json.loads(tideline("pull", "--json").stdout)
    assert {each["state"] for each in states} == {"missing"}
    assert len(states) == len(DASHBOARDS) + 2


def test_a_server_under_a_path_is_reached(monkeypatch: pytest.MonkeyPatch, grafana: Grafana) -> None:
    with serving("/watch") as inner:
        monkeypatch.setenv("TIDELINE_GRAFANA_URL", f"{inner.url}/")
        assert tideline("push", "--only", "alerts").exit_code == 0
        assert set(inner.dashboards) == {"tideline-alerts"}


def test_a_wrong_token_says_so(grafana: Grafana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_GRAFANA_TOKEN", "glsa_wrong")
    result = tideline("push")
    assert result.exit_code == 1
    assert "does not know the token" in result.stderr


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (403, "give its service account the role Admin"),
        (412, "something else is there by now"),
        (418, "418: as the test wants"),
        (500, "failed (500): see its log"),
        (503, "failed (503): see its log"),
    ],
)
def test_every_refusal_is_one_sentence(grafana: Grafana, status: int, sentence: str) -> None:
    grafana.broken = status
    result = tideline("push")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("status", [200, 502])
@pytest.mark.parametrize("page", [b"<html>a proxy</html>", b"null", b"", b"[]"])
def test_what_is_no_grafana_is_told(grafana: Grafana, status: int, page: bytes) -> None:
    grafana.page, grafana.broken = page, status if status != 200 else 0
    result = tideline("push")
    assert result.exit_code == 1
    assert "Grafana at" in result.stderr
    assert "unexpected" not in result.stderr


def test_no_server_and_no_answer_are_told(grafana: Grafana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_GRAFANA_URL", "http://127.0.0.1:9")
    assert "nobody listens there" in tideline("push").stderr
    monkeypatch.setenv("TIDELINE_GRAFANA_URL", grafana.url.replace("http:", "https:"))
    assert "its certificate is not trusted" in tideline("push").stderr
    monkeypatch.setenv("TIDELINE_GRAFANA_URL", "ftp://grafana")
    assert "TIDELINE_GRAFANA_URL" in tideline("push").stderr


def test_a_server_that_is_too_slow_is_told(grafana: Grafana) -> None:
    """An address that swallows what is sent: a listening socket that nobody accepts from."""
    import socket

    from dashboards.errors import GrafanaOutage

    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", "token", timeout=0.05)
        with pytest.raises(GrafanaOutage, match="it does not answer"):
            client.rows("/folders")


@pytest.mark.parametrize("name", ["TIDELINE_GRAFANA_URL", "TIDELINE_GRAFANA_TOKEN"])
def test_a_missing_setting_is_named(grafana: Grafana, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    result = tideline("push")
    assert result.exit_code == 1
    assert f"set {name}" in result.stderr


@pytest.mark.parametrize("url", ["http://admin:word@host", "https://host/?token=x", "http://host:port"])
def test_an_address_with_more_than_an_address_is_refused_without_repeating_it(
    grafana: Grafana, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TIDELINE_GRAFANA_URL", url)
    result = tideline("push")
    assert result.exit_code == 1
    assert "TIDELINE_GRAFANA_URL" in result.stderr
    assert url not in result.stderr
