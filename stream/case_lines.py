"""Cases as lines for people: one a line in a list, or everything about one on a screen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from alerts.packet import recheck
from storage.case_history import Line
from storage.case_reading import CaseAlert, Delivered, Listed, Words
from storage.cases import Case

WIDTH = 22
TOLD = {
    *("baseline", "now", "effective_posts", "baseline_posts", "slope_per_week", "since", "posts", "rest"),
    *("bounds", "false_alerts_per_year"),
}


def list_lines(cases: Sequence[Listed], now: datetime) -> Iterator[str]:
    yield f"{'case':<9} {'open for':<9} {'severity':<8} {'state':<10} {'who':<12} {'rule':<22} about"
    for case in cases:
        who = case.claimed_by or case.reason or ""
        more = f"  ({case.alerts} alerts)" if case.alerts > 1 else ""
        yield (
            f"{case.id[:8]:<9} {age(case.opened_at, case.closed_at or now):<9} {case.severity:<8} {case.state:<10} "
            f"{plain(who)[:12]:<12} {case.rule[:22]:<22} {plain(case.subject)}{more}"
        )


def case_lines(case: Case, alerts: Sequence[CaseAlert], now: datetime) -> Iterator[str]:
    """Who has it and since when, and which alerts it is about."""
    yield f"case {case.id}"
    yield _pair("state", _standing(case))
    yield _pair("severity", case.severity)
    yield _pair(case.subject_kind, plain(case.subject))
    yield _pair("opened", f"{moment(case.opened_at)}, {age(case.opened_at, now)} ago")
    if len(alerts) > 1:
        shown = ", ".join(f"{alert.id[:8]} ({alert.at:%Y-%m-%d}, {alert.severity})" for alert in alerts)
        yield _pair(f"{len(alerts)} alerts", shown)


def alert_lines(alert: CaseAlert) -> Iterator[str]:
    """What was seen and how strong it is. Whatever else a detector says of itself is shown under its own name."""
    evidence = alert.evidence
    yield f"alert {alert.id}"
    times = f"{alert.statistic / alert.threshold:.2f} × the threshold of {alert.threshold:g}"
    yield _pair("how strong", f"{alert.statistic:.2f}, {times}: {alert.severity}")
    if "bounds" in evidence:
        yield _pair("computed again", _again(alert))
    if "false_alerts_per_year" in evidence:
        yield _pair(
            "false alerts a year", f"{evidence['false_alerts_per_year']:.3g} expected per person at this threshold"
        )
    yield _pair("raised", f"{moment(alert.at)} (time of the posts)")
    if alert.subject_kind != "person":
        yield _pair(alert.subject_kind, plain(alert.subject))
    yield from _change(alert.emotion, evidence)
    if "since" in evidence:
        yield _pair("since", moment(datetime.fromisoformat(evidence["since"])))
    if evidence.get("slope_per_week"):
        slope, low, high = evidence["slope_per_week"]
        yield _pair("slope a week", f"{slope:+.1%} ({low:+.1%} to {high:+.1%})")
    for name, value in evidence.items():
        if name not in TOLD:
            yield _pair(name.replace("_", " "), _value(value))
    if alert.tags:
        yield _pair("tags", _value(alert.tags))
    if alert.superseded_at:
        yield _pair("superseded", f"{moment(alert.superseded_at)}: a rebuild no longer finds it")
    yield _pair("rule", f"{alert.rule}, version {alert.rule_version} (its numbers and thresholds)")
    yield _pair("model", alert.model)


def post_lines(alert: CaseAlert, words: Sequence[Words]) -> Iterator[str]:
    """The posts that weigh most; with the rest their contributions sum to the statistic."""
    posts = alert.evidence.get("posts", ())
    if not posts:
        return
    said = {each.key: each for each in words}
    yield f"posts that weigh most in {alert.statistic:.2f}"
    for post in posts:
        when = moment(datetime.fromisoformat(post["seen_at"])) if "seen_at" in post else ""
        yield f"  {post['key']}  {when}  score {post['score']:.3f}  contributes {post['contribution']:+.3f}"
        if post["key"] in said:
            yield f"      {_words(said[post['key']])}"
    yield f"  all others contribute {alert.evidence.get('rest', 0.0):+.3f}"


def told_lines(alert: CaseAlert, deliveries: Sequence[Delivered]) -> Iterator[str]:
    """Whether anybody was told, and how far each message got."""
    yield "told"
    silence = f" (silence {alert.silence_id})" if alert.silence_id else ""
    yield f"  alert {alert.id[:8]} is {alert.outbox}{silence}"
    for each in deliveries:
        tries = f"{each.attempts} attempt{'' if each.attempts == 1 else 's'}"
        how = f"{each.state} {moment(each.delivered_at or each.created_at)} after {tries}"
        last = f", last {each.last_status or 'no answer'}" if each.attempts else ""
        yield f"  {each.kind} to {each.endpoint}: {how}{last}"


def history_lines(history: Sequence[Line]) -> Iterator[str]:
    yield "history"
    for line in history:
        moved = f" {line.before or ''} → {line.after}" if line.after and line.before != line.after else ""
        said = f": {plain(line.note)}" if line.note else ""
        yield f"  {moment(line.at)}  {plain(line.who)} {line.event}{moved}{said}"


def age(since: datetime, until: datetime) -> str:
    """
    >>> age(datetime(2024, 1, 1), datetime(2024, 1, 3, 7))
    '2 d'
    """
    minutes = max((until - since).total_seconds(), 0) / 60
    for unit, length in (("d", 1440), ("h", 60)):
        if minutes >= length:
            return f"{minutes / length:.0f} {unit}"
    return f"{minutes:.0f} min"


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def plain(words: str) -> str:
    """Words of others on a terminal: nothing in them may move the cursor or change a colour.

    >>> plain("calm\\x1b[31m\\nred")
    'calm [31m red'
    """
    return "".join(letter if letter.isprintable() else " " for letter in words)


def _again(alert: CaseAlert) -> str:
    """What the evidence alone says: anybody can check a verdict without the detector."""
    found = recheck(alert.statistic, alert.severity, alert.evidence)
    said = f"{found.from_parts:.6f} from the posts' parts: {found.severity or 'no alert'}"
    return f"agrees, {said}" if found.agrees else f"DIFFERS, {said}; tell those who keep Tideline"


def _standing(case: Case) -> str:
    if case.claimed_by and case.claimed_at:
        return f"claimed by {plain(case.claimed_by)} at {moment(case.claimed_at)}"
    if case.closed_at:
        return f"closed at {moment(case.closed_at)}: {case.reason}"
    return f"{case.state}, nobody has it" + (f", escalated {_times(case.level)}" if case.level else "")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _change(emotion: str, evidence: Mapping[str, Any]) -> Iterator[str]:
    if "now" not in evidence:
        return
    change = (
        f"{evidence['baseline']:.1%} → {evidence['now']:.1%}" if "baseline" in evidence else f"{evidence['now']:.3f}"
    )
    posts = f", from {evidence['effective_posts']:.1f} effective posts" if "effective_posts" in evidence else ""
    before = f" against {evidence['baseline_posts']:.1f}" if "baseline_posts" in evidence else ""
    yield _pair(f"mean {emotion}", change + posts + before)


def _words(found: Words) -> str:
    return "(the words are no longer kept)" if found.text is None else plain(found.text)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return plain(str(value))


def _pair(name: str, value: str) -> str:
    return f"  {name:<{WIDTH}} {value}"
