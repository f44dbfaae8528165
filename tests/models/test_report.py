"""What a training tells of each label, and the answers of a model kept for somebody's own analysis."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from sklearn.metrics import classification_report

from models.load import load_saved
from stream.cli import main
from tests.models.feelings import rows

LABELS = ("sadness", "joy", "fear")
CPU = {"TIDELINE_MODEL_DEVICE": "cpu"}


def run(*words: str | Path) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words], env=CPU, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network, a model that is none, and the rows that neither has seen."""
    folder = tmp_path_factory.mktemp("report")
    for name, seed, count in (("train", 1, 300), ("unseen", 9, 90)):
        lines = [f"{row.text},{row.labels[0]}" for row in rows(count, seed, LABELS)]
        (folder / f"{name}.csv").write_text("text,label\n" + "\n".join(lines), encoding="utf-8")
    small = ["--hidden", "8", "--embedding", "8", "--epochs", "2", "--set", "rate=0.02"]
    run("train", "--model", "lstm", "--data", folder / "train.csv", *small, "--out", folder / "lstm", "--quiet")
    said = run("train", "--model", "svm", "--data", folder / "train.csv", "--out", folder / "svm", "--quiet")
    (folder / "said.txt").write_text(said.stdout)
    return folder


def kept(place: Path, model: str, *more: str) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    run("evaluate", "--model", place / model, "--data", place / "unseen.csv", "--keep", "answers.npz", *more)
    with np.load("answers.npz", allow_pickle=False) as found:
        return dict(found)


@pytest.mark.parametrize("model", ["lstm", "svm"])
def test_a_training_reports_each_label_of_its_test_rows(place: Path, model: str) -> None:
    metrics = json.loads((place / model / "model.json").read_text())["metrics"]
    report = metrics["report"]
    assert set(report["per_class"]) == set(LABELS)
    assert sum(row["support"] for row in report["per_class"].values()) == metrics["test"]["train"]["rows"]
    assert report["macro_f1"] == metrics["test"]["train"]["macro_f1"]
    f1 = [row["f1"] for row in report["per_class"].values()]
    assert report["macro_f1"] == pytest.approx(np.mean(f1), abs=1e-4)


def test_the_command_and_the_card_show_it(place: Path) -> None:
    report = json.loads((place / "svm" / "model.json").read_text())["metrics"]["report"]
    page, card = (place / "said.txt").read_text(), (place / "svm" / "README.md").read_text()
    for label, row in report["per_class"].items():
        numbers = [row["precision"], row["recall"], row["f1"]]
        assert any(
            line.split() == [label, *(f"{number:.4f}" for number in numbers), str(row["support"])]
            for line in page.splitlines()
        )
        assert f"| {label} | {' | '.join(map(str, numbers))} | {row['support']} |" in card
    assert "weighted" in page
    assert f"| weighted mean | {report['weighted_precision']}" in card


def test_json_of_a_training_has_it(place: Path) -> None:
    done = run("train", "--model", "svm", "--data", place / "train.csv", "--out", "again", "--json", "--quiet")
    assert set(json.loads(done.stdout)["report"]["per_class"]) == set(LABELS)


def test_evaluate_reports_what_scikit_learn_would(place: Path) -> None:
    found = kept(place, "svm", "--json")
    done = run("evaluate", "--model", place / "svm", "--data", place / "unseen.csv", "--json")
    ours = json.loads(done.stdout)
    names, numbers = list(ours["per_class"]), [list(found["labels"]).index(label) for label in ours["per_class"]]
    theirs = classification_report(
        found["true"], found["said"], labels=numbers, target_names=names, output_dict=True, zero_division=0
    )
    for label, row in ours["per_class"].items():
        assert [row[key] for key in ("precision", "recall", "f1", "support")] == pytest.approx(
            [theirs[label][key] for key in ("precision", "recall", "f1-score", "support")]
        )
    for how in ("macro", "weighted"):
        assert ours[f"{how}_f1"] == pytest.approx(theirs[f"{how} avg"]["f1-score"])


def test_kept_vectors_lead_to_the_kept_answers(place: Path) -> None:
    found = kept(place, "lstm")
    assert found["row"].tolist() == list(range(1, 91))
    assert found["vectors"].shape[0] == found["chances"].shape[0] == 90
    network = load_saved(str(place / "lstm")).model.network  # type: ignore[attr-defined]
    with torch.inference_mode():
        judged = network.judged(torch.from_numpy(found["vectors"])).numpy()
    assert (judged.argmax(axis=1) == found["said"]).all()
    assert found["chances"].sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_kept_answers_hold_no_text_and_nothing_pickled(place: Path) -> None:
    found = kept(place, "lstm")
    assert all(array.dtype != object for array in found.values())
    words = set((place / "unseen.csv").read_text().replace(",", " ").split()) - set(LABELS)
    strings = " ".join(str(item) for array in found.values() if array.dtype.kind == "U" for item in array.ravel())
    assert not words & set(strings.split())


def test_a_model_that_is_no_network_keeps_answers_without_vectors(place: Path) -> None:
    assert "vectors" not in kept(place, "svm")
    said = run("evaluate", "--model", "keywords", "--data", place / "unseen.csv", "--keep", "k.npz").stdout
    assert "answers (the model is no network, so no vectors) of 90 rows written to k.npz" in said


def test_answers_that_cannot_be_written_are_one_sentence(place: Path) -> None:
    Path("file").write_text("")
    words = ["evaluate", "--model", "keywords", "--data", str(place / "unseen.csv"), "--keep", "file/k.npz"]
    done = CliRunner().invoke(main, words, env=CPU)
    assert done.exit_code == 1
    assert "file/k.npz could not be written" in done.stderr


def test_held_out_shares_of_a_preset_are_used_and_may_be_changed(place: Path) -> None:
    Path("mine.toml").write_text('kind = "svm"\n[held_out]\nvalidation = 0.2\ntest = 0.3\n')
    counts = []
    for more in ([], ["--validation", "0.1"]):
        run("train", "--preset", "mine.toml", "--data", place / "train.csv", "--out", f"m{len(more)}", "--quiet", *more)
        data = json.loads(Path(f"m{len(more)}/model.json").read_text())["metrics"]["data"]["train"]
        counts.append((data["validation"], data["test"]))
    assert counts == [(60, 90), (30, 90)]
