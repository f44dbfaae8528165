"""Write docs/commands.md from the commands themselves: `python docs/reference.py`."""

from collections.abc import Iterator
from pathlib import Path

import click

from stream.cli import main

PAGE = Path(__file__).parent / "commands.md"
HEAD = """# Commands

What `--help` says, for every command. Written by `make docs`; a test holds it to the code.
"""


def reference() -> str:
    parts = [HEAD]
    for name, command in commands(main, "tideline", None):
        context = click.Context(command, info_name=name, terminal_width=100, **main.context_settings)
        command._help_option = None  # click keeps the one that was asked for first
        parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def commands(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, click.Command]]:
    """A command and everything below it, in the order of the help."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name, parent=parent)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from commands(found, f"{name} {below}", context)


if __name__ == "__main__":
    PAGE.write_text(reference())
