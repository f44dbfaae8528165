"""Whatever is wrong outside: one sentence that says what to do, a failing exit code, and no traceback."""

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from stream.services.broker import start_broker, stop_broker
from stream.services.process import free_port
from tests.end_to_end.tour import environment

NEED_TABLES = [["worker"], ["status"], ["verify", "FILE"], ["dlq", "list"], ["deliver", "--once"], ["rebuild"]]
SECRET = "a-password-that-must-not-print"


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tideline-broker-") as folder:
        yield start_broker(Path(folder))
        stop_broker(Path(folder))


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stream.cli", *arguments],
        cwd=folder, env=environment(folder) | settings, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode not in {0, -9}, done.stdout
    assert "Traceback" not in done.stderr
    [sentence] = [line for line in done.stderr.splitlines() if line.startswith("tideline: ")]
    for word in words:
        assert word in sentence
    assert done.stderr.count("\n") == 1, f"more than the sentence: {done.stderr}"
    assert SECRET not in done.stderr + done.stdout


def nowhere() -> str:
    return f"127.0.0.1:{free_port()}"


def no_postgres() -> str:
    return f"postgresql+psycopg2://tideline:{SECRET}@{nowhere()}/tideline"


def csv_file(folder: Path) -> str:
    (folder / "posts.csv").write_text("user,text,time\nada,so sad,2025-03-01T10:00:00Z\n")
    return "posts.csv"


@pytest.mark.parametrize("command", [["worker"], ["replay", "--no-progress", "FILE"], ["migrate"]])
def test_an_unreachable_broker(tmp_path: Path, database_url: str, command: list[str]) -> None:
    arguments = [csv_file(tmp_path) if word == "FILE" else word for word in command]
    address = nowhere()
    done = run(tmp_path, *arguments, TIDELINE_KAFKA=address, TIDELINE_DATABASE=database_url)
    assert_one_sentence(done, address, "TIDELINE_KAFKA", "tideline up")


@pytest.mark.parametrize(
    "command",
    [["worker"], ["status"], ["verify", "FILE"], ["dlq", "list"], ["deliver", "--once"], ["migrate"], ["rebuild"]],
)
def test_an_unreachable_postgres(tmp_path: Path, command: list[str]) -> None:
    arguments = [csv_file(tmp_path) if word == "FILE" else word for word in command]
    url = no_postgres()
    done = run(
        tmp_path, *arguments,
        TIDELINE_KAFKA=nowhere(), TIDELINE_DATABASE=url, TIDELINE_WEBHOOK_URL="http://127.0.0.1:1/",
    )  # fmt: skip
    assert_one_sentence(done, "Postgres", f":{make_url(url).port}/", "TIDELINE_DATABASE")


@pytest.mark.parametrize("command", [["worker"], ["status"], ["dlq", "list"], ["migrate"]])
def test_a_wrong_password(tmp_path: Path, postgres: str, command: list[str]) -> None:
    wrong = make_url(postgres).set(password=SECRET).render_as_string(hide_password=False)
    done = run(tmp_path, *command, TIDELINE_KAFKA=nowhere(), TIDELINE_DATABASE=wrong)
    assert_one_sentence(done, "refused the login", "check user and password in TIDELINE_DATABASE")


@pytest.mark.parametrize(
    "command", [["worker"], ["status"], ["verify", "FILE"], ["dlq", "list"], ["deliver", "--once"], ["rebuild"]]
)
def test_a_database_without_tables(tmp_path: Path, postgres: str, command: list[str]) -> None:
    arguments = [csv_file(tmp_path) if word == "FILE" else word for word in command]
    done = run(
        tmp_path, *arguments,
        TIDELINE_KAFKA=nowhere(), TIDELINE_DATABASE=postgres, TIDELINE_WEBHOOK_URL="http://127.0.0.1:1/",
    )  # fmt: skip
    assert_one_sentence(done, "run `tideline migrate`")


