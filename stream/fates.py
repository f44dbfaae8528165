"""Alerts about people on their way out: most are told at once, some wait, some are told of by a cohort alert."""

from collections.abc import Sequence

from sqlalchemy import Connection

from alerts.rules import Rules
from alerts.types import Alert
from storage.alerts import insert_alerts
from storage.cohorts import add_tags, cohort_of
from storage.community import lock_community
from stream.outgoing import record_alerts


def record_people(connection: Connection, rules: Rules, alerts: Sequence[Alert], model: str) -> None:
    """Store alerts, each with what is to become of it. Alerts of high severity are always told at once.

    Those in a cohort's episode are tagged and held. Those of a rule with `fdr` wait until their day has closed.
    """
    if not alerts:
        return
    lock_community(connection, shared=True)
    cohorts = {alert.id: cohort for alert in alerts if (cohort := _cohort(connection, alert)) is not None}
    patient = [alert for alert in alerts if alert.severity != "high"]
    held = [alert for alert in patient if alert.id in cohorts]
    waiting = [alert for alert in patient if alert.id not in cohorts and not alert.shadow and _waits(rules, alert)]
    quiet = {alert.id for alert in (*held, *waiting)}
    record_alerts(connection, held, model, held=True)
    insert_alerts(connection, waiting, model, "waiting")
    record_alerts(connection, [alert for alert in alerts if alert.id not in quiet], model)
    add_tags(connection, {alert: {"cohort": cohort} for alert, cohort in cohorts.items()})


def _cohort(connection: Connection, alert: Alert) -> str | None:
    return cohort_of(connection, alert.emotion, alert.at) if alert.subject_kind == "person" else None


def _waits(rules: Rules, alert: Alert) -> bool:
    """Whether its rule asks for a day's discovery control."""
    return any(rule.options.fdr for rule in rules.person if (rule.options.name, rule.version) == _rule(alert))


def _rule(alert: Alert) -> tuple[str, str]:
    return alert.rule, alert.rule_version
