"""A retraining in words: what was found, and what to do next."""

from collections.abc import Iterator, Mapping
from typing import Any

from storage.decisions import Decision

HEADLINES = {
    "better": "The challenger is better.",
    "equal": "The challenger is neither better nor worse.",
    "worse": "The challenger is worse.",
}


def next_step(decision: Decision, name: str) -> str:
    """One sentence."""
    if decision.verdict == "worse":
        return (
            "It should not be promoted, and `tideline models promote` refuses it without --force: look at the labels "
            f"(`tideline label quality`), or remove it with `tideline models remove {name}`."
        )
    if decision.verdict == "equal":
        remove = f"`tideline models remove {name}`"
        return f"Promoting it is allowed and gains nothing: collect more labels, or remove it with {remove}."
    return f'To put it in use: `tideline models promote {name} --because "better on held-out rows"`'


def account_lines(account: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """What became of the judged posts."""
    yield "posts judged", account["judged"]
    yield "learned from", account["learned"]
    yield "choose and calibrate", account["validation"]
    yield "only measure", account["held_out"]
    yield "wait for the next time", account["later"]
    for reason, count in account["left_out"].items():
        yield f"left out: {reason}", count
    yield "base rows beside them", account["base_rows"]
    yield "base rows that gave way", account["base_gave_way"]
    yield "left base validation", account["left_validation"]
