"""The verdict on a challenger, and the reasons in words."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from models.retraining.auditing import TOLERATED, Audit
from models.retraining.comparing import Compared, Difference

Verdict = Literal["better", "equal", "worse"]
FEWEST = 20
"""Rows of a label, with fewer of which a set of rows says nothing about it alone; golden posts, with fewer of which
nobody knows whether the labels are right."""
ENOUGH = 100
"""Rows of a set, with fewer of which it decides nothing: few rows drawn again look surer than they are."""


class AlertFigures(NamedTuple):
    """F1 of the alerts that one rule raises, on the same invented people scored by either model."""

    rule: str
    champion: float
    challenger: float
    champion_interval: tuple[float, float]
    challenger_interval: tuple[float, float]

    @property
    def worse(self) -> bool:
        """The intervals do not even meet."""
        return self.challenger_interval[1] < self.champion_interval[0]


class Judgement(NamedTuple):
    """What is decided, and why; the first reasons weigh most."""

    verdict: Verdict
    reasons: tuple[str, ...]


def judged(sets: Sequence[Compared], alerts: Sequence[AlertFigures], audit: Audit | None = None) -> Judgement:
    """Worse on any label, altogether, or in its alerts beyond noise is worse, and so is what wrong labels taught; else
    better altogether is better. The first set is of frozen rows. The others are labels of the kind that was learned
    from: they call a challenger better only once golden posts vouch for them."""
    telling = [each for each in sets if each.rows >= ENOUGH]
    against = [*_distrust(audit), *_against(telling), *(_alert_reason(each) for each in alerts if each.worse)]
    if against:
        return Judgement("worse", (*against, *(_whole(each) for each in sets)))
    vouched = sets[:1] if _unchecked(audit) else sets
    won = [each for each in vouched if each in telling and each.macro.better]
    verdict: Verdict = "better" if won else "equal"
    return Judgement(verdict, (*(_whole(each) for each in sets), *_calm(telling, alerts), *_caution(audit)))


def _unchecked(audit: Audit | None) -> bool:
    return audit is not None and audit.checked < FEWEST


def _caution(audit: Audit | None) -> Iterator[str]:
    if audit and _unchecked(audit):
        yield (
            f"Nobody can tell whether the labels are right: {audit.checked} golden posts were judged, and {FEWEST} "
            "are needed before held-out labels may call it better."
        )


def _distrust(audit: Audit | None) -> Iterator[str]:
    if audit and audit.failed:
        yield (
            f"The labels are not to be trusted: of {audit.checked} golden posts {audit.wrong} were judged wrong, where "
            f"at most {TOLERATED:.0%} may be."
        )


def _against(sets: Sequence[Compared]) -> Iterator[str]:
    for each in sets:
        if each.macro.worse:
            yield f"Altogether it is worse on {each.name}."
        for label in each.labels:
            if label.worse and label.rows >= FEWEST:
                yield f"{_named(label.name)} is worse on {each.name}: F1 {_change(label)}."


def _whole(each: Compared) -> str:
    few = "" if each.rows >= ENOUGH else f"; {ENOUGH} would be enough to decide by them"
    return f"Macro-F1 {_change(each.macro)} on {each.rows:,} rows of {each.name}{few}."


def _change(found: Difference) -> str:
    return (
        f"{found.champion:.3f} → {found.challenger:.3f} ({found.gain:+.3f}, 95 % {found.low:+.3f} to {found.high:+.3f})"
    )


def _alert_reason(each: AlertFigures) -> str:
    return f"The alerts of {each.rule} are worse: F1 {each.champion:.2f} → {each.challenger:.2f}."


def _calm(sets: Sequence[Compared], alerts: Sequence[AlertFigures]) -> Iterator[str]:
    better = sorted({label.name for each in sets for label in each.labels if label.better and label.rows >= FEWEST})
    if better:
        yield f"Better beyond noise: {', '.join(better)}."
    yield "No label is worse beyond noise." if sets else "There are too few held-out rows to decide by."
    if alerts:
        yield (
            "The alerts are no worse: "
            + ", ".join(f"{each.rule} F1 {each.champion:.2f} → {each.challenger:.2f}" for each in alerts)
            + "."
        )


def _named(label: str) -> str:
    return label[:1].upper() + label[1:]
