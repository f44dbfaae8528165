import os
import stat
from pathlib import Path

import pytest

from stream.errors import SettingsInvalid
from stream.secrets_file import NAMES, make_secrets
from stream.settings import DEMO_SECRET, read_settings, unknown_names

GOOD = "a-good-long-secret-for-tests-0123456789"


def test_live_mode_refuses_the_demo_secret_and_says_what_makes_a_good_one() -> None:
    with pytest.raises(SettingsInvalid, match="doctor --make-secrets"):
        read_settings(mode="live").require_secrets()


def test_live_mode_refuses_a_short_secret() -> None:
    with pytest.raises(SettingsInvalid, match="WEBHOOK_SECRET is too short"):
        read_settings(mode="live", pseudonym_key=GOOD, webhook_secret="short").require_secrets()


def test_demo_mode_takes_the_demo_secret() -> None:
    assert read_settings(mode="demo").require_secrets().key == DEMO_SECRET.encode()


def test_secrets_and_the_database_password_are_in_no_repr() -> None:
    shown = repr(read_settings(pseudonym_key=GOOD, database="postgresql://u:hidden-password@h/d"))
    assert GOOD not in shown
    assert "hidden-password" not in shown


def test_a_wrong_value_is_one_sentence_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_BATCH_SIZE", "many")
    with pytest.raises(SettingsInvalid, match="TIDELINE_BATCH_SIZE") as caught:
        read_settings()
    assert "\n" not in str(caught.value)


def test_a_wrong_secret_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_TEXT_DAYS", "quoted-canary")
    with pytest.raises(SettingsInvalid) as caught:
        read_settings()
    assert "quoted-canary" not in str(caught.value)


def test_environment_beats_dotenv_beats_toml_beats_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".tideline").mkdir()
    (tmp_path / ".tideline" / "services.toml").write_text('kafka = "services:1"\ngroup = "services"\nmodel = "s"\n')
    (tmp_path / "tideline.toml").write_text('group = "toml"\nmodel = "toml"\nposts_topic = "toml"\n')
    (tmp_path / ".env").write_text("TIDELINE_MODEL=dotenv\nTIDELINE_POSTS_TOPIC=dotenv\n")
    monkeypatch.setenv("TIDELINE_POSTS_TOPIC", "environment")
    found = read_settings()
    assert (found.kafka, found.group, found.model, found.posts_topic) == ("services:1", "toml", "dotenv", "environment")


def test_a_broken_settings_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tideline.toml").write_text("group = \n")
    with pytest.raises(SettingsInvalid, match="TOML"):
        read_settings()


def test_made_secrets_are_private_long_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("TIDELINE_PSEUDONYM_KEY=kept\nOTHER=1")
    assert set(make_secrets(path)) == set(NAMES) - {"TIDELINE_PSEUDONYM_KEY"}
    written = path.read_text()
    assert "TIDELINE_PSEUDONYM_KEY=kept\nOTHER=1\n" in written
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert make_secrets(path) == []
    assert path.read_text() == written


def test_made_secrets_satisfy_live_mode(tmp_path: Path) -> None:
    make_secrets(tmp_path / ".env")
    assert read_settings(mode="live").require_secrets().mode == "live"


def test_a_config_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsInvalid, match="does not exist"):
        read_settings()


def test_a_misspelt_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_BATCHSIZE", "5")
    assert unknown_names() == ["TIDELINE_BATCHSIZE"]