def test_a_metrics_port_in_use(tmp_path: Path, database_url: str, broker: str) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(
            tmp_path, "worker", "--quiet",
            TIDELINE_KAFKA=broker, TIDELINE_DATABASE=database_url, TIDELINE_METRICS_PORT=port,
        )  # fmt: skip
    assert_one_sentence(done, f"port {port}", "TIDELINE_METRICS_PORT")


def test_a_model_that_is_not_there(tmp_path: Path, database_url: str, broker: str) -> None:
    done = run(
        tmp_path, "worker", TIDELINE_KAFKA=broker, TIDELINE_DATABASE=database_url, TIDELINE_MODEL="/no/such/model"
    )
    assert_one_sentence(done, "no model '/no/such/model'")


def test_a_health_file_in_a_folder_that_is_not_there(tmp_path: Path, database_url: str, broker: str) -> None:
    done = run(
        tmp_path, "worker", "--quiet",
        TIDELINE_KAFKA=broker, TIDELINE_DATABASE=database_url, TIDELINE_HEALTH_FILE=str(tmp_path / "no" / "file"),
    )  # fmt: skip
    assert_one_sentence(done, "TIDELINE_HEALTH_FILE")


@pytest.mark.parametrize("command", [["replay"], ["replay", "--dry-run"], ["verify"]])
def test_a_missing_file(tmp_path: Path, database_url: str, command: list[str]) -> None:
    done = run(tmp_path, *command, "no-such.csv", TIDELINE_KAFKA=nowhere(), TIDELINE_DATABASE=database_url)
    assert_one_sentence(done, "no-such.csv")


def test_nothing_configured(tmp_path: Path) -> None:
    assert_one_sentence(run(tmp_path, "worker"), "tideline up", "TIDELINE_KAFKA")


def test_a_demo_secret_outside_demo_mode(tmp_path: Path, database_url: str, broker: str) -> None:
    done = run(tmp_path, "worker", TIDELINE_MODE="live", TIDELINE_KAFKA=broker, TIDELINE_DATABASE=database_url)
    assert_one_sentence(done, "TIDELINE_PSEUDONYM_KEY", "tideline doctor --make-secrets")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TIDELINE_BATCH_SIZE", "0"),
        ("TIDELINE_BATCH_SECONDS", "soon"),
        ("TIDELINE_MODE", "party"),
        ("TIDELINE_DATABASE", "what"),
    ],
)
def test_a_wrong_setting(tmp_path: Path, setting: str, value: str) -> None:
    done = run(tmp_path, "worker", **{"TIDELINE_KAFKA": nowhere(), "TIDELINE_DATABASE": no_postgres(), setting: value})
    assert_one_sentence(done, setting)


@pytest.mark.parametrize("command", [["worker", "--no-such"], ["no-such"], ["replay"], ["worker", "--workers", "many"]])
def test_a_wrong_option_or_command(tmp_path: Path, command: list[str]) -> None:
    done = run(tmp_path, *command)
    assert done.returncode == 2
    assert re.search(r"^Error: ", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["worker"], ["status"]])
def test_debug_shows_the_whole_story(tmp_path: Path, command: list[str]) -> None:
    done = run(tmp_path, "--debug", *command, TIDELINE_KAFKA=nowhere(), TIDELINE_DATABASE=no_postgres())
    assert done.returncode != 0
    assert "Traceback" in done.stderr
    assert SECRET not in done.stderr


@pytest.mark.parametrize("command", [["status"], ["dlq", "list"], ["migrate"], ["verify", "--json", "FILE"]])
def test_a_command_that_works_says_nothing_on_stderr(
    tmp_path: Path, database_url: str, broker: str, command: list[str]
) -> None:
    arguments = [csv_file(tmp_path) if word == "FILE" else word for word in command]
    done = run(tmp_path, *arguments, TIDELINE_KAFKA=broker, TIDELINE_DATABASE=database_url)
    assert done.stderr == ""
    assert done.stdout
