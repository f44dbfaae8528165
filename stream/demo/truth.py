"""What the sample planted against what was raised: an honest count of hits, delays and false alarms."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from storage.report import AlertLine
from stream.posts import pseudonym

SOURCE = "demo"
AFTER = timedelta(hours=1)
DriftOf = dict[str, tuple[str, datetime]]  # person: emotion, first day


@dataclass(slots=True)
class Findings:
    """How the alerts compare with the truth. Counts and delays only; nobody is named."""

    planted: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    days: dict[str, float] = field(default_factory=dict)  # median, from the first changed day to the alert
    spikes_planted: int = 0
    spikes_found: int = 0
    spike_minutes: float | None = None
    about: dict[str, dict[str, int]] = field(default_factory=dict)  # who: rule: alerts
    steady: int = 0
    steady_people: int = 0
    alerts: int = 0


def judge(truth: Mapping[str, Any], key: bytes, alerts: Iterable[AlertLine]) -> Findings:
    """Sort every alert by whom it is about."""
    judge = _Judge(truth, key)
    for alert in sorted(alerts, key=lambda alert: alert.at):
        judge.take(alert)
    return judge.findings()


class _Judge:
    def __init__(self, truth: Mapping[str, Any], key: bytes) -> None:
        self._drifts: DriftOf = {
            pseudonym(key, SOURCE, one["author"]): (emotion, _day(one["begins"]))
            for emotion, people in truth["drifts"].items()
            for one in people
        }
        self._decoys = {pseudonym(key, SOURCE, who): kind for kind, names in truth["decoys"].items() for who in names}
        self._people = truth["people"]
        spike = truth["anger_spike"]
        self._channel, self._from, self._to = spike["channel"], _time(spike["from"]), _time(spike["to"]) + AFTER
        self._delays: dict[str, dict[str, float]] = {emotion: {} for emotion in truth["drifts"]}
        self._spike: float | None = None
        self._about: dict[str, Counter[str]] = {}
        self._steady: set[str] = set()
        self._alerts = 0

    def take(self, alert: AlertLine) -> None:
        self._alerts += 1
        who = self._channel_of(alert) if alert.subject_kind == "channel" else self._person_of(alert)
        self._about.setdefault(who, Counter())[alert.rule] += 1

    def _channel_of(self, alert: AlertLine) -> str:
        if alert.subject != self._channel or not self._from <= alert.at <= self._to:
            return "a community that was calm"
        if self._spike is None:
            self._spike = (alert.at - self._from).total_seconds() / 60
        return "the planted anger spike"

    def _person_of(self, alert: AlertLine) -> str:
        emotion, begins = self._drifts.get(alert.subject, ("", self._from))
        if emotion == alert.emotion and alert.at >= begins:
            self._delays[emotion].setdefault(alert.subject, (alert.at - begins).total_seconds() / 86400)
            return "a planted drift"
        if emotion:
            return "drifts, too early or otherwise"
        if alert.emotion == "anger" and self._from <= alert.at <= self._to:
            return "people in the anger spike"
        if alert.subject in self._decoys:
            return f"{self._decoys[alert.subject]} (a decoy)"
        self._steady.add(alert.subject)
        return "somebody steady"

    def findings(self) -> Findings:
        emotions = [emotion for emotion, _ in self._drifts.values()]
        return Findings(
            planted={emotion: emotions.count(emotion) for emotion in self._delays},
            found={emotion: len(delays) for emotion, delays in self._delays.items()},
            days={emotion: round(median(d.values()), 1) for emotion, d in self._delays.items() if d},
            spikes_planted=1,
            spikes_found=int(self._spike is not None),
            spike_minutes=self._spike,
            about={who: dict(counts) for who, counts in sorted(self._about.items())},
            steady=sum(self._about.get("somebody steady", Counter()).values()),
            steady_people=self._people - len(self._drifts) - len(self._decoys),
            alerts=self._alerts,
        )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
