"""`tideline models` as a person meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.ensembles.combination import Pool
from models.ensembles.ensemble import Ensemble
from models.ensembles.members import member_of
from models.load import DEFAULT, load_saved
from models.saved import SavedModel, save_model
from stream.cli import main
from tests.models.tiny import amend, saved

MODELS = Path(".tideline/models")


def tideline(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    return result


def in_use() -> str:
    listed = json.loads(tideline("models", "list", "--json").stdout)
    return str(next(entry["name"] for entry in listed if entry["in_use"]))


def test_a_fresh_clone_lists_the_shipped_default_in_use() -> None:
    lines = tideline("models", "list").stdout.splitlines()
    assert any(line.startswith(f"*  {DEFAULT} ") for line in lines)
    assert in_use() == DEFAULT


def test_use_changes_what_is_in_use_and_says_the_version() -> None:
    version = saved(MODELS / "mine", "mine").version
    assert version in tideline("models", "use", "mine").stdout
    assert in_use() == "mine"
    tideline("models", "use", "default")
    assert in_use() == DEFAULT


def test_the_registry_is_where_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_MODELS_FOLDER", "shelf")
    saved(Path("shelf/mine"), "mine")
    tideline("models", "use", "mine")
    assert in_use() == "mine"
    assert not MODELS.exists()


def test_a_broken_folder_is_listed_with_the_reason() -> None:
    saved(MODELS / "good", "good")
    saved(MODELS / "bad", "bad")
    (MODELS / "bad" / "vocabulary.txt").write_text("x")
    listed = tideline("models", "list").stdout
    assert "bad cannot be used: " in listed
    assert "its hash differs" in listed
    assert "good@" in listed


def test_a_refused_model_is_one_sentence_and_exit_code_1() -> None:
    saved(MODELS / "bad", "bad")
    amend(MODELS / "bad", lambda document: document.pop("temperature"))
    result = tideline("models", "use", "bad", code=1)
    assert result.stderr.startswith("tideline: ")
    assert "lacks or misstates temperature" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert in_use() == DEFAULT


def test_show_says_what_a_person_asks_of_a_model() -> None:
    version = saved(MODELS / "mine", "mine").version
    shown = tideline("models", "show", "mine").stdout
    for said in (
        version,
        "recurrent",
        "made-up .500 / .250",
        "from 0.50: precision 0.50",
        "none",
        "training, 1 epoch\n",
    ):
        assert said in shown
    manifest = json.loads(tideline("models", "show", "mine", "--json").stdout)
    assert manifest["thresholds"]["fear"] == {"threshold": 500, "precision": 0.5, "recall": 0.5, "curve": []}
    assert manifest["version"] == version
    assert tideline("models", "show", version).stdout == shown


def test_export_and_import_move_a_model_between_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    version = saved(MODELS / "mine", "mine").version
    assert "mine.zip" in tideline("models", "export", "mine").stdout
    monkeypatch.setenv("TIDELINE_DATA_DIR", "elsewhere")
    told = json.loads(tideline("models", "import", "mine.zip", "--json").stdout)
    assert told == {"name": "mine", "version": version, "new": True, "members": []}
    assert "is here already, with the same content" in tideline("models", "import", "mine.zip").stdout
    tideline("models", "import", "mine.zip", "--name", "other")
    tideline("models", "use", "other")
    assert in_use() == "other"


def test_importing_another_model_of_the_same_name_is_refused_with_the_way_out() -> None:
    saved(MODELS / "mine", "mine", seed=1)
    saved(Path("made"), "mine", seed=2)
    assert "--name" in tideline("models", "import", "made", code=1).stderr
    tideline("models", "import", "made", "--name", "mine-2")


def test_a_file_that_is_not_there_is_a_usage_error() -> None:
    assert "does not exist" in tideline("models", "import", "nothing.zip", code=2).stderr


def test_remove_refuses_the_model_in_use() -> None:
    saved(MODELS / "mine", "mine")
    tideline("models", "use", "mine")
    assert "mine is in use" in tideline("models", "remove", "mine", code=1).stderr
    tideline("models", "use", "default")
    tideline("models", "remove", "mine")
    assert not (MODELS / "mine").exists()


def both() -> Path:
    """An ensemble in the registry, and its members `one` and `two`."""
    for seed, name in enumerate(("one", "two")):
        saved(MODELS / name, name, seed)
    members = [load_saved(name, MODELS) for name in ("one", "two")]
    model = Ensemble("ensemble", [member_of(member) for member in members], Pool("mean", multi=False))
    manifest = members[0].manifest.model_copy(update={"name": "both", "kind": "ensemble", "config": model.config})
    save_model(MODELS / "both", SavedModel(manifest, model), card="# both\n")
    return MODELS / "both"


def problems() -> dict[str, str | None]:
    return {entry["name"]: entry["problem"] for entry in json.loads(tideline("models", "list", "--json").stdout)}


def test_remove_refuses_a_member_of_an_ensemble_and_names_that() -> None:
    both()
    saved(MODELS / "free", "free", seed=9)
    refused = tideline("models", "remove", "one", code=1).stderr
    assert "one is a member of the ensemble both: remove that first" in refused
    assert (MODELS / "one").is_dir()
    tideline("models", "remove", "free")
    tideline("models", "remove", "both")
    tideline("models", "remove", "one")
    assert not (MODELS / "one").exists()


def test_an_ensemble_whose_member_is_gone_is_listed_as_broken() -> None:
    both()
    assert set(problems().values()) == {None}
    (MODELS / "two").rename("away")
    assert "both cannot be used: It lacks its member two@" in tideline("models", "list").stdout
    assert problems()["one"] is None
    tideline("models", "use", "both", code=1)


def test_an_ensemble_whose_member_is_damaged_is_listed_as_broken() -> None:
    both()
    (MODELS / "two" / "vocabulary.txt").write_text("x")
    found = problems()["both"]
    assert found is not None
    assert found.startswith("Its member two@")
    assert "its hash differs" in found


def test_use_of_a_folder_says_to_import_it_first() -> None:
    saved(Path("made"), "made")
    said = tideline("models", "use", "./made", code=1).stderr
    assert "./made is not in the registry: say `tideline models import ./made` first" in said
    saved(MODELS / "mine", "mine")
    assert "say `tideline models use mine`" in tideline("models", "use", str(MODELS / "mine"), code=1).stderr
    assert in_use() == DEFAULT


def test_export_into_a_folder_that_is_not_there_names_it() -> None:
    saved(MODELS / "mine", "mine")
    said = tideline("models", "export", "mine", "backup/mine.zip", code=1).stderr
    assert "there is no folder backup: make it" in said
    assert "make room" not in said


def test_a_pinned_model_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    saved(MODELS / "mine", "mine")
    monkeypatch.setenv("TIDELINE_MODEL", "keywords")
    assert "TIDELINE_MODEL pins keywords" in tideline("models", "use", "mine").stdout


def test_a_model_that_lacks_a_language_in_use_is_pointed_out() -> None:
    saved(MODELS / "mine", "mine", languages=("ko",))
    assert "does not know en" in tideline("models", "use", "mine").stderr


@pytest.mark.parametrize(
    ("model", "chosen", "says"),
    [
        ("default", None, "shipped, the default"),
        ("default", "mine", "mine, chosen by `tideline models use`"),
        ("mine", None, "mine, pinned by TIDELINE_MODEL"),
        (DEFAULT, "mine", "shipped, pinned by TIDELINE_MODEL"),
        ("keywords", "mine", "keywords-2, the double for tests"),
    ],
)
def test_doctor_says_which_model_and_where_it_comes_from(
    model: str, chosen: str | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(MODELS / "mine", "mine")
    if chosen:
        tideline("models", "use", chosen)
    monkeypatch.setenv("TIDELINE_MODEL", model)
    monkeypatch.setenv("TIDELINE_MODE", "demo")
    checks = json.loads(tideline("doctor", "--json", code=1).stdout)["checks"]
    found = next(check for check in checks if check["what"] == "model")
    assert found["ok"]
    assert found["says"].endswith(says)
