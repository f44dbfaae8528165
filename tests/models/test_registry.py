"""The registry: what it takes in, what it refuses, and that the model in use is always one that was verified."""

import errno
import json
import os
import pickle
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

import models.registry.unpack as unpacking
from models.ensembles.combination import Pool
from models.ensembles.ensemble import Ensemble
from models.ensembles.members import member_of
from models.errors import ModelUnusable
from models.load import DEFAULT, SHIPPED, folder_of, load_classifier, load_saved, version_of
from models.registry.folder import Registry
from models.registry.pointer import POINTER, Choice, read_choice, write_choice
from models.saved import SavedModel, save_model
from tests.models.tiny import amend, saved


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry")


def zipped(folder: Path, path: Path, prefix: str = "tiny") -> Path:
    with ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"{prefix}/{file.name}")
    return path


def ensemble(members: list[SavedModel], name: str = "both") -> SavedModel:
    model = Ensemble("ensemble", [member_of(member) for member in members], Pool("mean", multi=False))
    manifest = members[0].manifest.model_copy(update={"name": name, "kind": "ensemble", "config": model.config})
    return SavedModel(manifest, model)


def test_nothing_chosen_means_the_shipped_default(registry: Registry) -> None:
    assert registry.current() == DEFAULT
    assert load_classifier("default", registry.folder).version == load_classifier(DEFAULT).version


def test_the_model_chosen_is_what_default_means(registry: Registry) -> None:
    version = saved(registry.folder / "tiny").version
    assert registry.use("tiny").version == version
    assert registry.current() == "tiny"
    assert load_classifier("default", registry.folder).version == version_of("default", registry.folder) == version


def test_use_default_goes_back_to_the_shipped_one(registry: Registry) -> None:
    saved(registry.folder / "tiny")
    registry.use("tiny")
    registry.use("default")
    assert registry.current() == DEFAULT
    assert read_choice(registry.folder) is None


def test_a_version_names_a_model_whatever_its_folder_is_called(registry: Registry) -> None:
    first = saved(registry.folder / "tiny", seed=1).version
    second = saved(registry.folder / "other", seed=2).version
    assert first.split("@")[0] == second.split("@")[0]
    assert load_classifier(second, registry.folder).version == second
    assert registry.find(first).manifest.version == first
    with pytest.raises(ModelUnusable, match="no model of version tiny@000000000000"):
        load_classifier("tiny@000000000000", registry.folder)


