"""`tideline report MODEL` writes one page, and says in a sentence why it cannot."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import main
from tests.models.tiny import saved


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "feelings.csv"
    rows = [f"a gloomy day {number},sadness\na furious day {number},anger\n" for number in range(20)]
    path.write_text("text,label\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def model(data: Path, tmp_path: Path) -> str:
    saved(tmp_path / "tiny", training={"data": [str(data)]})
    return str(tmp_path / "tiny")


def test_the_page_has_the_look_of_the_reports_and_the_name_of_the_model(model: str) -> None:
    result = CliRunner().invoke(main, ["report", model, "--against", "keywords"])
    assert result.exit_code == 0, result.output
    assert "tiny.html" in result.stdout
    html = Path("tiny.html").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in html
    assert "<h1>tiny</h1>" in html
    assert "keywords-2" in html


def test_a_model_of_the_registry_is_found_and_is_a_rival_without_being_named(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_MODELS_FOLDER", str(tmp_path / "registry"))
    saved(tmp_path / "registry" / "rival", name="rival", seed=4)
    result = CliRunner().invoke(main, ["report", "rival", "--data", str(tmp_path / "feelings.csv"), "--json"])
    assert result.exit_code == 0, result.output
    html = Path("rival.html").read_text(encoding="utf-8")
    assert "bilstm-en-1@" in html
    assert "keywords-2" in html


def test_json_names_the_page_the_pictures_and_what_is_missing(model: str, data: Path) -> None:
    data.unlink()
    options = ["--json", "--out", "page.html", "--png", "pictures"]
    result = CliRunner().invoke(main, ["report", model, *options])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["bytes"] == Path("page.html").stat().st_size
    assert said["pictures"] == [str(path) for path in [Path("pictures/loss.png")]]
    assert "feelings.csv" in said["missing"][0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nosuch"], "There is no model 'nosuch'"),
        (["default", "--data", "nosuch.csv"], "nosuch.csv"),
        (["default", "--out", "file/page.html"], "file cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments: list[str], sentence: str) -> None:
    Path("file").touch()
    result = CliRunner().invoke(main, ["report", *arguments])
    assert result.exit_code == 1
    assert result.stderr.startswith("tideline: ")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in Path().iterdir()] == ["file"]


@pytest.mark.parametrize(
    "arguments",
    [["--png", "pictures"], ["--data", "emotion"], ["--against", "keywords"], ["default", "--since", "2025-04-01"]],
)
def test_options_of_the_other_report_are_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["report", *arguments])
    assert result.exit_code == 2
    assert "MODEL" in result.stderr
