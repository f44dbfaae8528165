"""The figures of trend rules as a page of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def page(found: dict[str, Any]) -> Iterator[str]:
    """A line for each rule, track and budget, the mean of the seeds; then who is missed and who is called wrongly."""
    histories, seeds = found["histories"], found["seeds"]
    yield f"{found['model']} on {found['data']['source']}, {histories['people']:,} people × {histories['days']} days"
    yield f"  seeds {', '.join(map(str, seeds))}; rules of {found['rules']['file']}; priors {found['priors']}"
    yield from (f"  note: {note}" for note in found["data"]["notes"])
    yield ""
    yield from _table(found["rows"])
    for row in found["rows"]:
        if row["track"] == "model" and row["budget"] == found["budgets"][0]:
            yield from _closer(row)


def _table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    wide = max(len(row["rule"]) for row in rows) + 2
    yield (
        f"{'rule':<{wide}}{'track':<10}{'budget':>7}{'threshold':>10}{'precision':>10}{'recall':>8}{'F1':>7}"
        f"  {'of each seed':<{max(len(_each(row)) for row in rows)}}{'false/year':>11}{'days':>6}{'posts':>6}"
    )
    for row in rows:
        mean, budget = row["mean"], "own" if row["budget"] is None else f"{row['budget']:g}"
        yield (
            f"{row['rule']:<{wide}}{row['track']:<10}{budget:>7}{mean['threshold']:>10.3g}{mean['precision']:>10.3f}"
            f"{mean['recall']:>8.3f}{mean['f1']:>7.3f}  {_each(row)}{mean['false_per_user_year']:>11.3f}"
            f"{_delay(row, 'delay_hours', 24):>6}{_delay(row, 'delay_posts', 1):>6}"
        )


def _each(row: dict[str, Any]) -> str:
    return " ".join(f"{seed['f1']:.3f}" for seed in row["seeds"].values())


def _delay(row: dict[str, Any], what: str, unit: int) -> str:
    """The median over the first seeds that found anything, in days or posts."""
    medians = [seed[what]["median"] / unit for seed in row["seeds"].values() if seed[what]]
    return f"{sum(medians) / len(medians):.0f}" if medians else "-"


def _closer(row: dict[str, Any]) -> Iterator[str]:
    seeds, mean = list(row["seeds"].values()), row["mean"]
    yield ""
    yield f"{row['rule']}, model scores, budget {row['budget']:g}"
    low, high = seeds[0]["f1_interval"]
    yield f"  F1 of the first seed {seeds[0]['f1']:.3f}, 95 % interval over people {low:.3f} to {high:.3f}"
    yield (
        f"  latency-weighted F1 {mean['latency_f1']:.3f}; ERDE5 {mean['erde5']:.3f}, ERDE50 {mean['erde50']:.3f}; "
        f"by days: 7 {mean['erde_7_days']:.3f}, 28 {mean['erde_28_days']:.3f}"
    )
    yield "  found by posts a day     " + _joined(seeds, "recall_by_rate", "recall", "planted")
    yield "  false per user-year of   " + _joined(seeds, "false_by_story", "per_user_year", "people")


def _joined(seeds: Sequence[dict[str, Any]], what: str, value: str, weight: str) -> str:
    """The mean over all seeds' people of each group."""
    parts = []
    for group in seeds[0][what]:
        count = sum(seed[what][group][weight] for seed in seeds)
        total = sum(seed[what][group][value] * seed[what][group][weight] for seed in seeds)
        parts.append(f"{group} {total / count:.2f}" if count else f"{group} -")
    return ", ".join(parts)
