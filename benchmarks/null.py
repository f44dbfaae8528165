"""What chance alone does to the shipped trend rules: writes alerts/null.toml anew.

    python -m benchmarks.null --write      about three minutes

People are composed to whom nothing happens but decoys (one bad day, a burst, a surge of joy, a mild shift, always
low), their posts are texts of the test split with the shipped model's scores, and the rules run on them as they are.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from alerts.composed.options import HistoryOptions
from alerts.composed.people import compose
from alerts.composed.tracks import MODEL, History, histories
from alerts.evaluation.figures import YEAR
from alerts.evaluation.runs import run, with_threshold
from alerts.null import ANY, Line, fit_line, line_through
from alerts.options import seconds
from alerts.rules import Rule, load_rules
from stream.alert_evaluation.pools import unseen_pool
from stream.alert_evaluation.texts import load_texts
from stream.model_choice import chosen_model

OUT = Path(__file__).parents[1] / "alerts" / "null.toml"
PEOPLE, SEEDS = 800, (101, 102)
RATIOS = [0.7 + 0.1 * step for step in range(9)]  # of the rule's own threshold
FEWEST = 8  # alerts that a point of the line must rest on


def unchanged() -> tuple[list[History], HistoryOptions, str]:
    """Everybody, how they were composed, and who scored them."""
    options = replace(HistoryOptions(people=PEOPLE), planted=0.0)
    model = chosen_model("default")
    pool = unseen_pool(load_texts("emotion", model), model, Path(".tideline"))
    people = [each for seed in SEEDS for each in histories(compose(options, seed, "test"), pool, MODEL, seed, "en")]
    return people, options, model.version


def largest_a_day(rule: Rule, people: Sequence[History]) -> list[float]:
    """The largest statistic of every person-day on which somebody posted."""
    found: list[float] = []
    for person in people:
        detector, best = rule.detector(None), dict[date, float]()
        for period in person.periods:
            statistic, day = detector.score(period), period.start.date()
            best[day] = max(best.get(day, 0.0), statistic)
            detector.episode.step(statistic, max(detector.at, seconds(period.end)), rule.options)
            detector.update(period)
        found += best.values()
    return found


def alerts_line(rule: Rule, people: Sequence[History], active: int) -> Line:
    """How alerts per person-day fall as the threshold rises."""
    points = []
    for ratio in RATIOS:
        threshold = ratio * rule.options.threshold
        count = sum(len(each.alerts) for each in run(with_threshold(rule, threshold), people))
        print(f"  threshold {threshold:.2f}: {count} alerts", file=sys.stderr)
        if count >= FEWEST:
            points.append((threshold, math.log10(count / active)))
    return line_through(points)


def main() -> None:
    people, options, version = unchanged()
    rules = [rule for rule in load_rules(None).person if rule.options.detector == "trend"]
    years = len(people) * options.days / YEAR
    lines = [
        "# What chance alone does to trend rules; written by `python -m benchmarks.null --write`.",
        "# log10(rate) = level - slope * statistic, for the range low to high; `any` is for other emotions.",
        f'fitted = "{len(people)} composed people x {options.days} days without a change, decoys included, {version}"',
    ]
    for rule in rules:
        print(rule.options.name, file=sys.stderr)
        days = largest_a_day(rule, people)
        tails = {
            "days": fit_line([each for each in days if each > 0], len(days)),
            "alerts": alerts_line(rule, people, len(days)),
        }
        for emotion in (rule.options.emotion, *([ANY] if rule is rules[-1] else [])):
            lines += ["", "[[nulls]]", 'detector = "trend"', f'emotion = "{emotion}"']
            lines += [
                f"{name} = {{ level = {t.level}, slope = {t.slope}, low = {t.low}, high = {t.high} }}"
                for name, t in tails.items()
            ]
            lines.append(f"active_days = {len(days) / years:.1f}")
    text = "\n".join(lines) + "\n"
    if "--write" in sys.argv:
        OUT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
