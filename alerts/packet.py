"""What an alert carries so that anybody can check it later: the numbers it came from, and a second computation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLOSE = 1e-6


@dataclass(frozen=True)
class Recheck:
    """A verdict computed again from an alert's evidence alone."""

    from_parts: float  # the posts' parts and the rest, summed
    from_numbers: float | None  # now, baseline and standard error, where the detector has these
    severity: str | None  # None: under the threshold, so there should have been no alert
    agrees: bool


def bounds(threshold: float, medium: float, high: float) -> dict[str, float]:
    """From which statistic on each severity begins."""
    return {"low": threshold, "medium": medium * threshold, "high": high * threshold}


def recheck(statistic: float, severity: str, evidence: Mapping[str, Any]) -> Recheck:
    """Compute statistic and severity again and compare.

    >>> evidence = {
    ...     "posts": [{"contribution": 1.5}], "rest": 1.0, "bounds": bounds(2.0, 1.2, 2.0),
    ...     "now": 0.5, "baseline": 0.25, "standard_error": 0.1,
    ... }
    >>> recheck(2.5, "medium", evidence)
    Recheck(from_parts=2.5, from_numbers=2.5, severity='medium', agrees=True)
    >>> recheck(9.9, "high", evidence).agrees
    False
    >>> _severity(5.0, {"low": 1.8, "high": 2.9, "medium": 2.3}), _severity(1.0, bounds(2.0, 1.2, 2.0))
    ('high', None)
    """
    from_parts = sum(part["contribution"] for part in evidence["posts"]) + evidence["rest"]
    from_numbers = _from_numbers(evidence)
    found = _severity(from_parts, evidence["bounds"])
    computed = (from_parts,) if from_numbers is None else (from_parts, from_numbers)
    same = all(math.isclose(each, statistic, rel_tol=0.0, abs_tol=CLOSE) for each in computed)
    return Recheck(from_parts, from_numbers, found, same and found == severity)


def _severity(statistic: float, least: Mapping[str, float]) -> str | None:
    """The gravest that is reached; storage keeps no order among them."""
    return next((name for name in ("high", "medium", "low") if statistic >= least[name] - CLOSE), None)


def _from_numbers(evidence: Mapping[str, Any]) -> float | None:
    if "standard_error" not in evidence:
        return None
    return float((evidence["now"] - evidence["baseline"]) / evidence["standard_error"])
