"""`tideline train`: from a CSV to a model that answers, and one sentence for everything that cannot be."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.load import load_classifier
from models.saved import SavedModel, read_manifest
from models.training import place
from models.training.checkpoint import Checkpoint
from models.training.seeds import fit_seeds
from stream.cli import main

WORDS = {"sadness": "gloomy", "joy": "cheerful", "anger": "furious", "fear": "afraid"}
SMALL = [
    "--embedding",
    "16",
    "--hidden",
    "8",
    "--rate",
    "0.03",
    "--batch",
    "16",
    "--device",
    "cpu",
    "--quiet",
    "--set",
    "average=0.8",
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("rows") / "mine.csv"
    lines = [f"a {word} day number{i} it was;{label.upper()}" for i in range(50) for label, word in WORDS.items()]
    file.write_text("\n".join(["body;Feeling", *lines]), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def trained(rows: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "mine-1"
    done = run("train", "--model", "lstm", "--data", rows, "--out", folder, "--seeds", "1,2", "--epochs", "8", *SMALL)
    assert done.exit_code == 0, done.output
    return folder


def test_a_model_from_a_small_csv_answers_and_is_called_as_its_folder(trained: Path) -> None:
    classifier = load_classifier(str(trained))
    assert classifier.version.startswith("mine-1@")
    assert classifier.scheme.name == "dair"
    assert classifier.predict(["a furious day number3 it was"]).best() == ["anger"]
    assert sorted(path.name for path in trained.parent.iterdir()) == ["mine-1"]


def test_the_folder_says_how_it_came_about(trained: Path) -> None:
    manifest = read_manifest(trained)
    assert manifest.training["options"]["hidden"] == 8
    assert [line["seed"] for line in manifest.metrics["seeds"]] == [1, 2]
    assert json.loads((trained / "history.json").read_text()) == manifest.history
    assert "dair" in (trained / "README.md").read_text()
    assert "unstated" in manifest.licence


def test_it_prints_rows_figures_place_and_what_is_next(rows: Path, tmp_path: Path) -> None:
    done = run("train", "--model", "logistic", "--data", rows, "--out", tmp_path / "floor", "--quiet")
    assert done.exit_code == 0, done.output
    for said in (
        "160 training, 20 validation and 20 test rows",
        "accuracy",
        "tideline evaluate",
        "tideline models use",
    ):
        assert said in done.stdout


def test_json_is_one_object_with_figures_rows_and_folder(rows: Path, tmp_path: Path) -> None:
    done = run("train", "--model", "naive-bayes", "--data", rows, "--out", tmp_path / "nb", "--json", "--quiet")
    found = json.loads(done.stdout)
    assert found["folder"] == str(tmp_path / "nb")
    assert found["test"]["mine"]["accuracy"] == 1.0
    assert found["data"]["mine"]["train"] == 160
    assert found["version"] == read_manifest(tmp_path / "nb").version


def test_without_a_name_it_goes_among_the_models_under_the_next_number(rows: Path) -> None:
    for number in (1, 2):
        assert run("train", "--model", "svm", "--data", rows, "--quiet").exit_code == 0
        assert load_classifier(str(Path(".tideline/models") / f"svm-{number}")).version.startswith(f"svm-{number}@")


def test_the_same_seed_gives_the_same_model(rows: Path, tmp_path: Path) -> None:
    options = ["--model", "gru", "--data", rows, "--epochs", "1", *SMALL]
    for place_of in ("a", "b"):
        assert run("train", *options, "--out", tmp_path / place_of / "same").exit_code == 0
    assert read_manifest(tmp_path / "a" / "same").version == read_manifest(tmp_path / "b" / "same").version


def test_another_scheme_folds_the_labels_and_says_so(rows: Path, tmp_path: Path) -> None:
    done = run(
        "train", "--model", "logistic", "--data", rows, "--scheme", "binary", "--out", tmp_path / "two", "--quiet"
    )
    assert "labels of dair were turned into those of binary" in done.stderr
    assert read_manifest(tmp_path / "two").labels == ("negative", "positive")


def test_any_option_can_be_set_by_name(rows: Path, tmp_path: Path) -> None:
    options = ["--set", "word_dropout=0", "--set", "pooling=max", "--set", "clip=0.5", "--epochs", "1", *SMALL]
    done = run("train", "--model", "rnn", "--data", rows, "--out", tmp_path / "set", *options)
    assert done.exit_code == 0, done.output
    kept = read_manifest(tmp_path / "set").training
    assert (kept["options"]["cell"], kept["options"]["pooling"], kept["options"]["word_dropout"]) == ("rnn", "max", 0)
    assert kept["training"]["clip"] == 0.5


def test_a_preset_of_ones_own_is_trained_as_it_says(rows: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(f'kind = "logistic"\ndata = ["{rows}"]\nscheme = "canonical"\nabout = "Mine."\n')
    (tmp_path / "own.md").write_text("## What it does not do\n\nAnything on Sundays.\n")
    done = run("train", "--preset", tmp_path / "own.toml", "--out", tmp_path / "own", "--quiet")
    assert done.exit_code == 0, done.output
    assert read_manifest(tmp_path / "own").scheme == "canonical"
    assert "Anything on Sundays" in (tmp_path / "own" / "README.md").read_text()


def test_an_interrupted_training_is_taken_up_and_ends_as_if_it_had_not_been(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--model", "bilstm", "--data", rows, "--epochs", "3", *SMALL]
    assert run("train", *options, "--out", tmp_path / "whole" / "m").exit_code == 0
    monkeypatch.setattr(Checkpoint, "save", _interrupted(Checkpoint.save))
    assert run("train", *options, "--out", tmp_path / "m").exit_code == 1
    assert (tmp_path / ".m.training").is_dir()
    assert not (tmp_path / "m").exists()
    monkeypatch.undo()
    other = run("train", *options, "--out", tmp_path / "m", "--resume", "--layers", "2")
    assert "had other options or other data" in other.stderr
    again = run("train", *options, "--out", tmp_path / "m", "--resume")
    assert again.exit_code == 0, again.output
    assert read_manifest(tmp_path / "m").version == read_manifest(tmp_path / "whole" / "m").version
    assert not (tmp_path / ".m.training").exists()


def _interrupted(save: Callable[[Checkpoint, Path], None]) -> Callable[[Checkpoint, Path], None]:
    """As if somebody pressed Ctrl-C after the first epoch."""

    def saved(checkpoint: Checkpoint, folder: Path) -> None:
        save(checkpoint, folder)
        raise KeyboardInterrupt

    return saved


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--model", "lstmm"], "There is no model 'lstmm': use one of rnn, lstm"),
        (["--preset", "nothing"], "There is no preset 'nothing': use one of"),
        (["--model", "lstm", "--pooling", "median"], "pooling is 'median': use one of"),
        (["--model", "lstm", "--rate", "0"], "rate is 0"),
        (["--model", "lstm", "--rate", "-1"], "rate is -1"),
        (["--model", "lstm", "--rate", "nan"], "rate is nan"),
        (["--model", "lstm", "--epochs", "0"], "epochs is 0"),
        (["--model", "lstm", "--batch", "0"], "batch is 0"),
        (["--model", "lstm", "--layers", "0"], "layers is 0"),
        (["--model", "lstm", "--dropout", "nan"], "dropout is nan"),
        (["--model", "lstm", "--weighting", "heavy"], "weighting is 'heavy': use one of"),
        (["--model", "lstm", "--set", "colour=blue"], "no option 'colour': use one of embedding, hidden"),
        (["--model", "svm", "--layers", "2"], "no option layers: use analyzer"),
        (["--model", "lstm", "--set", "hidden=many"], "hidden"),
        (["--model", "lstm", "--set", "epochs=many"], "epochs"),
        (["--model", "lstm", "--scheme", "mood"], "There is no label scheme 'mood'"),
        (["--model", "lstm", "--text-column", "story"], "no column 'story': use one of body, Feeling"),
        (["--model", "lstm", "--data", "none.csv"], "none.csv does not exist"),
        (["--model", "lstm", "--validation", "0.6", "--test", "0.4"], "leave nothing to train on"),
        (["--model", "lstm", "--test", "0"], "holds out no test rows"),
        (["--model", "lstm", "--encoding", "klingon"], "no encoding 'klingon'"),
        (["--model", "lstm", "--resume"], "No interrupted training"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence_and_leaves_nothing(
    rows: Path, tmp_path: Path, options: list[str], reason: str
) -> None:
    data = [] if "--data" in options else ["--data", rows]
    done = run("train", *options, *data, "--out", tmp_path / "m", "--quiet")
    assert done.exit_code == 1, done.output
    told = [line for line in done.stderr.splitlines() if not line.startswith("note: ")]
    assert len(told) == 1
    assert told[0].startswith("tideline: ")
    assert reason in told[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("text,label\n" + "".join(f"day {i},joy\n" for i in range(30)), "only the label 'joy'"),
        ("text,label\n,joy\n,fear\n", "no row with a text and a label"),
        (
            "text,label\n" + "".join(f"day {i},{'bored' if i == 7 else 'joy'}\n" for i in range(30)),
            "row 8: label 'bored'",
        ),
        ("text,label\none,joy\ntwo,fear\n", "holds out no validation rows"),
    ],
)
def test_a_file_that_teaches_nothing_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "bad.csv").write_text(content)
    done = run("train", "--model", "lstm", "--data", "bad.csv", "--out", tmp_path / "m", *SMALL)
    assert done.exit_code == 1
    assert reason in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "Give either --model NAME or --preset NAME"),
        (["--model", "lstm", "--preset", "bilstm-en"], "Give either --model NAME or --preset NAME"),
        (["--model", "lstm"], "Say what to learn from"),
        (["--model", "svm", "--data", "emotion", "--seed", "1", "--seeds", "2"], "either --seed or --seeds"),
        (["--model", "svm", "--data", "emotion", "--seeds", "one"], "is no list of numbers"),
        (["--model", "svm", "--data", "emotion", "--set", "layers"], "is no KEY=VALUE"),
        (["--model", "svm", "--data", "emotion", "--resume"], "--resume needs --name or --out"),
        (["--model", "svm", "--data", "emotion", "--name", "a", "--out", "b"], "either --name or --out"),
    ],
)
def test_a_contradicting_command_is_a_usage_error(options: list[str], reason: str) -> None:
    done = run("train", *options)
    assert done.exit_code == 2
    assert reason in done.stderr


def test_cuda_where_there_is_none_is_refused_before_anything_is_written(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    done = run("train", "--model", "lstm", "--data", rows, "--out", tmp_path / "m", "--device", "cuda")
    assert "no CUDA device that torch can use" in done.stderr
    assert done.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_model_is_never_written_over(rows: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "diary.txt").write_text("mine")
    done = run("train", "--model", "svm", "--data", rows, "--out", tmp_path / "home", "--replace")
    assert "is no model folder" in done.stderr
    assert (tmp_path / "home" / "diary.txt").read_text() == "mine"


def test_a_model_is_replaced_only_when_asked(rows: Path, tmp_path: Path) -> None:
    options = ["train", "--model", "svm", "--data", rows, "--out", tmp_path / "m", "--quiet"]
    assert run(*options).exit_code == 0
    assert "already holds a model: add --replace" in run(*options).stderr
    assert run(*options, "--replace").exit_code == 0


@pytest.mark.parametrize("name", ["../up", "default", "two words", ".hidden"])
def test_a_name_that_could_not_be_asked_for_is_refused(rows: Path, name: str) -> None:
    done = run("train", "--model", "svm", "--data", rows, "--name", name)
    assert done.exit_code == 1
    assert "cannot be called" in done.stderr


def test_a_place_that_cannot_be_written_is_refused_before_the_training(rows: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("train", "--model", "svm", "--data", rows, "--out", tmp_path / "file" / "m")
    assert "choose another folder with --out" in done.stderr
    assert done.exit_code == 1


def test_a_full_disk_is_refused_before_the_training(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_NEEDED", 10**18)
    done = run("train", "--model", "svm", "--data", rows, "--out", tmp_path / "m")
    assert "MB left: make room" in done.stderr
    assert list(tmp_path.iterdir()) == []


# --- names, interruptions and what comes after ----------------------------------------------------------------


def test_a_name_that_another_training_has_begun_with_is_not_taken(rows: Path) -> None:
    begun = Path(".tideline/models/.svm-1.training")
    (begun / "seed-1").mkdir(parents=True)
    done = run("train", "--model", "svm", "--data", rows, "--quiet")
    assert "svm-2 is trained" in done.stderr
    assert (Path(".tideline/models/svm-2") / "model.json").is_file()
    assert (begun / "seed-1").is_dir()


@pytest.mark.parametrize("named", [True, False])
def test_a_model_that_appeared_during_the_training_is_not_written_over(
    rows: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    def beaten(*arguments: object) -> SavedModel:
        found = fit_seeds(*arguments)  # type: ignore[arg-type]
        Path(".tideline/models/svm-1").mkdir(parents=True)
        Path(".tideline/models/svm-1/model.json").write_text("theirs")
        return found

    monkeypatch.setattr("models.training.seeds.fit_seeds", beaten)
    done = run("train", "--model", "svm", "--data", rows, "--quiet", *(["--name", "svm-1"] if named else []))
    assert done.exit_code == 0, done.output
    assert "another model was written" in done.stderr
    assert Path(".tideline/models/svm-1/model.json").read_text() == "theirs"
    assert load_classifier("svm-2", Path(".tideline/models")).version.startswith("svm-2@")


def test_whoever_interrupts_a_training_is_told_how_to_go_on(rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["train", "--model", "gru", "--data", rows, "--epochs", "2", *SMALL]
    with monkeypatch.context() as patched:
        patched.setattr(Checkpoint, "save", _interrupted(Checkpoint.save))
        done = run(*options)
    assert done.exit_code == 1
    assert "gru-1 is trained" in done.stderr
    assert "`--name gru-1 --resume`" in done.stderr
    assert run(*options, "--name", "gru-1", "--resume").exit_code == 0


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A file where a third of the labels are wrong, so that rows which were learned from do better; and its model."""
    folder = tmp_path_factory.mktemp("doubtful")
    told = list(WORDS)
    lines = [f"{WORDS[told[i % 4]]} number{i},{told[(i + (i % 3 == 0) * (1 + i // 12)) % 4]}" for i in range(400)]
    (folder / "rows.csv").write_text("\n".join(["text,label", *lines]))
    done = run("train", "--model", "naive-bayes", "--data", folder / "rows.csv", "--out", folder / "m", "--quiet")
    assert done.exit_code == 0, done.output
    return folder / "rows.csv", folder / "m"