def test_a_shipped_name_always_means_the_shipped_model(registry: Registry) -> None:
    saved(registry.folder / DEFAULT)
    assert folder_of(DEFAULT, registry.folder) == SHIPPED / DEFAULT
    shadowed = registry.entries()[-1]
    assert shadowed.problem is not None
    assert "The shipped model" in shadowed.problem


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "wrong hash": (lambda folder: (folder / "vocabulary.txt").write_text("x"), "its hash differs"),
    "no calibration": (lambda folder: amend(folder, lambda doc: doc.pop("temperature")), "lacks or misstates temp"),
    "no thresholds": (lambda folder: amend(folder, lambda doc: doc.update(thresholds={}), True), "lacks a threshold"),
    "unknown format": (lambda folder: amend(folder, lambda doc: doc.update(format=9)), "has model format 9"),
    "unknown kind": (lambda folder: amend(folder, lambda doc: doc.update(kind="odd"), True), "'odd' model"),
    "pickle": (lambda folder: (folder / "model.safetensors").write_bytes(pickle.dumps({})), "its hash differs"),
    "no manifest": (lambda folder: (folder / "model.json").unlink(), "cannot be read"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_refused_with_the_reason_and_the_one_in_use_stays(name: str, registry: Registry) -> None:
    break_it, reason = BROKEN[name]
    good = saved(registry.folder / "good").version
    registry.use("good")
    saved(registry.folder / "bad", seed=9)
    break_it(registry.folder / "bad")
    with pytest.raises(ModelUnusable, match=reason):
        registry.use("bad")
    assert version_of("default", registry.folder) == good
    listed = {entry.name: entry.problem for entry in registry.entries()}
    assert listed["bad"] is not None
    assert listed["good"] is listed[DEFAULT] is None


@pytest.mark.parametrize("name", ["", "nothing", "keywords", "../registry/tiny", ".", "/etc"])
def test_only_what_is_in_the_registry_or_ships_can_be_used(name: str, registry: Registry) -> None:
    saved(registry.folder / "tiny")
    with pytest.raises(ModelUnusable):
        registry.use(name)
    assert read_choice(registry.folder) is None


def test_a_model_that_was_replaced_behind_the_pointer_is_not_taken_for_the_one_chosen(registry: Registry) -> None:
    chosen = saved(registry.folder / "tiny", seed=1).version
    registry.use("tiny")
    saved(registry.folder / "tiny", seed=2)
    with pytest.raises(ModelUnusable, match=rf"chose {chosen}, but the folder tiny now holds tiny@"):
        load_classifier("default", registry.folder)
    shutil.rmtree(registry.folder / "tiny")
    with pytest.raises(ModelUnusable, match="now holds nothing: choose again"):
        load_classifier("default", registry.folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "tiny"}', "null", "\ufffd"])
def test_a_pointer_somebody_else_wrote_is_said(content: str, registry: Registry) -> None:
    registry.folder.mkdir()
    (registry.folder / POINTER).write_text(content, encoding="utf-8")
    with pytest.raises(ModelUnusable, match="was not written by Tideline"):
        load_classifier("default", registry.folder)


def test_a_crash_while_the_pointer_is_written_leaves_the_old_one(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_choice(registry.folder, Choice("old", "old@1"))
    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _no_space)
            with pytest.raises(ModelUnusable, match="nothing was changed"):
                write_choice(registry.folder, Choice("new", "new@2"))
        assert read_choice(registry.folder) == Choice("old", "old@1")
    assert [path.name for path in registry.folder.iterdir()] == [POINTER]


def _no_space(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_an_exported_model_comes_back_the_same(registry: Registry, tmp_path: Path) -> None:
    version = saved(registry.folder / "tiny").version
    registry.export("tiny", tmp_path / "tiny.zip")
    other = Registry(tmp_path / "elsewhere")
    admitted = other.import_(tmp_path / "tiny.zip")
    assert (admitted.name, admitted.new, admitted.manifest.version) == ("tiny", True, version)
    texts = ["sad", "a happy day", ""]
    before, after = load_classifier("tiny", registry.folder), load_classifier("tiny", other.folder)
    assert before.emotions(texts).tobytes() == after.emotions(texts).tobytes()
    assert _contents(registry.folder / "tiny") == _contents(other.folder / "tiny")


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_model_always_gives_the_same_zip(registry: Registry, tmp_path: Path) -> None:
    saved(registry.folder / "tiny")
    registry.export("tiny", tmp_path / "one.zip")
    for file in (registry.folder / "tiny").iterdir():
        os.utime(file, (1, 1))
    (registry.folder / "tiny" / "checkpoint.tmp").write_text("not part of the model")
    registry.export("tiny", tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_an_export_that_cannot_be_written_leaves_nothing(registry: Registry, tmp_path: Path) -> None:
    saved(registry.folder / "tiny")
    with pytest.raises(ModelUnusable, match=r"could not be written, for there is no folder .*/no: make it"):
        registry.export("tiny", tmp_path / "no" / "tiny.zip")
    (tmp_path / "tiny.zip").mkdir()
    with pytest.raises(ModelUnusable, match="could not be written, for it is a folder"):
        registry.export("tiny", tmp_path / "tiny.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["registry", "tiny.zip"]


def test_an_ensemble_travels_with_its_members(registry: Registry, tmp_path: Path) -> None:
    for seed in (1, 2):
        saved(registry.folder / f"tiny-{seed}", f"tiny-{seed}", seed)
    members = [load_saved(f"tiny-{seed}", registry.folder) for seed in (1, 2)]
    save_model(registry.folder / "both", ensemble(members), card="both")
    expected = load_classifier("both", registry.folder).emotions(["sad", "happy"])
    registry.export("both", tmp_path / "both.zip")
    other = Registry(tmp_path / "elsewhere")
    saved(other.folder / "tiny-1", "tiny-1", seed=7)  # another model took the name meanwhile
    admitted = other.import_(tmp_path / "both.zip")
    assert admitted.members == tuple(sorted(member.manifest.version for member in members))
    assert (load_classifier("both", other.folder).emotions(["sad", "happy"]) == expected).all()
    assert other.import_(tmp_path / "both.zip").new is False


def test_an_ensemble_whose_member_is_missing_is_refused(registry: Registry, tmp_path: Path) -> None:
    for seed in (1, 2):
        saved(tmp_path / "shelf" / f"tiny-{seed}", f"tiny-{seed}", seed)
    members = [load_saved(str(tmp_path / "shelf" / f"tiny-{seed}")) for seed in (1, 2)]
    save_model(tmp_path / "shelf" / "both", ensemble(members), card="both")
    shutil.move(tmp_path / "shelf" / "both", tmp_path / "both")
    with pytest.raises(ModelUnusable, match="lacks its member tiny-1@"):
        registry.import_(tmp_path / "both")
    shutil.move(tmp_path / "both", tmp_path / "shelf" / "both")
    assert registry.import_(tmp_path / "shelf" / "both").new, "its members lie beside it"
    assert len(registry.own()) == 3


def test_a_folder_is_imported_without_what_is_not_part_of_the_model(registry: Registry, tmp_path: Path) -> None:
    saved(tmp_path / "made" / "tiny")
    (tmp_path / "made" / "tiny" / "trap.pkl").write_bytes(pickle.dumps({}))
    assert registry.import_(tmp_path / "made" / "tiny", "mine").new
    assert sorted(path.name for path in (registry.folder / "mine").iterdir()) == [
        "README.md", "history.json", "model.json", "model.safetensors", "vocabulary.txt",
    ]  # fmt: skip


def test_a_name_that_means_another_model_is_refused_and_the_same_model_is_said(
    registry: Registry, tmp_path: Path
) -> None:
    saved(tmp_path / "one" / "tiny", seed=1)
    saved(tmp_path / "two" / "tiny", seed=2)
    assert registry.import_(tmp_path / "one" / "tiny").new
    assert not registry.import_(tmp_path / "one" / "tiny").new
    held = _contents(registry.folder)
    with pytest.raises(ModelUnusable, match=r"Another model called tiny .* is in the registry.*--name"):
        registry.import_(tmp_path / "two" / "tiny")
    assert _contents(registry.folder) == held
    assert registry.import_(tmp_path / "two" / "tiny", "tiny-2").new


@pytest.mark.parametrize("name", [DEFAULT, "default", "keywords", "../up", ".hidden", "a/b", "a@b", "", "x" * 65])
def test_a_name_with_a_meaning_of_its_own_is_refused(name: str, registry: Registry, tmp_path: Path) -> None:
    saved(tmp_path / "made", name or "?")
    with pytest.raises(ModelUnusable, match="--name"):
        registry.import_(tmp_path / "made", name or None)
    assert list(registry.folder.iterdir()) == []
    assert registry.import_(tmp_path / "made", "fine").new


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_zip_never_appears_in_the_registry(name: str, registry: Registry, tmp_path: Path) -> None:
    break_it, _ = BROKEN[name]
    saved(tmp_path / "tiny")
    break_it(tmp_path / "tiny")
    with pytest.raises(ModelUnusable):
        registry.import_(zipped(tmp_path / "tiny", tmp_path / "tiny.zip"))
    assert list(registry.folder.iterdir()) == []


@pytest.mark.parametrize("entry", ["../evil.txt", "/evil.txt", "tiny/../../evil.txt", "..\\evil.txt", "C:evil.txt"])
def test_a_zip_that_reaches_out_of_its_folder_is_refused(entry: str, registry: Registry, tmp_path: Path) -> None:
    saved(tmp_path / "tiny")
    path = zipped(tmp_path / "tiny", tmp_path / "tiny.zip")
    with ZipFile(path, "a") as archive:
        archive.writestr(entry, "evil")
    with pytest.raises(ModelUnusable, match="which no model needs"):
        registry.import_(path)
    assert not list(tmp_path.rglob("*evil*"))
    assert list(registry.folder.iterdir()) == []


def test_a_zip_with_a_link_is_refused(registry: Registry, tmp_path: Path) -> None:
    saved(tmp_path / "tiny")
    path = zipped(tmp_path / "tiny", tmp_path / "tiny.zip")
    link = ZipInfo("tiny/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ModelUnusable, match="'tiny/link', which no model needs"):
        registry.import_(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"tiny/{number}", bytes(10_000_000))
    assert (tmp_path / "bomb.zip").stat().st_size < 1_000_000
    monkeypatch.setattr(unpacking, "MOST_BYTES", 100_000_000)
    monkeypatch.setattr(unpacking, "_extract", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(ModelUnusable, match="would unpack to more than"):
        registry.import_(tmp_path / "bomb.zip")


def test_a_zip_of_too_many_files_is_refused(registry: Registry, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(1001):
            archive.writestr(f"tiny/{number}", "")
    with pytest.raises(ModelUnusable, match="or 1000 files"):
        registry.import_(tmp_path / "many.zip")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 and nothing"])
def test_what_is_no_zip_is_said(content: bytes, registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "file.zip").write_bytes(content)
    with pytest.raises(ModelUnusable, match="is no whole zip"):
        registry.import_(tmp_path / "file.zip")


def test_a_cut_or_damaged_zip_is_refused_wherever_it_is_hit(registry: Registry, tmp_path: Path) -> None:
    saved(tmp_path / "tiny")
    whole = zipped(tmp_path / "tiny", tmp_path / "tiny.zip").read_bytes()
    (tmp_path / "hit.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelUnusable):
        registry.import_(tmp_path / "hit.zip")
    at = whole.index((tmp_path / "tiny" / "model.safetensors").read_bytes()) + 900
    (tmp_path / "hit.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
    with pytest.raises(ModelUnusable, match="is no whole zip"):
        registry.import_(tmp_path / "hit.zip")
    assert list(registry.folder.iterdir()) == []


def test_a_foreign_zip_is_said(registry: Registry, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photos/one.jpg", "x")
    with pytest.raises(ModelUnusable, match="holds no models at its top"):
        registry.import_(tmp_path / "photos.zip")
    with ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a/model.json", "{}")
        archive.writestr("b/model.json", "{}")
    with pytest.raises(ModelUnusable, match="holds 2 models at its top"):
        registry.import_(tmp_path / "two.zip")


def test_no_disk_while_importing_leaves_the_registry_as_it_was(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path / "tiny")
    path = zipped(tmp_path / "tiny", tmp_path / "tiny.zip")
    for module, step in ((shutil, "copyfileobj"), (shutil, "copyfile"), (os, "rename")):
        with monkeypatch.context() as patch:
            patch.setattr(module, step, _no_space)
            with pytest.raises(ModelUnusable, match="No space left"):
                registry.import_(path)
        assert list(registry.folder.iterdir()) == []
    assert registry.import_(path).new


def test_what_is_in_use_cannot_be_removed_and_anything_else_can(registry: Registry) -> None:
    for seed, name in enumerate(("one", "two")):
        saved(registry.folder / name, name, seed)
    registry.use("one")
    with pytest.raises(ModelUnusable, match="one is in use"):
        registry.remove("one")
    registry.remove("two")
    assert registry.own() == ["one"]
    for name in (DEFAULT, "nothing", "..", "../registry/one", ""):
        with pytest.raises(ModelUnusable, match="holds no model"):
            registry.remove(name)


def test_a_broken_model_can_be_removed(registry: Registry) -> None:
    (registry.folder / "broken").mkdir(parents=True)
    registry.remove("broken")
    assert registry.own() == []


def test_the_pointer_names_the_version_that_was_verified(registry: Registry) -> None:
    version = saved(registry.folder / "tiny").version
    registry.use("tiny")
    assert json.loads((registry.folder / POINTER).read_text()) == {"name": "tiny", "version": version}
