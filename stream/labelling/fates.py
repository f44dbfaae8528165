"""What became of each row of an imported file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

ADDED, KNOWN, TWICE = "added", "known", "twice"
GOOD = (ADDED, KNOWN, TWICE)
"""Stored; stored before; said before in the same file. Every other fate is a refusal."""
SHOWN = 1000  # refusals told in one answer; `--report` has them all


class Fate(NamedTuple):
    """Of one row, by its line."""

    line: int
    fate: str
    why: str = ""


@dataclass
class Fates:
    """All rows of a file, in its order."""

    rows: list[Fate] = field(default_factory=list)
    wordless: int = 0  # stored with consent, but the words had expired or were never kept

    def add(self, line: int, fate: str, why: str = "") -> None:
        self.rows.append(Fate(line, fate, why))

    @property
    def counts(self) -> dict[str, int]:
        """How many rows met each fate, good ones first."""
        found = Counter(row.fate for row in self.rows)
        refusals = sorted(found.keys() - set(GOOD), key=lambda fate: (-found[fate], fate))
        return {fate: found[fate] for fate in (*GOOD, *refusals)}

    @property
    def refused(self) -> list[Fate]:
        return [row for row in self.rows if row.fate not in GOOD]

    def as_dict(self) -> dict[str, Any]:
        """For scripts: counts, and what was refused and why, by line."""
        return {
            "rows": len(self.rows),
            "counts": self.counts,
            "without_words": self.wordless,
            "refused": [row._asdict() for row in self.refused[:SHOWN]],
        }
