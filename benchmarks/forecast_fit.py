"""Fits the numbers of forecasts on composed histories and writes alerts/forecast.toml. Two minutes of one processor.

python -m benchmarks.forecast_fit
"""

import argparse
from collections.abc import Iterator

from alerts.composed.moods import CHANNELS, FIRST_DAY, PEOPLE, MoodOptions, compose_moods
from alerts.forecast.daily import Daily
from alerts.forecast.fit import CHANNEL_WAYS, PERSON_WAYS, fit_pool
from alerts.forecast.snapshot import SHIPPED, write_snapshot
from models.writing import written

DAYS = tuple(FIRST_DAY + day for day in (24, 34, 44, 54, 64, 74, 84, 90))
LEARN_SEED, WIDEN_SEED = 1, 2  # the benchmark tests on others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1200)
    parser.add_argument("--channels", type=int, default=480)
    options = parser.parse_args()
    person = fit_pool(PERSON_WAYS, *_histories(options.people, PEOPLE), DAYS, most=7)
    channel = fit_pool(CHANNEL_WAYS, *_histories(options.channels, CHANNELS), DAYS, most=8)
    how = (
        f"python -m benchmarks.forecast_fit --people {options.people} --channels {options.channels}, "
        f"composed histories of seeds {LEARN_SEED} and {WIDEN_SEED}"
    )
    written(SHIPPED, write_snapshot({"person": person, "channel": channel}, how).encode())
    for pool in (person, channel):
        print(*zip(pool.shares, pool.dynamics, strict=True), sep="\n")


def _histories(subjects: int, options: MoodOptions) -> Iterator[list[Daily]]:
    """To learn from, and to set the width of intervals by."""
    for seed in (LEARN_SEED, WIDEN_SEED):
        yield [each.series for each in compose_moods(subjects, seed, options) if each.series.size]


if __name__ == "__main__":
    main()
