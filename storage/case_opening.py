"""Each alert gets a case: it opens one, or joins the one that stands for its rule and subject."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from storage.case_history import SYSTEM, note_all
from storage.cases import OPEN, RANK

Key = tuple[str, str, str]  # rule, subject kind, subject


class _Standing(NamedTuple):
    id: str
    state: str
    severity: str


_ALERTS = text(
    "SELECT id::text, rule, subject_kind, subject, emotion, severity FROM alerts WHERE id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY rule, subject_kind, subject, at, id"
)
_STANDING = text(
    "SELECT c.rule, c.subject_kind, c.subject, c.id::text, c.state, c.severity FROM cases AS c "
    "JOIN unnest(CAST(:rules AS text[]), CAST(:kinds AS text[]), CAST(:subjects AS text[])) AS k(rule, kind, subject) "
    "ON c.rule = k.rule AND c.subject_kind = k.kind AND c.subject = k.subject AND c.state <> 'closed' "
    "ORDER BY c.id FOR UPDATE OF c"
)
# in the order of the keys, so that two workers that open the same cases wait for each other in one order
_OPEN = text(
    "INSERT INTO cases (id, rule, subject_kind, subject, emotion, severity) "
    "SELECT id, rule, subject_kind, subject, emotion, severity FROM alerts WHERE id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY rule, subject_kind, subject ON CONFLICT DO NOTHING RETURNING id::text"
)
_LINK = text(
    "INSERT INTO case_alerts (alert_id, case_id) SELECT * FROM unnest(CAST(:alerts AS uuid[]), CAST(:cases AS uuid[])) "
    "ON CONFLICT DO NOTHING RETURNING alert_id::text"
)
_RAISE = text("UPDATE cases SET severity = :severity WHERE id = CAST(:id AS uuid)")


def open_cases(connection: Connection, alert_ids: Collection[str]) -> None:
    """Give each of these alerts its case. Two workers that raise alerts of one subject at once share one."""
    if not alert_ids:
        return
    alerts = connection.execute(_ALERTS, {"ids": sorted(alert_ids)}).all()
    cases = _standing(connection, {_key(alert) for alert in alerts})
    first = {_key(alert): alert for alert in reversed(alerts) if _key(alert) not in cases}
    opened = _open(connection, first.values())
    cases |= {key: _Standing(alert.id, OPEN, alert.severity) for key, alert in first.items() if alert.id in opened}
    cases |= _standing(connection, first.keys() - cases.keys())  # somebody opened these a moment ago
    _link(connection, [(alert, cases[_key(alert)]) for alert in alerts if _key(alert) in cases])


def _key(alert: Row[Any]) -> Key:
    return alert.rule, alert.subject_kind, alert.subject


def _standing(connection: Connection, keys: Collection[Key]) -> dict[Key, _Standing]:
    if not keys:
        return {}
    rules, kinds, subjects = (list(column) for column in zip(*sorted(keys), strict=True))
    rows = connection.execute(_STANDING, {"rules": rules, "kinds": kinds, "subjects": subjects})
    return {(row[0], row[1], row[2]): _Standing(*row[3:]) for row in rows}


def _open(connection: Connection, alerts: Iterable[Row[Any]]) -> set[str]:
    opened = set(connection.execute(_OPEN, {"ids": [alert.id for alert in alerts]}).scalars())
    note_all(connection, SYSTEM, "opened", [(case, None, OPEN, None) for case in sorted(opened)])
    return opened


def _link(connection: Connection, pairs: Sequence[tuple[Row[Any], _Standing]]) -> None:
    """A case takes the severity of its gravest alert."""
    values = {"alerts": [alert.id for alert, _ in pairs], "cases": [case.id for _, case in pairs]}
    new = set(connection.execute(_LINK, values).scalars())
    graver: dict[str, str] = {}
    lines = []
    for alert, case in pairs:
        if alert.id in new and alert.id != case.id:
            before, said = graver.get(case.id, case.severity), f"alert {alert.id[:8]}"
            if RANK[alert.severity] > RANK[before]:
                graver[case.id] = alert.severity
                said += f", severity {before} → {alert.severity}"
            lines.append((case.id, case.state, case.state, said))
    note_all(connection, SYSTEM, "joined", lines)
    for case_id, severity in sorted(graver.items()):
        connection.execute(_RAISE, {"id": case_id, "severity": severity})
