"""`tideline train` on Korean: schemes, neutral rows, languages and the pictures of a model with Korean labels."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from matplotlib import font_manager

from models.data.corpora import DATA
from models.load import load_classifier
from models.page import fonts
from models.saved import read_manifest
from stream.cli import main
from tests.models.korean import written


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def train(data: Path, out: Path, *options: str | Path, model: str = "svm") -> Result:
    done = run("train", "--model", model, "--data", data, "--out", out, "--quiet", *options)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = written(tmp_path_factory.mktemp("korean") / "mine.csv", 40, "문장,감정")
    with file.open("a", encoding="utf-8") as more:
        more.writelines(f"\n그냥 그런 날 {number},중립" for number in range(100))
    return file


@pytest.mark.parametrize(("name", "count"), [("korean-7", 7), ("korean-4", 4), ("korean-3", 3), ("canonical", 7)])
def test_the_same_rows_are_learned_in_every_scheme(rows: Path, tmp_path: Path, name: str, count: int) -> None:
    train(rows, tmp_path / "m", "--scheme", name)
    manifest = read_manifest(tmp_path / "m")
    assert (len(manifest.labels), manifest.languages) == (count, ("ko",))
    assert manifest.metrics["test"]["mine"]["accuracy"] > 0.8


def test_an_answer_is_in_korean_labels_and_folds_to_the_seven(rows: Path, tmp_path: Path) -> None:
    train(rows, tmp_path / "m")
    classifier = load_classifier(str(tmp_path / "m"))
    assert classifier.predict(["오늘 무서워 하루"]).best() == ["공포"]
    done = run("predict", "--model", tmp_path / "m", "--scheme", "canonical", "오늘 무서워 하루")
    assert done.output.startswith("fear ")


@pytest.mark.parametrize(
    ("how", "note"),
    [("drop", "mine: 140 neutral rows were left out"), ("undersample", "mine: 80 neutral training rows were left out")],
)
def test_neutral_rows_are_handled_as_said_and_counted(rows: Path, tmp_path: Path, how: str, note: str) -> None:
    done = train(rows, tmp_path / "m", "--neutral", how)
    assert note in done.stderr
    manifest = read_manifest(tmp_path / "m")
    assert manifest.training["neutral"] == how
    data = manifest.metrics["data"]["mine"]
    assert data["train"] == {"drop": 192, "undersample": 224}[how]
    assert data["test"] == {"drop": 24, "undersample": 38}[how]


@pytest.mark.parametrize("model", ["naive-bayes", "logistic"])
def test_a_label_without_any_row_left_is_never_the_answer(rows: Path, tmp_path: Path, model: str) -> None:
    train(rows, tmp_path / "m", "--neutral", "drop", model=model)
    said = load_classifier(str(tmp_path / "m")).predict(["그냥 그런 날", "오늘 눈물이 하루", ""]).best()
    assert "중립" not in said
    assert said[1] == "슬픔"


def test_a_page_measures_on_the_rows_of_the_training(rows: Path, tmp_path: Path) -> None:
    for how in ("drop", "undersample"):
        train(rows, tmp_path / how, "--neutral", how)
        done = run("report", tmp_path / how, "--out", tmp_path / f"{how}.html", "--against", "keywords")
        assert done.exit_code == 0, done.output
        page = (tmp_path / f"{how}.html").read_text(encoding="utf-8")
        assert "not what the model learned from" not in page


def test_a_preset_may_state_how_neutral_rows_are_handled(rows: Path, tmp_path: Path) -> None:
    preset = tmp_path / "mine.toml"
    preset.write_text('kind = "logistic"\nneutral = "drop"\n', encoding="utf-8")
    for said, expected in (((), "drop"), (("--neutral", "keep"), None)):
        done = run("train", "--preset", preset, "--data", rows, "--out", tmp_path / f"m{len(said)}", "--quiet", *said)
        assert done.exit_code == 0, done.output
        assert read_manifest(tmp_path / f"m{len(said)}").training.get("neutral") == expected
    preset.write_text('kind = "logistic"\nneutral = "hide"\n', encoding="utf-8")
    refused = run("train", "--preset", preset, "--data", rows, "--out", tmp_path / "no")
    assert (refused.exit_code, "use keep, drop, undersample" in refused.output) == (1, True)


def test_languages_are_those_said_else_guessed_and_told(rows: Path, tmp_path: Path) -> None:
    done = train(rows, tmp_path / "guessed")
    assert "mine was taken for Korean" in done.stderr
    assert "오늘은 정말 기분이 좋다" in done.stdout
    done = train(rows, tmp_path / "said", "--language", "ko", "--language", "en")
    assert "taken for" not in done.stderr
    assert read_manifest(tmp_path / "said").languages == ("ko", "en")


def test_a_language_that_is_no_code_is_refused(rows: Path) -> None:
    refused = run("train", "--model", "svm", "--data", rows, "--language", "Korean")
    assert (refused.exit_code, "'Korean' is no language's code" in refused.output) == (2, True)


def test_the_seven_are_learned_from_kote_where_a_row_shows_several(tmp_path: Path) -> None:
    """On a part of the shipped rows, read by path."""
    part = tmp_path / "part.tsv"
    content = (DATA / "kote" / "val.tsv").read_text(encoding="utf-8").splitlines()
    part.write_text("\n".join(content[:600]), encoding="utf-8")
    train(part, tmp_path / "m", "--scheme", "canonical-multi", model="naive-bayes")
    manifest = read_manifest(tmp_path / "m")
    assert (manifest.multi, manifest.languages) == (True, ("ko",))
    assert manifest.metrics["data"]["part"]["train"] > 450


# --- pictures -----------------------------------------------------------------------------------------------


@pytest.fixture
def no_korean_font_here(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [font for font in font_manager.fontManager.ttflist if font.name not in fonts.HANGUL]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", left)
    fonts.hangul_font.cache_clear()


@pytest.mark.usefixtures("no_korean_font_here")
def test_a_machine_without_korean_fonts_draws_korean_all_the_same(rows: Path, tmp_path: Path) -> None:
    """Matplotlib warns of every letter that it has no picture for, and warnings are errors here."""
    brought = fonts.hangul_font()
    assert brought is not None
    assert "koreanize_matplotlib" in brought.parts
    train(rows, tmp_path / "m", "--scheme", "korean-4")
    done = run(
        "report", tmp_path / "m", "--out", tmp_path / "m.html", "--png", tmp_path / "png", "--against", "keywords"
    )
    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "png").iterdir()}
    assert {"confusion.png", "words-슬픔.png", "words-분노-혐오.png"} <= names
    assert "눈물이" in (tmp_path / "m.html").read_text(encoding="utf-8")
    fonts.hangul_font.cache_clear()


def test_the_package_that_brings_the_font_is_not_run() -> None:
    import sys

    assert fonts.hangul_font() is not None
    assert "koreanize_matplotlib" not in sys.modules


@pytest.mark.parametrize("letters", ["한숨", "ㅋㅋ", "ㅠㅠ", "슬픔😭"[:2]])
def test_syllables_and_lone_letters_get_a_font_that_has_them(letters: str) -> None:
    assert fonts.drawable(letters, fonts.font_for([letters]))
