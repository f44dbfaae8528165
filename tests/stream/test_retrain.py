"""`tideline retrain`: what it learns from, what it measures, what it leaves behind."""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from models.errors import ModelError
from models.labels import EMOTIONS
from models.registry.folder import Registry
from models.retraining import deciding
from models.saved import read_manifest
from storage.database import make_engine, transaction
from storage.decisions import Decision, decisions, latest_for
from stream.retraining import making
from stream.retraining.lock import alone
from stream.retraining.record import as_bytes, read_record
from stream.retraining.workshop import Workshop
from tests.stream import retrained
from tests.stream.helpers import KEY, NOW
from tests.stream.retrained import tideline, write_labels

TURNED = {emotion: EMOTIONS[number - 3] for number, emotion in enumerate(EMOTIONS)}


@pytest.fixture(scope="module")
def filled(postgres: str, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A database with posts and a registry with a champion, made once."""
    folder = tmp_path_factory.mktemp("site")
    name = f"retrain_{uuid.uuid4().hex[:8]}"
    _admin(postgres, f"CREATE DATABASE {name} TEMPLATE {migrated}")
    engine = make_engine(_url(postgres, name))
    retrained.fill(engine)
    engine.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("TIDELINE_DATA_DIR", str(folder))
        retrained.train_champion(folder)
    yield name, folder
    _admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def site(filled: tuple[str, Path], postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Copies of both, with no labels yet; the settings point there."""
    name = f"site_{uuid.uuid4().hex[:8]}"
    _admin(postgres, f"CREATE DATABASE {name} TEMPLATE {filled[0]}")
    shutil.copytree(filled[1] / "models", tmp_path / "data" / "models")
    for key, value in {
        "TIDELINE_DATABASE": _url(postgres, name),
        "TIDELINE_DATA_DIR": str(tmp_path / "data"),
        "TIDELINE_MODE": "demo",
        "TIDELINE_PSEUDONYM_KEY": KEY.decode(),
        "TIDELINE_MODEL": "tiny-1",
        "TIDELINE_LANGUAGES": '["en"]',
    }.items():
        monkeypatch.setenv(key, value)
    engine = make_engine(_url(postgres, name))
    yield engine
    engine.dispose()
    _admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _url(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def retrain(*arguments: str, code: int = 0) -> Any:
    result = tideline("retrain", "--no-alerts", "--quiet", "--json", *arguments, code=code)
    return json.loads(result.stdout) if code == 0 else result.output


def labelled(tmp_path: Path, **turned: dict[str, str]) -> None:
    tideline("label", "import", str(write_labels(tmp_path / "labels.csv", **turned)))


def test_a_challenger_that_learned_what_people_write_is_better_and_is_not_promoted(
    site: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(tmp_path)
    monkeypatch.setattr(deciding, "ENOUGH", 20)  # so small a site holds out 24 labels
    made = retrain()
    decision, folder = made["decision"], Path(made["folder"])
    assert decision["verdict"] == "better", (decision["reasons"], made["labels"])
    assert Registry(tmp_path / "data" / "models").current() == "bilstm-en-1"  # nobody chose, nobody chooses
    with transaction(site) as connection:
        stored = latest_for(connection, decision["challenger"])
    assert stored is not None
    assert stored == read_record(folder)
    assert decision["challenger"] == read_manifest(folder).version
    assert_no_words(folder)
    again = retrain()
    assert again["nothing_made"].startswith("There is nothing new")
    assert len(own_models(tmp_path)) == 2
    with transaction(site) as connection, pytest.raises(DBAPIError, match="only ever added to"):
        connection.execute(text("UPDATE model_decisions SET verdict = 'worse'"))


def assert_no_words(folder: Path) -> None:
    """Record, page and card hold no post; each post ends in its number, which is nowhere else."""
    posted = [post["text"] for post in retrained.posts()]
    for name in ("decision.json", "report.html", "README.md", "model.json"):
        content = (folder / name).read_text()
        assert not [words for words in posted if words in content]
        assert "author-" not in content


def test_labels_turned_by_most_labellers_are_refused_without_weights_and_harmless_with_them(
    site: Engine, tmp_path: Path
) -> None:
    labelled(tmp_path, ana=TURNED, ben=TURNED)
    poisoned = retrain("--unweighted")["decision"]
    assert poisoned["verdict"] == "worse"
    assert "The labels are not to be trusted" in poisoned["reasons"][0]
    weighed = retrain("--again")
    assert weighed["decision"]["verdict"] != "worse", weighed["decision"]["reasons"]
    assert weighed["labels"]["golden"]["wrong"] == 0
    assert weighed["labels"]["trust"][0] > 0.8 > 0.3 > weighed["labels"]["trust"][1]
    with transaction(site) as connection:
        assert [each.verdict for each in decisions(connection)] == [weighed["decision"]["verdict"], "worse"]


def test_a_dry_run_accounts_for_every_post_and_makes_nothing(site: Engine, tmp_path: Path) -> None:
    labelled(tmp_path)
    tideline("people", "opt-out", "--source", "test", said="author-3")
    found = retrain("--dry-run")
    account = found["labels"]
    kept = sum(account[part] for part in ("learned", "validation", "held_out", "later"))
    assert kept + sum(account["left_out"].values()) == account["judged"]
    assert account["judged"] == (retrained.PEOPLE - 1) * retrained.EACH  # all that was said of them is erased
    assert account["left_out"]["no consent"] == 16
    assert own_models(tmp_path) == ["tiny-1"]
    assert list((tmp_path / "data" / "models").glob(".*.training")) == []


def test_without_labels_there_is_nothing_to_do_and_that_is_no_failure(site: Engine) -> None:
    assert "0 labels to learn from" in retrain()["nothing_made"]


def test_a_record_that_cannot_be_written_is_told_and_no_model_shows(tmp_path: Path) -> None:
    work = Workshop(tmp_path / "tiny-2")
    (work.whole / "decision.json").mkdir(parents=True)
    with pytest.raises(ModelError, match=r"decision.json could not be written"):
        work.add("decision.json", b"{}")
    assert not work.folder.exists()


def test_two_retrainings_never_run_at_once(site: Engine, tmp_path: Path) -> None:
    with alone(tmp_path / "data" / "models"):
        assert "another retraining is under way" in retrain(code=1)
    (tmp_path / "file").write_text("")
    assert f"{tmp_path / 'file'} is a file and no folder" in retrain("--out", str(tmp_path / "file" / "new-1"), code=1)


def test_what_a_dead_run_did_not_tell_the_database_the_next_one_does(
    site: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(making, "add_decision", _dies)
        assert "unexpected RuntimeError" in retrain(code=1)
    with transaction(site) as connection:
        assert decisions(connection) == []
    retrain("--dry-run")
    with transaction(site) as connection:
        assert [each.challenger.split("@")[0] for each in decisions(connection)] == ["tiny-2"]


@pytest.mark.parametrize("asked", [("list",), ("promotions",), ("promote", "tiny-1", "--because", "x")])
def test_who_looks_at_models_tells_the_database_too_and_a_broken_record_is_in_nobodys_way(
    site: Engine, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    shelf = tmp_path / "data" / "models"
    found = Decision(str(uuid.uuid4()), NOW, "old@1", "tiny-1@2", "en", "equal", ("none",), {}, "0" * 64)
    (shelf / "tiny-1" / "decision.json").write_bytes(as_bytes(found))
    shutil.copytree(shelf / "tiny-1", shelf / "broken-1")
    (shelf / "broken-1" / "decision.json").write_bytes(as_bytes(replace(found, id=str(uuid.uuid4()), verdict="?")))  # type: ignore[arg-type]
    tideline("models", *asked, code=1 if "promote" in asked else 0)
    with transaction(site) as connection:
        assert decisions(connection) == [found]


def _dies(*_: object) -> None:
    raise RuntimeError("it dies here")


def test_an_ensemble_and_a_model_without_its_data_are_refused_with_what_to_do(site: Engine, tmp_path: Path) -> None:
    assert "retrain a member with --model logistic-ko-1" in retrain("--model", "duo-ko-1", code=1)
    folder = tmp_path / "data" / "models" / "tiny-1"
    manifest = json.loads((folder / "model.json").read_text())
    manifest["training"]["data"] = ["gone.csv"]
    (folder / "model.json").write_text(json.dumps(manifest))
    assert "gone.csv) is not at hand" in retrain(code=1)


def own_models(tmp_path: Path) -> list[str]:
    return Registry(tmp_path / "data" / "models").own()
