"""A model folder is refused unless it is whole, and gives the same scores when it is."""

import errno
import os
import pickle
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from models.classify import ModelClassifier
from models.errors import ModelUnusable
from models.load import DEFAULT, SHIPPED, load_classifier
from models.manifest import sha256_of
from models.saved import load_model, save_model
from tests.models.tiny import HALF, amend, tiny_model

TEXTS = ["i feel so sad today", "what a lovely surprise 😭", "", "the train leaves at ten"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / DEFAULT, tmp_path / "model"))


def test_saved_and_loaded_models_score_alike(folder: Path, tmp_path: Path) -> None:
    before = load_model(folder)
    save_model(tmp_path / "copy", before, card="a copy")
    after = load_classifier(str(tmp_path / "copy"))
    assert after.version == ModelClassifier(before).version
    assert after.emotions(TEXTS).tobytes() == ModelClassifier(before).emotions(TEXTS).tobytes()


def test_a_model_of_two_labels_and_two_layers_answers_in_the_seven(tmp_path: Path) -> None:
    save_model(tmp_path / "tiny", tiny_model(layers=2), card="tiny")
    classifier = load_classifier(str(tmp_path / "tiny"))
    scores = classifier.emotions(TEXTS)
    assert scores.shape == (4, 7)
    assert (scores[:, [1, 2, 4, 5, 6]] == 0).all()
    assert (scores[:, [0, 3]].sum(axis=1) > 0).all()


def test_the_version_is_the_name_and_the_start_of_the_content_hash(tmp_path: Path) -> None:
    manifest = save_model(tmp_path / "tiny", tiny_model(), card="tiny")
    assert manifest.version == f"tiny@{manifest.content_hash()[:12]}"
    assert load_model(tmp_path / "tiny").manifest == manifest


def test_saving_again_replaces_the_folder_whole(tmp_path: Path) -> None:
    target = tmp_path / "tiny"
    save_model(target, tiny_model(), card="first")
    (target / "leftover").write_text("x")
    save_model(target, tiny_model(), card="second")
    assert sorted(path.name for path in target.iterdir()) == [
        "README.md",
        "history.json",
        "model.json",
        "model.safetensors",
        "vocabulary.txt",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_failed_save_names_the_folder_and_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ModelUnusable, match=r"file/tiny could not be written, for .*/file is a file and no folder"):
        save_model(blocked / "tiny", tiny_model(), card="tiny")
    assert blocked.read_text() == "not a folder"
    assert list(tmp_path.iterdir()) == [blocked]


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_bytes", _no_space)
    with pytest.raises(ModelUnusable, match=r"tiny could not be written \(No space left on device\): make room"):
        save_model(tmp_path / "tiny", tiny_model(), card="tiny")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_no_model_is_never_written_over(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "thesis"
    precious = target / "chapter.txt" if kind == "folder" else target
    precious.parent.mkdir(exist_ok=True)
    precious.write_text("years of work")
    with pytest.raises(ModelUnusable, match="thesis is there and is no model folder"):
        save_model(target, tiny_model(), card="tiny")
    assert precious.read_text() == "years of work"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    manifest = save_model(tmp_path / "tiny", tiny_model(), card="tiny")
    assert load_model(tmp_path / "tiny").manifest == manifest
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def failing(monkeypatch: pytest.MonkeyPatch, *failures: int) -> None:
    """Of the renames to come, those with these numbers fail."""
    really, count = os.replace, iter(range(1, 99))

    def replace(source: Path, target: Path) -> None:
        if next(count) in failures:
            _no_space()
        really(source, target)

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.parametrize("failure", [1, 2])
def test_the_old_model_stays_when_the_new_one_cannot_take_its_place(
    failure: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = save_model(tmp_path / "tiny", tiny_model(seed=1), card="old")
    failing(monkeypatch, failure)
    with pytest.raises(ModelUnusable, match="No space left"):
        save_model(tmp_path / "tiny", tiny_model(seed=2), card="new")
    assert load_model(tmp_path / "tiny").manifest == old
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_an_old_model_that_cannot_come_back_is_kept_and_its_place_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = save_model(tmp_path / "tiny", tiny_model(seed=1), card="old")
    failing(monkeypatch, 2, 3)
    with pytest.raises(ModelUnusable, match=r"is now in .*: move it back") as raised:
        save_model(tmp_path / "tiny", tiny_model(seed=2), card="new")
    kept = Path(str(raised.value).split(" is now in ")[1].split(": ")[0])
    assert load_model(kept).manifest == old


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


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


@pytest.mark.parametrize(
    "field", ["temperature", "thresholds", "labels", "mapping", "config", "scheme", "history", "licence"]
)
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
        ({"format": 1}, "has model format 1, this program reads format 2"),
        ({"kind": "oracle"}, "holds a 'oracle' model"),
        ({"thresholds": {}}, "lacks a threshold for some emotion"),
        ({"mapping": {"sadness": "sadness"}}, "does not map each of its labels"),
        ({"config": {"vocabulary": 9, "labels": 7}}, "does not fit"),
        ({"config": {"depth": 9}}, "does not fit"),
        ({"multi": True}, "lacks a threshold for some of its labels"),
        ({"multi": True, "label_thresholds": {"joy": HALF.model_dump()}}, "lacks a threshold for some of its labels"),
    ],
)
def test_a_consistent_but_foreign_manifest_is_refused(folder: Path, change: Mapping[str, object], reason: str) -> None:
    amend(folder, lambda document: document.update(change), resign=True)
    with pytest.raises(ModelUnusable, match=reason):
        load_model(folder)


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.sprung,))


def test_a_pickle_in_place_of_the_weights_is_never_opened(folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(ModelUnusable, match="is not the file that was saved"):
        load_model(folder)
    assert not (tmp_path / "sprung").exists()


def test_a_pickle_with_the_right_hash_is_never_opened_either(folder: Path, tmp_path: Path) -> None:
    content = pickle.dumps(Trap(tmp_path / "sprung"))
    (folder / "model.safetensors").write_bytes(content)
    amend(folder, lambda document: document["files"].update({"model.safetensors": sha256_of(content)}), resign=True)
    with pytest.raises(ModelUnusable, match="are no safetensors file, and pickles are never read"):
        load_model(folder)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/hostname", "members/../../outside.txt"])
def test_a_manifest_that_names_a_file_outside_its_folder_is_refused(folder: Path, name: str) -> None:
    (folder.parent / "outside.txt").write_bytes(b"private")
    amend(folder, lambda document: document["files"].update({name: sha256_of(b"private")}), resign=True)
    with pytest.raises(ModelUnusable, match="lies outside the folder"):
        load_model(folder)


def test_a_link_that_leads_out_of_the_folder_is_refused(folder: Path) -> None:
    outside = folder.parent / "outside"
    shutil.move(folder / "vocabulary.txt", outside)
    (folder / "vocabulary.txt").symlink_to(outside)
    with pytest.raises(ModelUnusable, match="lies outside the folder"):
        load_model(folder)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = tiny_model()
    network: Any = model.model
    network.network.output.weight.fill_(float("nan"))
    save_model(tmp_path / "tiny", model, card="tiny")
    with pytest.raises(ModelUnusable, match="does not fit"):
        load_model(tmp_path / "tiny")


@pytest.mark.parametrize("name", ["", "nothing", "../weights", "."])
def test_an_unknown_name_is_refused_with_what_there_is(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelUnusable, match=r"keywords, default, bilstm-en-1|cannot be read"):
        load_classifier(name)


def test_the_default_is_a_shipped_model_under_another_name() -> None:
    assert load_classifier("default").version == load_classifier(DEFAULT).version
