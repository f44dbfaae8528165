"""What alerts ask of the people who read them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.types import Alert


@dataclass(frozen=True)
class Workload:
    """So many alerts sent in so many days, and how long a moderator needs for one.

    >>> Workload(alerts=48, days=10, minutes=10, hours=8).as_dict()
    {'alerts': 48, 'a_day': 4.8, 'a_moderator_hour': 0.6, 'minutes_of_each_hour': 6.0}
    """

    alerts: int
    days: float
    minutes: float = 10.0  # of a moderator for one alert
    hours: float = 8.0  # that moderators work in a day, together

    @property
    def a_day(self) -> float:
        return self.alerts / self.days if self.days else 0.0

    @property
    def an_hour(self) -> float:
        return self.a_day / self.hours

    def as_dict(self) -> dict[str, Any]:
        return {
            "alerts": self.alerts,
            "a_day": round(self.a_day, 3),
            "a_moderator_hour": round(self.an_hour, 4),
            "minutes_of_each_hour": round(self.an_hour * self.minutes, 2),
        }


def by_day(alerts: Sequence[Alert]) -> dict[str, int]:
    """Alerts by day of event time (UTC); days without any are left out."""
    counts = Counter(f"{alert.at:%Y-%m-%d}" for alert in alerts)
    return dict(sorted(counts.items()))


def by_severity(alerts: Iterable[Alert]) -> dict[str, int]:
    counts = Counter(alert.severity for alert in alerts)
    return {severity: counts[severity] for severity in ("low", "medium", "high")}
