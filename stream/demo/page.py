"""The demo's last page: plain text, honest about what was found, missed and raised for nothing."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stream.demo.folder import Beginning
from stream.demo.result import DemoResult
from stream.demo.truth import Findings

WIDTH = 100
BEGAN: Mapping[Beginning, str] = {
    "new": "",
    "kept": "A run over data that was there already: what is known is not stored again.",
    "fresh": "Started over, as --fresh asks.",
    "outdated": "Started over: the data here came from another model, other rules or another sample.",
}


def page(result: DemoResult, program: str) -> str:
    """The whole page; `program` is how the reader calls tideline."""
    parts = [
        _head(result),
        _posts(result),
        _alerts(result),
        _truth(result.findings),
        _checks(result),
        _time(result),
        _next(result, program),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(result: DemoResult) -> list[str]:
    people = f"{result.sample['people']:,} invented people"
    span = f"{result.sample['first'][:10]} to {result.sample['last'][:10]}"
    lines = ["", f"Tideline demo: {people}, {span}, scored by {result.model}", "=" * WIDTH]
    return lines + [line for line in [BEGAN[result.beginning]] if line]


def _posts(result: DemoResult) -> list[str]:
    points, rows = result.points, result.sent["posts"] + result.sent["bad_rows"]
    aside = sum(result.set_aside.values())
    known = points["points"] - result.new["posts"]
    already = f"   ({result.new['posts']:,} new, {known:,} already known)" if known else ""
    return [
        "POSTS",
        _row("rows read from the file", rows),
        _row("posts stored", points["points"]) + already,
        _row("scored", points["scored"]),
        _row("abstained", points["abstained"]) + "   no text, or a language unknown to the model",
        _row("repeats and retweets", points["repeats"]) + "   stored and flagged; no rule counts them",
        _row("came twice", rows - aside - points["points"]) + "   the same post id again: stored once",
        _row("set aside (dead letters)", aside) + f"   {_reasons(result.set_aside)}",
        _row("posts a second", round(result.posts_per_second["scoring"]))
        + f"   {result.posts_per_second['all']:,.0f} with sending and the worker's start",
    ]


def _alerts(result: DemoResult) -> list[str]:
    lines = ["ALERTS"] + [_row(rule, count) for rule, count in result.alerts.items()]
    if not result.alerts:
        lines.append("  none")
    if result.new["alerts"] != sum(result.alerts.values()):
        lines.append(f"  {result.new['alerts']:,} of them new in this run")
    return lines


def _truth(found: Findings) -> list[str]:
    """What the sample planted, beside what was raised."""
    lines = ["AGAINST WHAT WAS PLANTED IN THE SAMPLE (data/sample/truth.json)"]
    for emotion, planted in found.planted.items():
        late = f"   median {found.days[emotion]:.0f} days after it began" if emotion in found.days else ""
        lines.append(_row(f"drifts into {emotion} found", f"{found.found[emotion]} of {planted}") + late)
    minutes = "" if found.spike_minutes is None else f"   {found.spike_minutes:.0f} minutes after it began"
    lines.append(_row("anger spikes found", f"{found.spikes_found} of {found.spikes_planted}") + minutes)
    steady = f"   of {found.steady_people:,} people with nothing planted"
    lines.append(_row("alerts about steady people", found.steady) + steady)
    others = {who: rules for who, rules in found.about.items() if who not in HITS}
    for who, rules in others.items():
        lines.append(_row(f"about {who}", sum(rules.values())) + f"   {_reasons(rules)}")
    return [*lines, "  Invented people and planted stories: they show how it works, not how well on your posts."]


HITS = ("a planted drift", "the planted anger spike", "somebody steady")


def _checks(result: DemoResult) -> list[str]:
    hooks = result.webhooks
    lines = ["CHECKS"]
    lines.append(_row("webhooks verified", f"{hooks['verified']:,} of {hooks['delivered']:,}") + _signed(hooks))
    if result.verified is not None:
        compared = sum(result.verified["compared"].values())
        differences = result.verified["differences"]
        agree = "Postgres DISAGREES with" if differences else "Postgres agrees with"
        lines.append(_row("differences", f"{differences:,}") + f"   of {compared:,} rows: {agree}")
        lines.append(" " * 48 + "an independent computation from the file")
        lines += [f"    {example}" for example in result.verified["examples"]]
    return lines


def _signed(hooks: Mapping[str, int]) -> str:
    if not hooks["delivered"]:
        return "   nothing new to send: an alert is sent once"
    return "   signatures checked; each was taken once"


def _time(result: DemoResult) -> list[str]:
    lines = [f"TIME, {result.seconds:.0f} s in all"]
    return lines + [f"  {seconds:>6.1f} s  {what}" for what, seconds in result.step_seconds.items()]


def _next(result: DemoResult, program: str) -> list[str]:
    state = "Postgres and the broker are still running." if result.services_running else "Everything was stopped again."
    look = [] if result.services_running else [(f"{program} up", "start the demo's services again")]
    look += [
        (f"{program} alerts list", "the cases a moderator would see; `alerts show ID` for one"),
        (f"{program} status", "what is stored, waits, was set aside"),
        (f"{program} dlq list", "the rows that were set aside, and why"),
        (f"{program} series {result.example or 'PERSON'}", "one person's days"),
        *_teaching(result.labels, program),
        (f"{program} down", "stop them"),
    ]
    own = [
        (f"{program} doctor --make-secrets", "secrets of your own, in .env"),
        (f"{program} up", "services of your own, under .tideline"),
        (f"{program} replay --dry-run FILE.csv", "how your file would be read"),
        (f"{program} worker & {program} replay FILE.csv", ""),
    ]
    return [
        "WHERE TO LOOK NEXT",
        f"  The report with its charts: {result.report}",
        f"  {state} To look around in the demo's data:",
        f"    export TIDELINE_MODE=demo TIDELINE_DATA_DIR={result.folder}",
        *_table(look),
        "  Your own posts, apart from the demo (in a new shell):",
        *_table(own),
        "  Scores are a model's estimates, not a diagnosis. Tideline tells people; it acts on nobody.",
    ]


def _teaching(labels: Path | None, program: str) -> list[tuple[str, str]]:
    """Told only where there are verdicts on the posts of this sample."""
    if labels is None:
        return []
    return [
        (f"{program} label import {labels}", ""),
        (f"{program} retrain", "a second model from those verdicts, compared with this one; two minutes"),
    ]


def _row(name: str, value: Any) -> str:
    shown = f"{value:,}" if isinstance(value, int) else str(value)
    return f"  {name:<34}{shown:>9}"


def _reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    listed = list(rows)
    width = max(len(left) for left, right in listed if right) + 3
    return [f"    {left:<{width}}{right}".rstrip() for left, right in listed]
