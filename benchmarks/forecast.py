"""Are forecasts better than repeating the past? On composed histories that no number was fitted to.

Rivals: the last day with posts, the mean of the last seven days, the plain mean and the median of all days before.
Absolute errors are those of the forecast's median, squared errors those of its mean. Differences carry 95 % intervals
from a paired bootstrap over subjects.

    python -m benchmarks.forecast [--sample]
"""

import argparse
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.composed.moods import CHANNELS, PEOPLE, MoodOptions
from alerts.evaluation.forecasts import SEEDS, Floats, Judged, composed, coverage, difference, errors, judge, lived
from alerts.forecast.outlook import HORIZONS
from alerts.forecast.snapshot import load_snapshot
from benchmarks.forecast_sample import found_in_sample
from benchmarks.results import keep
from models.labels import EMOTIONS

MISREAD = MoodOptions(accuracy=(0.45, 0.55), sure=(2.0, 3.0))
RATES = ((0.0, 0.7), (0.7, 1.5), (1.5, 4.0), (4.0, np.inf))
_COLUMNS = ("forecast", "last week", "plain mean", "forecast²", "last week²", "plain mean²", "in 80", "in 95")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=600, help="of each seed")
    parser.add_argument("--channels", type=int, default=120, help="of each seed")
    parser.add_argument("--sample", action="store_true", help="also the bundled sample, scored by the shipped model")
    options = parser.parse_args()
    found = {"options": vars(options), "seeds": SEEDS, "snapshot": load_snapshot().version}
    sets = {
        "composed persons": ("person", composed(options.people, PEOPLE)),
        "composed channels": ("channel", composed(options.channels, CHANNELS)),
        "persons, half of the posts misread": ("person", composed(options.people, MISREAD)),
        "persons of evaluate-alerts": ("person", lived(options.people)),
    }
    if options.sample:
        sets |= {f"sample: {kind}s": (kind, found_in_sample(kind)) for kind in ("person", "channel")}
    for name, (kind, subjects) in sets.items():
        found[name] = {f"next {days} days": _shown(name, days, judge(kind, subjects, days)) for days in HORIZONS}
    keep("forecast", found)


def _shown(name: str, days: int, judged: Judged) -> dict[str, Any]:
    found = summary(judged)
    print(f"\n{name}, {'next day' if days == 1 else 'next week'}: {found['cases']:,} forecasts of each emotion")
    print(f"{'':<12}{'absolute':>10}{'squared':>10}   forecast less this one: absolute, squared")
    for rival, row in found["errors"].items():
        less = "   ".join(_span(row[key]) for key in ("less_absolute", "less_squared") if key in row)
        print(f"{rival:<12}{row['absolute']:>10.4f}{row['squared']:>10.5f}   {less}")
    print("  covered  " + ", ".join(f"{key} {share:.1%}" for key, share in found["coverage"].items()))
    print(f"  {'':<16}" + "".join(f"{column:>14}" for column in _COLUMNS))
    for each, row in (found["by_emotion"] | found["by_rate"]).items():
        print(f"  {each:<16}" + "".join(f"{row[column]:>14.4f}" for column in _COLUMNS))
    return found


def _span(found: tuple[float, ...]) -> str:
    return f"{found[0]:+.4f} [{found[1]:+.4f}, {found[2]:+.4f}]"


def summary(judged: Judged) -> dict[str, Any]:
    """Everything that is told of one horizon."""
    all_errors, covered = errors(judged), coverage(judged)
    groups = {f"{low:g} to {high:g} a day": (judged.rate >= low) & (judged.rate < high) for low, high in RATES}
    return {
        "cases": len(judged.subject),
        "errors": {name: _row(name, all_errors, judged) for name in all_errors},
        "coverage": {name: float(each.mean()) for name, each in covered.items()},
        "by_emotion": {
            emotion: _part(all_errors, covered, (slice(None), column)) for column, emotion in enumerate(EMOTIONS)
        },
        "by_rate": {name: _part(all_errors, covered, (some,)) for name, some in groups.items() if some.any()},
    }


def _row(name: str, all_errors: dict[str, tuple[Floats, Floats]], judged: Judged) -> dict[str, Any]:
    absolute, squared = all_errors[name]
    row: dict[str, Any] = {"absolute": float(absolute.mean()), "squared": float(squared.mean())}
    if name != "forecast":
        ours = all_errors["forecast"]
        row["less_absolute"] = difference(ours[0], absolute, judged.subject)
        row["less_squared"] = difference(ours[1], squared, judged.subject)
    return row


def _part(
    all_errors: dict[str, tuple[Floats, Floats]], covered: dict[str, npt.NDArray[np.bool_]], some: tuple[Any, ...]
) -> dict[str, float]:
    absolute = {name: float(each[0][some].mean()) for name, each in all_errors.items()}
    squared = {f"{name}²": float(each[1][some].mean()) for name, each in all_errors.items() if name != "median"}
    return absolute | squared | {f"in {name}": float(covered[name][some].mean()) for name in ("80", "95")}


if __name__ == "__main__":
    main()