@pytest.mark.parametrize("split", ["test", "validation", "train"])
def test_evaluate_measures_only_one_part_of_a_file_that_was_learned_from(
    doubtful: tuple[Path, Path], split: str
) -> None:
    file, model = doubtful
    (file.parent / "link.csv").unlink(missing_ok=True)
    (file.parent / "link.csv").symlink_to(file)
    for path in (file, file.parent / "link.csv"):
        done = run("evaluate", "--model", model, "--data", path, "--split", split, "--json")
        found, told = json.loads(done.stdout), read_manifest(model).metrics
        assert found["n"] == told["data"]["rows"][split]
        assert found["split"] == split
        if split != "train":
            assert found["accuracy"] == pytest.approx(told[split]["rows"]["accuracy"], abs=1e-4)
            assert found["macro_f1"] == pytest.approx(told[split]["rows"]["macro_f1"], abs=1e-4)
        assert f"only its {split} rows are measured" in done.stderr


def test_of_another_file_every_row_is_measured(doubtful: tuple[Path, Path], rows: Path) -> None:
    done = run("evaluate", "--model", doubtful[1], "--data", rows, "--json")
    assert json.loads(done.stdout)["n"] == 200
    assert "measured" not in done.stderr


def test_a_file_that_was_changed_since_the_training_is_pointed_out(doubtful: tuple[Path, Path]) -> None:
    file, model = doubtful
    whole = file.read_text()
    try:
        file.write_text(whole + "\ngloomy again,sadness\n")
        done = run("evaluate", "--model", model, "--data", file)
    finally:
        file.write_text(whole)
    assert done.exit_code == 0
    assert "it was changed since" in done.stderr


