"""The docs are tested: commands exist with their options, settings are all described, links lead somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest

from docs.reference import PAGE, commands, reference
from stream.cli import main
from stream.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_command_reference_is_what_help_says() -> None:
    assert PAGE.read_text() == reference(), "run `make docs`"


def test_every_setting_is_described_and_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    described = set(re.findall(r"^\| (TIDELINE_\w+)", page, re.MULTILINE))
    assert described == {f"TIDELINE_{name.upper()}" for name in Settings.model_fields}


def read(page: Path) -> str:
    return page.read_text()


def invocations(page: Path) -> list[str]:
    """Every `tideline …` in a code block line or in back-ticks, shortened at pipes and comments."""
    text = read(page)
    text = re.sub(r"```text\n.*?```", "", text, flags=re.DOTALL)
    blocks = re.findall(r"^ {4}(.*tideline .*)$", text, re.MULTILINE)
    for block in re.findall(r"```(?:sh|console)?\n(.*?)```", text, re.DOTALL):
        blocks += block.splitlines()
    inline = re.findall(r"`(tideline [^`]+)`", text)
    found = [re.search(r"\btideline (?!:)[^|&#>…]*", line) for line in blocks + inline]
    return [match.group().strip() for match in found if match]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_the_docs_is_real(page: Path) -> None:
    for line in invocations(page):
        words = shlex.split(line)[1:]
        command: click.Command = main
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, f"{page.name}: {line}"
            command = found
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        known |= {"--help", "-h"}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(page)):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_file_the_docs_name_exists() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:stream|alerts|storage|models|tests|docs|data|benchmarks)/[\w./-]+)`", read(page)):
            assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_every_command_has_help_a_newcomer_can_use() -> None:
    for name, command in commands(main, "tideline", None):
        assert command.help, name
        assert len(command.help) > 30, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"


def test_everything_that_reports_can_do_so_in_json() -> None:
    silent = {"tideline worker", "tideline health", "tideline down", "tideline receive", "tideline people pseudonym"}
    for name, command in commands(main, "tideline", None):
        if not isinstance(command, click.Group) and name not in silent:
            assert any("--json" in parameter.opts for parameter in command.params), name
