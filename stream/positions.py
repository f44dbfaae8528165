"""Where an interrupted replay goes on: a small file per replay, written only for what the broker has."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stream.errors import FileUnreadable
from stream.files import STDIN

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Position:
    """Every message up to `done` is in the log; `offsets` are the last ones the broker gave, by partition."""

    done: int = 0
    offsets: dict[int, int] = field(default_factory=dict)


class PositionFile:
    """Remembers one replay, known by what its files hold and by its options, not by where they lie."""

    def __init__(self, folder: Path, paths: Sequence[str], identity: dict[str, str]) -> None:
        self.path = None if STDIN in paths else folder / f"{_digest(paths, identity)}.json"

    def load(self) -> Position:
        """The saved position; the beginning, where there is none or it cannot be read."""
        try:
            saved = json.loads(self.path.read_text()) if self.path else {}
            offsets = {int(partition): int(offset) for partition, offset in saved.get("offsets", {}).items()}
            return Position(int(saved.get("done", 0)), offsets)
        except (OSError, ValueError, AttributeError, TypeError):
            return Position()

    def save(self, position: Position) -> None:
        if self.path is None or not position.done:
            return
        record = {"done": position.done, "offsets": position.offsets}
        scratch = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with scratch.open("w") as file:
                json.dump(record, file)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(self.path)
        except OSError as error:
            raise FileUnreadable(
                f"the position of the replay cannot be written to {self.path} ({error.strerror}): "
                "free some room or set TIDELINE_DATA_DIR."
            ) from error

    def forget(self) -> None:
        """The replay is finished: the next one starts over."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def _digest(paths: Sequence[str], identity: dict[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode())
    for path in paths:
        try:
            with open(path, "rb") as file:
                head = file.read(HEAD)
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise FileUnreadable(f"{path} cannot be opened ({error.strerror}): check the name.") from error
        digest.update(f"{size}:{len(head)}:".encode() + head)
    return digest.hexdigest()[:32]
