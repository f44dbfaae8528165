"""Presets are whole, and published runs can be repeated, interrupted and taken up again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.errors import TrainingFailed
from models.schemes import scheme
from models.training import reproduce as grid
from models.training.building import options_of
from models.training.course import Course
from models.training.learners import learner_of
from models.training.recipe import Recipe, preset, preset_names
from models.training.reproduce import published_presets
from stream.cli import main

PUBLISHED = {
    "published-lstm-rate-1e-2": 0.454,
    "published-lstm": 0.594,
    "published-lstm-batch-64": 0.6235,
    "published-lstm-2-layers": 0.872,
    "published-lstm-20-epochs": 0.8725,
    "published-lstm-2-layers-15-epochs": 0.9005,
    "kobert-korean-4": 0.7503,
    "published-bert": 0.93,
    "published-bert-minilm": 0.93,
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_trained_as_it_stands(name: str) -> None:
    recipe = preset(name)
    assert recipe.about
    assert callable(learner_of(recipe.kind))
    assert scheme(recipe.scheme)
    if recipe.kind in ("recurrent", "transformer"):
        assert set(recipe.options) <= set(options_of(recipe.kind))


def test_every_published_run_is_a_preset_that_says_what_is_not_known_of_it() -> None:
    found = dict(published_presets())
    assert {name: recipe.published["accuracy"] for name, recipe in found.items()} == PUBLISHED
    assert next(iter(found)) == "published-lstm-rate-1e-2"
    for recipe in found.values():
        assert all(recipe.published[key] for key in ("source", "unknown", "why"))


def test_the_published_runs_differ_as_published() -> None:
    def facts(name: str) -> tuple[object, ...]:
        recipe = preset(name)
        return recipe.options["layers"], recipe.training.epochs, recipe.training.batch, recipe.training.rate

    assert facts("published-lstm") == (1, 10, 32, 1e-3)
    assert facts("published-lstm-rate-1e-2") == (1, 10, 32, 1e-2)
    assert facts("published-lstm-batch-64") == (1, 10, 64, 1e-3)
    assert facts("published-lstm-2-layers-15-epochs") == (2, 15, 32, 1e-3)
    assert (preset("published-bert").training.epochs, preset("published-bert").training.rate) == (5, 2e-5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kind = ", "is no preset"),
        ('kind = "svm"\ncolour = "blue"\n', "unknown colour"),
        ('kind = "recurrent"\n[training]\nepochs = 0\n', "epochs is 0"),
        ('kind = "recurrent"\n[training]\nspeed = 1\n', "is no preset"),
    ],
)
def test_a_broken_preset_is_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(TrainingFailed, match=reason):
        preset("mine.toml")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    words = {"joy": "cheerful", "fear": "afraid"}
    lines = [f"a {word} day number{i},{label}" for i in range(40) for label, word in words.items()]
    (tmp_path / "rows.csv").write_text("\n".join(["text,label", *lines]))
    (tmp_path / "own.toml").write_text(
        'kind = "logistic"\ndata = ["rows.csv"]\nabout = "A small run."\n'
        '[published]\naccuracy = 0.25\nsource = "nowhere"\nunknown = "all of it"\nwhy = "It is invented."\n'
    )
    return tmp_path / "own.toml"


def test_published_stands_beside_obtained_with_the_reason(own: Path) -> None:
    done = run("reproduce", "--only", own, "--seeds", "2", "--quiet")
    assert done.exit_code == 0, done.output
    for said in (
        "0.2500",
        "1.0000",
        "+0.7500",
        "(2 seeds)",
        "Why they differ: It is invented.",
        "Not known: all of it",
    ):
        assert said in done.stdout


def test_a_finished_cell_is_not_run_again_when_resumed(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = json.loads(run("reproduce", "--only", own, "--json", "--out", "grid", "--quiet").stdout)
    monkeypatch.setattr(grid, "fit", _must_not_run)
    again = json.loads(run("reproduce", "--only", own, "--json", "--out", "grid", "--resume", "--quiet").stdout)
    assert again == first
    assert first["runs"][0]["difference"] == 0.75
    with pytest.raises(AssertionError, match="trained again"):
        run("--debug", "reproduce", "--only", own, "--out", "grid", "--quiet")


def test_a_cell_of_another_recipe_or_a_broken_one_is_run_again(own: Path) -> None:
    run("reproduce", "--only", own, "--out", "grid", "--quiet")
    cell = Path("grid/own.seed-1.json")
    cell.write_text(cell.read_text().replace("logistic", "svm").replace('"accuracy": 1.0', '"accuracy": 0.5'))
    assert (
        json.loads(run("reproduce", "--only", own, "--out", "grid", "--resume", "--json").stdout)["runs"][0]["obtained"]
        == 1.0
    )
    cell.write_text("{")
    assert run("reproduce", "--only", own, "--out", "grid", "--resume", "--quiet").exit_code == 0


def _must_not_run(recipe: Recipe, *_others: object) -> None:
    raise AssertionError(f"{recipe.name} was trained again")


def test_a_run_whose_base_is_missing_is_listed_as_not_run(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    missing = own.read_text().replace("logistic", "transformer") + '[options]\nbase = "nobody/nothing-base"\n'
    Path("bert.toml").write_text(missing)
    done = run("reproduce", "--only", "bert.toml", "--only", own, "--quiet")
    assert done.exit_code == 0, done.output
    assert "Not run: The weights of 'nobody/nothing-base' are not here" in " ".join(done.stdout.split())
    assert "1.0000" in done.stdout


def test_asking_for_a_preset_that_repeats_nothing_is_refused() -> None:
    done = run("reproduce", "--only", "bilstm-en")
    assert done.exit_code == 1
    assert "repeats no published run: use one of published-lstm-rate-1e-2" in done.stderr


def test_a_folder_that_cannot_be_written_is_refused_before_the_first_training(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").write_text("in the way")
    monkeypatch.setattr(grid, "fit", _must_not_run)
    done = run("reproduce", "--only", own, "--out", "file/grid", "--quiet")
    assert done.exit_code == 1
    assert "file/grid cannot be written" in done.stderr


def test_nothing_obtained_at_all_is_a_failure(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    own.write_text(own.read_text().replace("logistic", "transformer") + '[options]\nbase = "nobody/nothing-base"\n')
    done = run("reproduce", "--only", own, "--quiet")
    assert done.exit_code == 1
    assert "Not run" in done.stdout


def test_an_interrupted_cell_goes_on_after_its_last_whole_epoch(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own.write_text(
        own.read_text().replace("logistic", "recurrent")
        + '[options]\nembedding = 4\nhidden = 4\n[training]\nepochs = 3\ndevice = "cpu"\n'
    )
    arguments = ("reproduce", "--only", own, "--quiet", "--json", "--out")
    whole = json.loads(run(*arguments, "whole").stdout)["runs"]
    epochs: list[int] = []
    save = Course.save
    monkeypatch.setattr(Course, "save", _interrupted_after(2, save, epochs))
    assert run(*arguments, "grid").exit_code == 1
    monkeypatch.setattr(Course, "save", _interrupted_after(9, save, epochs))
    again = run(*arguments, "grid", "--resume")
    assert json.loads(again.stdout)["runs"] == whole
    assert epochs == [0, 1, 2, 2, 3]
    assert sorted(path.name for path in Path("grid").iterdir()) == ["own.seed-1.json", "results.json"]


def _interrupted_after(
    last: int, save: Callable[[Course, Path, str], None], epochs: list[int]
) -> Callable[[Course, Path, str], None]:
    def saved(course: Course, folder: Path, mark: str) -> None:
        save(course, folder, mark)
        epochs.append(len(course.history))
        if len(course.history) == last:
            raise KeyboardInterrupt

    return saved


def test_a_run_whose_data_is_not_here_is_listed_as_not_run(own: Path) -> None:
    own.write_text(own.read_text().replace("rows.csv", "nowhere.csv"))
    done = run("reproduce", "--only", own, "--seeds", "1", "--quiet")
    assert "Not run: nowhere.csv does not exist" in done.stdout
    assert done.exit_code == 1  # nothing was run


def test_a_published_korean_run_is_trained_as_published() -> None:
    training = preset("kobert-korean-4").training
    assert (training.rate, training.epochs, training.batch, training.optimizer) == (1e-5, 7, 100, "radam")
    assert preset("kobert-korean-4").held_out == {"validation": 0.2, "test": 0.2}
    metrics = {preset(f"kobert-korean-4-{name}").training.metric for name in ("contrastive", "triplet")}
    assert metrics == {"contrastive", "triplet"}
