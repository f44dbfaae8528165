"""The decision as one HTML page that asks nobody for anything; it holds figures and no word of a post."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from storage.decisions import Decision
from stream.report.style import style
from stream.retraining.chart import STYLE, dumbbells, table, verdict_of
from stream.retraining.words import HEADLINES, next_step

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_HEAD = ("label", "rows", "champion", "challenger", "change", "95 % of the change", "p", "")


def render(decision: Decision) -> str:
    """The whole page."""
    body = "\n".join(_parts(decision))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="robots" content="noindex">'
        f"<title>Retraining of {escape(decision.champion)}</title><style>{style()}{STYLE}</style></head>\n"
        f"<body><main>{body}</main></body></html>\n"
    )


def _parts(decision: Decision) -> Iterator[str]:
    figures = decision.figures
    yield f'<h1>Retraining</h1><p class="wrap">{escape(decision.challenger)}, made from {escape(decision.champion)} '
    yield f"({escape(decision.language)}) on {decision.made_at:%d %B %Y, %H:%M} UTC. Nothing was promoted.</p>"
    yield _verdict(decision)
    yield _tiles(figures)
    for found in figures["sets"]:
        yield _set(found)
    yield _alerts(figures)
    yield _labels(figures["labels"])
    yield _how(figures)


def _verdict(decision: Decision) -> str:
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in decision.reasons)
    return (
        f'<div class="verdict {decision.verdict}"><b>{HEADLINES[decision.verdict]}</b><ul>{reasons}</ul>'
        f'<p class="wrap">{_coded(next_step(decision, decision.challenger.split("@")[0]))}</p></div>'
    )


def _coded(sentence: str) -> str:
    """What stands between backticks, as code."""
    return re.sub("`(.+?)`", r"<code>\1</code>", escape(sentence))


def _tiles(figures: Mapping[str, Any]) -> str:
    macro, labels = figures["macro_f1"], figures["labels"]
    tiles = (
        (f"{macro['champion']:.3f} → {macro['challenger']:.3f}", "macro-F1 on the frozen test sets"),
        (f"{labels['learned']:,}", f"labels learned from, of {labels['judged']:,} posts judged"),
        (f"{labels['base_rows']:,}", "rows of the old data among them"),
        (f"{figures.get('seconds', 0):,.0f} s", "to train and compare"),
    )
    return '<ul class="tiles">' + "".join(f"<li><b>{value}</b>{escape(what)}</li>" for value, what in tiles) + "</ul>"


def _set(found: Mapping[str, Any]) -> str:
    tested = found["mcnemar"]
    rows = [_row(label) for label in (*found["labels"], found["macro"])]
    return (
        f"<section><h2>On {escape(found['name'])}</h2>"
        '<p class="label">○ champion, ● challenger. A green line is better, an orange one worse, beyond noise.</p>'
        f"{dumbbells(found)}{table('F1', _HEAD, rows)}"
        f"<p><small>Of {found['rows']:,} rows the challenger alone has {tested['only_this_right']:,} right and the "
        f"champion alone {tested['only_other_right']:,} (McNemar, p = {tested['p']:.4f}). Changes are from pairs of "
        "answers drawn again; p of labels is corrected for their number.</small></p></section>"
    )


def _row(label: Mapping[str, Any]) -> tuple[object, ...]:
    gain = label["challenger"] - label["champion"]
    spread = f"{label['low']:+.3f} to {label['high']:+.3f}"
    figures = (f"{label['champion']:.3f}", f"{label['challenger']:.3f}", f"{gain:+.3f}", spread, f"{label['p']:.4f}")
    return label["name"], f"{label['rows']:,}", *figures, verdict_of(label)


def _alerts(figures: Mapping[str, Any]) -> str:
    found = figures["alerts"]
    if found is None:
        return "<section><h2>Alerts</h2><p>They were not measured (--no-alerts).</p></section>"
    if not found:
        return "<section><h2>Alerts</h2><p>There are no texts in this language to measure them with.</p></section>"
    rows = [
        (
            each["rule"],
            *(f"{each[side]:.3f} ({_span(each[f'{side}_interval'])})" for side in ("champion", "challenger")),
        )
        for each in found
    ]
    shown = table("F1 of alerts about invented people, with 95 %", ("rule", "champion", "challenger"), rows)
    return f"<section><h2>Alerts</h2>{shown}</section>"


def _span(interval: Any) -> str:
    return f"{interval[0]:.2f} to {interval[1]:.2f}"


def _labels(account: Mapping[str, Any]) -> str:
    used = [
        ("learned from", account["learned"]),
        ("choose and calibrate (earlier, of held-out persons)", account["validation"]),
        ("only measure (later, of held-out persons)", account["held_out"]),
        ("wait for the next time (later, of the others)", account["later"]),
        *((f"left out: {reason}", count) for reason, count in account["left_out"].items()),
    ]
    emotions = [(name, f"{count:,}") for name, count in account["emotions"].items()]
    trust = ", ".join(f"{weight:.2f}" for weight in account["trust"])
    return (
        "<section><h2>Labels</h2>"
        f"{table('What became of the judged posts', ('', 'posts'), [(name, f'{count:,}') for name, count in used])}"
        f"{table('Learned from', ('emotion', 'posts'), emotions)}"
        f"<p>{account['labellers']} labellers, believed this far (1 is always): {trust}. {_golden(account)}</p>"
        f"<p>{account['base_gave_way']:,} training and {account['left_validation']:,} validation rows of the old data "
        "have the same text as a labelled post and gave way to it. Test rows all stayed.</p></section>"
    )


def _golden(account: Mapping[str, Any]) -> str:
    found = account["golden"]
    if not found["checked"]:
        return "There were no golden posts to check them by."
    return f"Of {found['checked']:,} golden posts {found['wrong']:,} were judged wrong."


def _how(figures: Mapping[str, Any]) -> str:
    rows = [(name.replace("_", " "), value) for name, value in figures["how"].items()]
    return f"<section><h2>How</h2>{table('', ('', ''), [*rows, ('data', ', '.join(figures['data']))])}</section>"
