"""Everything that `tideline models compare` knows of a trial, read in one snapshot, and what to think of it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from storage.challenger import Trial, find_trial
from storage.challenger_comparison import (
    Exposure,
    alerts_by_person,
    exposure,
    judged_alerts,
    judged_posts,
    moved_people,
    sums_by_language,
)
from stream.challenger.agreement import MOVED_FEWEST, Agreement, agreement_of, most_moved, together
from stream.challenger.judged import alerts_judged, posts_judged
from stream.challenger.rates import CLOSE, Rates, rates_by_rule, rates_of

WARM_UP = timedelta(days=28)  # heard raw: until the rules' baselines have taken in most of the new scale
UNEQUAL = 0.02  # from this share of missed posts on, the sides have not heard the same
CERTAIN = 0.05


@dataclass(frozen=True)
class Comparison:
    """A trial's figures."""

    trial: Trial
    warm_up: timedelta
    exposure: Exposure
    all: Agreement | None  # None: nothing was scored yet
    languages: dict[str, Agreement]
    moved: list[dict[str, Any]]
    alerts: Rates
    rules: dict[str, Rates]
    posts_judged: dict[str, Any] | None
    alerts_judged: dict[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        trial = asdict(self.trial) | {"transfer": sorted(self.trial.transfer or {})}
        return {
            "trial": trial,
            "warm_up_days": self.warm_up.days,
            "exposure": self.exposure._asdict() | {"missed_share": missed_share(self.exposure)},
            "agreement": self.all.as_dict() if self.all else None,
            "languages": {name: each.as_dict() for name, each in self.languages.items()},
            "moved_most": self.moved,
            "alerts": self.alerts.as_dict(),
            "rules": {name: each.as_dict() for name, each in self.rules.items()},
            "labelled_posts": self.posts_judged,
            "judged_alerts": self.alerts_judged,
            "verdict": verdict(self),
        }


def compare(
    connection: Connection, challenger: str | None, since: datetime | None = None, warm_up: timedelta | None = None
) -> Comparison:
    """The newest trial, or the newest of this challenger. `warm_up` None: none where its scale was measured."""
    trial = find_trial(connection, challenger)
    warm = warm_up if warm_up is not None else (timedelta() if trial.transfer else WARM_UP)
    languages = sums_by_language(connection, trial.id, since)
    every = agreement_of(together(languages.values())) if languages else None
    exposed = exposure(connection, trial.id, since, warm)
    alerts = alerts_by_person(connection, trial.id, since, warm)
    moved = moved_people(connection, trial.id, since, MOVED_FEWEST) if every else []
    return Comparison(
        trial=trial,
        warm_up=warm,
        exposure=exposed,
        all=every,
        languages={name: agreement_of(sums) for name, sums in languages.items()},
        moved=most_moved(moved, every.shift) if every else [],
        alerts=rates_of(alerts, exposed.days),
        rules=dict(rates_by_rule(alerts, exposed.days)),
        posts_judged=posts_judged(judged_posts(connection, trial.id, since)),
        alerts_judged=alerts_judged(judged_alerts(connection, trial.id, since, warm)),
    )


def missed_share(exposed: Exposure) -> float:
    """Of the posts that the challenger should have scored."""
    due = exposed.heard + exposed.missed
    return exposed.missed / due if due else 0.0


def verdict(found: Comparison) -> list[str]:
    """What the figures say, in plain sentences."""
    if found.all is None:
        return ["Nothing has been scored in shadow yet: look again when posts have come in."]
    said = [_of_labels(found), _of_alerts(found)]
    missed = missed_share(found.exposure)
    if missed > UNEQUAL:
        said.append(
            f"The challenger missed {missed:.0%} of its posts (see `tideline status`): part of the difference in "
            "alerts comes from that."
        )
    return said


def _of_labels(found: Comparison) -> str:
    judged, every = found.posts_judged, found.all
    assert every is not None
    agreed = f"Both put the same label first on {every.same:.1%} of {every.posts:,} posts"
    if judged is None:
        return f"{agreed}; nobody has labelled any of them, so which one is right cannot be said."
    right = (
        f"on {judged['posts']:,} labelled ones the challenger is right on {judged['challenger']:.1%}, the champion on "
        f"{judged['champion']:.1%}"
    )
    sure = "more than chance" if judged["p"] < CERTAIN else "which chance may do as well"
    return f"{agreed}; {right} (p = {judged['p']:.2g}, {sure})."


def _of_alerts(found: Comparison) -> str:
    rates, days = found.alerts, found.exposure.days
    ratio = f"{rates.ratio.value:.2f} times as many (95 %: {rates.ratio.low:.2f} to {rates.ratio.high:.2f})"
    if not rates.only_champion + rates.both + rates.only_challenger:
        return f"Neither has raised an alert in {days:,.0f} person-days: too little to say."
    if rates.ratio.low > 1:
        return f"The challenger raises more alerts: {ratio}."
    if rates.ratio.high < 1:
        return f"The challenger raises fewer alerts: {ratio}."
    if rates.ratio.high < CLOSE and rates.ratio.low > 1 / CLOSE:
        return f"The challenger raises about as many alerts: {ratio}."
    return f"Of alerts there is too little to say yet, {ratio}: about {rates.more_days:,} more person-days are needed."
