"""Compare what Postgres holds with what the offline oracle says it must hold."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from alerts.types import Alert
from storage.check import keys_without_points, read_alerts, read_hours, read_newest, read_points, unpaired
from storage.cohorts import read_episodes, read_tags
from storage.community import read_community, read_hours_of_all, through_of
from storage.database import transaction
from storage.day_tests import read_tests
from storage.overview import count_versions
from storage.points import NewPoint
from storage.series import HourSum
from storage.states import all_states, pack, unpack
from stream.offline import Outcome

SHOWN = 5


@dataclass(slots=True)
class Verdict:
    """What was compared and what differed; `examples` name keys and pseudonyms, never words."""

    compared: dict[str, int] = field(default_factory=dict)
    differing: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    models: dict[str, int] = field(default_factory=dict)  # points by the version that scored them

    @property
    def differences(self) -> int:
        return sum(self.differing.values())

    def as_dict(self) -> dict[str, Any]:
        return {"differences": self.differences, **asdict(self)}

    def compare(self, what: str, expected: Mapping[Any, Any], found: Mapping[Any, Any]) -> None:
        wrong = [(name, "missing") for name in expected.keys() - found.keys()]
        wrong += [(name, "unexpected") for name in found.keys() - expected.keys()]
        wrong += [(name, _how(expected[name], found[name])) for name in _unequal(expected, found)]
        self.compared[what] = len(expected)
        self.differing[what] = len(wrong)
        self.examples += [f"{what} {_name(name)}: {how}" for name, how in sorted(wrong, key=repr)[:SHOWN]]


def _unequal(expected: Mapping[Any, Any], found: Mapping[Any, Any]) -> Iterator[Any]:
    return (name for name in expected.keys() & found.keys() if expected[name] != found[name])


def _how(expected: Any, found: Any) -> str:
    if isinstance(expected, tuple) and isinstance(found, tuple):
        places = [str(place) for place, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b]
        return f"differs in column {', '.join(places)}"
    return "differs"


def _name(name: Any) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def verify(engine: Engine, topic: str, outcome: Outcome) -> Verdict:
    """Compare points, series, states, alerts and the invariants between them, in one snapshot."""
    verdict = Verdict()
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        verdict.compare("points", {k: point_row(p) for k, p in outcome.points.items()}, dict(read_points(connection)))
        verdict.compare("series", {k: hour_row(h) for k, h in outcome.hours.items()}, read_hours(connection))
        for table in ("person_states", "channel_states"):
            verdict.compare(table, _as_stored(getattr(outcome, table)), all_states(connection, table))
        verdict.compare("alerts", {k: alert_row(a) for k, a in outcome.alerts.items()}, read_alerts(connection))
        _compare_community(connection, verdict, outcome)
        verdict.compare("watermarks", outcome.newest, read_newest(connection, topic))
        _check_invariants(connection, verdict)
        verdict.models = count_versions(connection)
    return verdict


def _compare_community(connection: Connection, verdict: Verdict, outcome: Outcome) -> None:
    hours = {key: hour.as_row() for key, hour in outcome.gathered.voices.items()}
    verdict.compare("community_hours", hours, read_hours_of_all(connection))
    through, states = ({name: found[place] for name, found in outcome.community.items()} for place in (0, 1))
    verdict.compare("community", _as_stored(states), {name: read_community(connection)[1] for name in through})
    verdict.compare("community_through", through, {name: through_of(connection) for name in through})
    verdict.compare("cohort_episodes", outcome.episodes, read_episodes(connection))
    verdict.compare("day_tests", outcome.gathered.tests, read_tests(connection))
    verdict.compare("tags", outcome.tags, read_tags(connection))


def _check_invariants(connection: Connection, verdict: Verdict) -> None:
    for what, count in (
        ("alerts and outbox unpaired", unpaired(connection)),
        ("keys without points", keys_without_points(connection)),
    ):
        verdict.differing[what] = count


def point_row(point: NewPoint) -> tuple[Any, ...]:
    return (
        point.sent_at, point.person, point.channel, point.source, point.language, point.abstained, point.scores,
        point.model, point.partition, point.late, point.retweet, point.repeated, point.digest,
    )  # fmt: skip


def hour_row(hour: HourSum) -> tuple[int, int, tuple[int, ...]]:
    return hour.posts, hour.scored, tuple(hour.sums)


def alert_row(alert: Alert) -> tuple[Any, ...]:
    return (
        alert.rule, alert.rule_version, alert.subject_kind, alert.subject, alert.emotion, alert.at,
        alert.statistic, alert.threshold, alert.severity, orjson.loads(orjson.dumps(alert.evidence)),
    )  # fmt: skip


def _as_stored(states: Mapping[str, Any]) -> dict[str, Any]:
    """States as they look after a trip through storage."""
    return {name: unpack(pack(state)) for name, state in states.items()}
