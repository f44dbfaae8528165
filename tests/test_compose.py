"""docker-compose.yml and what it builds, checked without a Docker engine."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from compose_spec import PyCompose

from dashboards.grafana.query import SOURCES, TYPE
from dashboards.server.wanted import FOLDER_UIDS
from stream.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
FILE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
IMAGES = [service["image"] for service in SERVICES.values()] + re.findall("FROM (.+)", DOCKERFILE)
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("tideline:")]
ONE_SHOT = {"migrate"}
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
SECRET = re.compile(r"(KEY|SECRET|PASSWORD)$")


def refuse(command: click.Command, words: list[str]) -> None:
    """Raise a click error where the words are not a command with options it has; run nothing."""
    context = command.make_context(command.name, list(words))
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        _, chosen, rest = command.resolve_command(context, rest)
        assert chosen is not None
        refuse(chosen, rest)


def our_commands() -> Iterator[tuple[str, list[str]]]:
    for name in OURS:
        service = SERVICES[name]
        yield name, service["command"]
        if "healthcheck" in service:
            yield name, service["healthcheck"]["test"][1:]


def test_the_file_follows_the_compose_specification() -> None:
    PyCompose.from_yaml(yaml.safe_dump(FILE)).validate()


@pytest.mark.parametrize("broken", ["restrat: always", "stop_grace_period: soon", "networks: [nowhere]"])
def test_the_specification_check_notices_a_mistake(broken: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        PyCompose.from_yaml(f"services:\n  one:\n    image: a:1\n    {broken}\n").validate()


@pytest.mark.parametrize(("service", "words"), [*our_commands()])
def test_every_command_is_one_the_cli_has(service: str, words: list[str]) -> None:
    from stream.cli import main

    assert words[0] == "tideline"
    refuse(main, words[1:])


@pytest.mark.parametrize("words", [["wroker"], ["worker", "--no-such-option"]])
def test_the_command_check_notices_a_mistake(words: list[str]) -> None:
    from stream.cli import main

    with pytest.raises(click.UsageError):
        refuse(main, words)


def test_every_tideline_variable_is_a_setting() -> None:
    known = {f"TIDELINE_{name}".upper() for name in Settings.model_fields}
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_to_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("image", [*(s["image"] for s in SERVICES.values()), *re.findall("FROM (.+)", DOCKERFILE)])
def test_every_image_is_pinned(image: str) -> None:
    assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z-]+)?$", image)


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file(name: str) -> None:
    environment = SERVICES[name]["environment"]
    for secret in filter(SECRET.search, environment):
        assert REQUIRED.fullmatch(environment[secret]), f"{secret} must come from .env"
    assert not re.search(r"://[^:/\s]+:[^$@\s]+@", str(environment)), "a URL holds a literal password"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_rotates_its_log_and_says_when_to_restart(name: str) -> None:
    assert "max-size" in SERVICES[name]["logging"]["options"]
    assert SERVICES[name]["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_services_wait_for_what_they_need(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if needed in ONE_SHOT else "service_healthy"
        assert how["condition"] == wanted
        assert needed in ONE_SHOT or "healthcheck" in SERVICES[needed]


def test_the_worker_has_time_to_drain() -> None:
    grace = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace > max(30, Settings.model_fields["drain_seconds"].default)


def test_the_worker_writes_the_health_file_that_its_check_reads_where_it_may_write() -> None:
    worker = SERVICES["worker"]
    written = Path(worker["environment"]["TIDELINE_HEALTH_FILE"])
    assert worker["read_only"]
    assert str(written.parent) in worker["tmpfs"]


def test_what_must_last_is_on_named_volumes() -> None:
    assert {"kafka", "postgres", "grafana"} == set(FILE["volumes"])
    for name in FILE["volumes"]:
        assert any(mount.startswith(f"{name}:/") for mount in SERVICES[name]["volumes"])


def test_grafana_is_given_files_that_exist() -> None:
    mounts = dict(mount.split(":")[:2] for mount in SERVICES["grafana"]["volumes"])
    folders = {source: target for source, target in mounts.items() if source.startswith("./")}
    assert all((ROOT / source).is_dir() for source in folders)
    root = Path(mounts["./dashboards/json"])
    for provider in provisioned("dashboards"):
        inside = Path(provider["options"]["path"]).relative_to(root)
        assert list((ROOT / "dashboards" / "json" / inside).glob("*.json")), f"{provider['name']} has no dashboard"
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (ROOT / "dashboards" / "json" / home.relative_to(root)).exists()
    assert mounts["./dashboards/provisioning"] == "/etc/grafana/provisioning"


def provisioned(kind: str) -> list[dict[str, Any]]:
    """Every provider or data source that Grafana finds."""
    names = {"dashboards": "providers", "datasources": "datasources"}
    files = sorted((ROOT / "dashboards" / "provisioning" / kind).glob("*.yml"))
    return [each for file in files for each in yaml.safe_load(file.read_text())[names[kind]]]


def test_grafana_logs_in_as_the_roles_that_look_and_never_as_the_owner() -> None:
    sources = {source["uid"]: source for source in provisioned("datasources")}
    assert {uid: source["user"] for uid, source in sources.items()} == {
        "tideline": "tideline_dashboard",
        "tideline-person": "tideline_person",
    }
    environment = SERVICES["grafana"]["environment"]
    given = {source["secureJsonData"]["password"].removeprefix("$") for source in sources.values()}
    assert given == {"TIDELINE_DASHBOARD_PASSWORD", "TIDELINE_PERSON_PASSWORD"}
    assert given == {name for name in environment if name.startswith("TIDELINE_")}
    assert given <= set(SERVICES["migrate"]["environment"])


def test_the_sources_and_folders_are_those_that_the_dashboards_name() -> None:
    assert {source["uid"] for source in provisioned("datasources")} == set(SOURCES.values())
    assert {source["type"] for source in provisioned("datasources")} == {TYPE}
    assert {provider["folderUid"] for provider in provisioned("dashboards")} == set(FOLDER_UIDS.values())


def test_grafana_is_of_the_version_that_the_dashboards_are_built_for() -> None:
    """The builders' version is an epoch, `!`, and the minor version of Grafana."""
    built_for = version("grafana-foundation-sdk").split("!")[1].rsplit(".", 1)[0]
    assert SERVICES["grafana"]["image"].startswith(f"grafana/grafana:{built_for}.")


def test_the_image_runs_without_root_and_copies_what_exists() -> None:
    assert re.findall("^USER (.+)$", DOCKERFILE, re.MULTILINE)[-1] == "tideline"
    lines = re.findall("^COPY (.+) ./", DOCKERFILE, re.MULTILINE)
    copied = [word for line in lines for word in line.split()]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == allowed
    assert all((ROOT / name).exists() for name in copied)
