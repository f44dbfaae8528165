"""`python -m benchmarks.series`: false episodes against recall of `tideline detect --kind spike`, setting by setting.

The series are composed (alerts/composed/series.py). An alert within an hour of a label finds it; any other is
false. The threshold is chosen on the validation seeds: the least with at most three false episodes a
series-month on average; the test seeds say what it is worth.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from multiprocessing import Pool
from typing import Any

from alerts.composed.series import SETTINGS, compose_series
from alerts.detect.spikes import THRESHOLD
from alerts.evaluation.series import Count, judge
from benchmarks.results import keep

_BUDGET = 3.0
_THRESHOLDS = (2.5, 2.6, 2.7, 2.8, 2.9, 3.0, 3.1, 3.3, 3.6, 4.0)


def frontier(seeds: Sequence[int], thresholds: Sequence[float]) -> dict[str, dict[float, Count]]:
    """For each setting, what each threshold does."""
    jobs = [(name, seed, threshold) for name in SETTINGS for seed in seeds for threshold in thresholds]
    found: dict[str, dict[float, Count]] = {name: {each: Count() for each in thresholds} for name in SETTINGS}
    with Pool() as pool:
        for (name, _, threshold), count in zip(jobs, pool.imap(_one, jobs, chunksize=4), strict=True):
            found[name][threshold] += count
    return found


def _one(job: tuple[str, int, float]) -> Count:
    name, seed, threshold = job
    return judge(compose_series(SETTINGS[name], 1000 * list(SETTINGS).index(name) + seed), threshold)


def choose(table: dict[str, dict[float, Count]]) -> float:
    """The least threshold that keeps to the budget on average over the settings."""
    kept = [each for each in _THRESHOLDS if _mean(table, each, "false_per_month") <= _BUDGET]
    return min(kept, default=_THRESHOLDS[-1])


def _mean(table: dict[str, dict[float, Count]], threshold: float, what: str) -> float:
    values = [counts[threshold].as_dict()[what] for counts in table.values()]
    return sum(values) / len(values)


def _print(table: dict[str, dict[float, Count]]) -> None:
    thresholds = list(next(iter(table.values())))
    print(f"{'false / recall':<16}" + "".join(f"{each:>12}" for each in thresholds))
    for name, counts in table.items():
        told = [counts[each].as_dict() for each in thresholds]
        print(f"{name:<16}" + "".join(f"{one['false_per_month']:>7.1f} /{one['recall']:.2f}" for one in told))
    means = [(_mean(table, each, "false_per_month"), _mean(table, each, "recall")) for each in thresholds]
    print(f"{'mean':<16}" + "".join(f"{false:>7.1f} /{recall:.2f}" for false, recall in means))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=12, help="series of each setting to choose on (default 12)")
    parser.add_argument("--test-seeds", type=int, default=20, help="others to report on (default 20)")
    options = parser.parse_args()
    validation = frontier(range(500, 500 + options.seeds), _THRESHOLDS)
    chosen = choose(validation)
    print(f"validation, {options.seeds} series a setting: threshold {chosen} (shipped: {THRESHOLD})")
    _print(validation)
    print(f"test, {options.test_seeds} other series a setting")
    test = frontier(range(700, 700 + options.test_seeds), sorted({chosen, THRESHOLD}))
    _print(test)
    keep("series", {"chosen": chosen, "validation": _plain(validation), "test": _plain(test)})


def _plain(table: dict[str, dict[float, Count]]) -> dict[str, Any]:
    return {name: {str(each): count.as_dict() for each, count in counts.items()} for name, counts in table.items()}


if __name__ == "__main__":
    main()