def test_report_measures_the_test_part_of_a_file_that_was_learned_from(doubtful: tuple[Path, Path]) -> None:
    file, model = doubtful
    done = run("report", model, "--data", file, "--against", "keywords", "--out", "page.html")
    assert done.exit_code == 0, done.output
    assert "only its test rows are measured" in done.stderr
    count = read_manifest(model).metrics["test"]["rows"]["rows"]
    assert f"On rows: {count} rows" in Path("page.html").read_text()


def test_train_and_evaluate_agree_on_a_model_of_several_labels(tmp_path: Path) -> None:
    names = ["joy", "anger", "fear", "grief"]
    lines = [
        f"{names[i % 4]} {'and ' + names[i // 4 % 4] if i % 3 else 'alone'} number{i};"
        f"{','.join(sorted({names[i % 4], names[(i // (4 + i % 2)) % 4]}))}"
        for i in range(300)
    ]
    (tmp_path / "several.csv").write_text("\n".join(["text;labels", *lines]))
    data = ["--data", tmp_path / "several.csv", "--scheme", "goemotions"]
    assert run("train", "--model", "logistic", *data, "--out", tmp_path / "m", "--quiet").exit_code == 0
    told = read_manifest(tmp_path / "m").metrics["test"]["several"]
    found = json.loads(run("evaluate", "--model", tmp_path / "m", *data, "--json").stdout)
    assert 0.2 < told["macro_f1"] < 1
    for figure in ("accuracy", "macro_f1", "ece"):
        assert found[figure] == pytest.approx(told[figure], abs=1e-4), figure
