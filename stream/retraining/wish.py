"""What somebody wants of a retraining."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.retraining.agreeing import SURE_ENOUGH


@dataclass(frozen=True)
class Wish:
    """`model` and `language` empty: whatever the labels call for. `fresh` trains from the start."""

    model: str = ""
    language: str = ""
    out: Path | None = None
    since: datetime | None = None
    seed: int = 1
    copies: int = 3
    base: int = 0
    least: float = SURE_ENOUGH
    fresh: bool = False
    weighted: bool = True
    alerts: bool = True
    resume: bool = False
    again: bool = False
    dry_run: bool = False
    quiet: bool = False

    def decides(self) -> dict[str, Any]:
        """All that makes one challenger another; goes into the record."""
        return {
            "seed": self.seed,
            "copies": self.copies,
            "base": self.base,
            "least_confidence": self.least,
            "fresh": self.fresh,
            "weighted": self.weighted,
        }
