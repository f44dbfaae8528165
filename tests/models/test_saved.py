"""A model folder is refused unless it is whole, and gives the same scores when it is."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from models.engine import NetworkClassifier
from models.errors import ModelUnusable
from models.labels import EMOTIONS
from models.load import DEFAULT, SHIPPED, load_classifier
from models.manifest import Manifest, Threshold
from models.networks import BiLSTM, RecurrentConfig
from models.saved import SavedModel, load_model, save_model, shape_of
from models.text import Vocabulary

TEXTS = ["i feel so sad today", "what a lovely surprise 😭", "", "the train leaves at ten"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / DEFAULT, tmp_path / "model"))


def amend(folder: Path, change: Callable[[dict[str, Any]], None], resign: bool = False) -> None:
    """Edit model.json; with `resign`, as somebody who also corrects the hash would."""
    path = folder / "model.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    if resign:
        document["content_sha256"] = Manifest.model_validate(document).content_hash()
    path.write_text(json.dumps(document), encoding="utf-8")


def small_model(name: str = "tiny", layers: int = 1) -> SavedModel:
    torch.manual_seed(3)
    vocabulary = Vocabulary(["sad", "happy", "😭"])
    labels = ("sadness", "anger")
    network = BiLSTM(RecurrentConfig(len(vocabulary), len(labels), embedding=8, hidden=6, layers=layers))
    manifest = Manifest(
        format=1,
        name=name,
        kind="bilstm",
        network=shape_of(network),
        labels=labels,
        mapping={label: label for label in labels},
        languages=("en",),
        temperature=1.3,
        thresholds={emotion: Threshold(threshold=500, precision=0.5, recall=0.5) for emotion in EMOTIONS},
        metrics={},
        history=[],
        data_sha256="",
        licence="none",
    )
    return SavedModel(manifest, network.eval(), vocabulary)


def test_saved_and_loaded_models_score_alike(folder: Path, tmp_path: Path) -> None:
    before = load_model(folder)
    save_model(tmp_path / "copy", before, card="a copy")
    after = load_classifier(str(tmp_path / "copy"))
    assert after.version == NetworkClassifier(before).version
    assert after.emotions(TEXTS).tobytes() == NetworkClassifier(before).emotions(TEXTS).tobytes()


def test_a_model_of_two_labels_and_two_layers_answers_in_the_seven(tmp_path: Path) -> None:
    save_model(tmp_path / "tiny", small_model(layers=2), card="tiny")
    classifier = load_classifier(str(tmp_path / "tiny"))
    scores = classifier.emotions(TEXTS)
    assert scores.shape == (4, 7)
    assert (scores[:, [1, 2, 4, 5, 6]] == 0).all()
    assert (scores[:, [0, 3]].sum(axis=1) > 0).all()


def test_the_version_is_the_name_and_the_start_of_the_content_hash(tmp_path: Path) -> None:
    manifest = save_model(tmp_path / "tiny", small_model(), card="tiny")
    assert manifest.version == f"tiny@{manifest.content_hash()[:12]}"
    assert load_model(tmp_path / "tiny").manifest == manifest


def test_saving_again_replaces_the_folder_whole(tmp_path: Path) -> None:
    target = tmp_path / "tiny"
    save_model(target, small_model(), card="first")
    (target / "leftover").write_text("x")
    save_model(target, small_model(), card="second")
    assert sorted(path.name for path in target.iterdir()) == [
        "README.md",
        "model.json",
        "model.safetensors",
        "vocabulary.txt",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_failed_save_names_the_folder_and_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ModelUnusable, match=r"file/tiny could not be written .*: make room"):
        save_model(blocked / "tiny", small_model(), card="tiny")
    assert blocked.read_text() == "not a folder"


def test_figures_may_be_amended_without_a_new_version(folder: Path) -> None:
    version = load_model(folder).manifest.version
    amend(folder, lambda document: document["metrics"].update(note="measured again"))
    assert load_model(folder).manifest.version == version


@pytest.mark.parametrize("name", ["model.safetensors", "vocabulary.txt"])
@pytest.mark.parametrize(("keep", "put"), [(-1, b""), (0, b""), (-1, b"\x07")])
def test_a_damaged_file_is_refused(folder: Path, name: str, keep: int, put: bytes) -> None:
    file = folder / name
    file.write_bytes(file.read_bytes()[:keep] + put)
    with pytest.raises(ModelUnusable, match=rf"{name} is not the file that was saved"):
        load_model(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "vocabulary.txt", "model.json"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelUnusable, match=rf"{name} cannot be read"):
        load_model(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\ufffd"])
def test_a_manifest_that_is_no_object_is_refused(folder: Path, content: str) -> None:
    (folder / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelUnusable, match=r"model\.json is not"):
        load_model(folder)


@pytest.mark.parametrize("field", ["temperature", "thresholds", "labels", "mapping", "history", "licence"])
def test_a_manifest_without_a_needed_field_is_refused(folder: Path, field: str) -> None:
    amend(folder, lambda document: document.pop(field))
    with pytest.raises(ModelUnusable, match=rf"lacks or misstates {field}"):
        load_model(folder)


@pytest.mark.parametrize("temperature", [0, -1, "warm", float("nan"), float("inf")])
def test_an_impossible_temperature_is_refused(folder: Path, temperature: object) -> None:
    amend(folder, lambda document: document.update(temperature=temperature))
    with pytest.raises(ModelUnusable, match="lacks or misstates temperature"):
        load_model(folder)


def test_an_edited_temperature_is_noticed(folder: Path) -> None:
    amend(folder, lambda document: document.update(temperature=2.0))
    with pytest.raises(ModelUnusable, match="was changed after saving"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 2}, "has model format 2, this program reads format 1"),
        ({"kind": "oracle"}, "holds a 'oracle' model"),
        ({"thresholds": {}}, "lacks a threshold for some emotion"),
        ({"mapping": {"sadness": "sadness"}}, "does not map each of its labels"),
        ({"network": {"vocabulary": 9, "labels": 7}}, "does not fit"),
        ({"network": {"depth": 9}}, "does not fit"),
    ],
)
def test_a_consistent_but_foreign_manifest_is_refused(folder: Path, change: dict[str, object], reason: str) -> None:
    amend(folder, lambda document: document.update(change), resign=True)
    with pytest.raises(ModelUnusable, match=reason):
        load_model(folder)


def test_a_pickle_in_place_of_the_weights_is_never_opened(folder: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    (folder / "model.safetensors").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ModelUnusable):
        load_model(folder)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["", "nothing", "../weights", "."])
def test_an_unknown_name_is_refused_with_what_there_is(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelUnusable, match=r"keywords, default, bilstm-en-1|cannot be read"):
        load_classifier(name)


def test_the_default_is_a_shipped_model_under_another_name() -> None:
    assert load_classifier("default").version == load_classifier(DEFAULT).version
