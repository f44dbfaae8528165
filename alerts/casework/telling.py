"""What messages about cases say: counts, ids and pseudonyms, and no words of anybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from alerts.casework.policy import Policy
from storage.budgets import Budget, Digested
from storage.cases import RANK, Case
from storage.deliveries import Message, Severity


class Graded(Protocol):
    """Something of a rule that is more or less grave."""

    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> str: ...


def escalated(case: Case, why: str, now: datetime, policy: Policy) -> Message:
    """To the lead: one case that needs somebody. Its id grows with each escalation, so each is told once."""
    data = {
        "case_id": case.id,
        "rule": case.rule,
        "severity": case.severity,
        "subject_kind": case.subject_kind,
        "subject": case.subject,
        "emotion": case.emotion,
        "opened_at": _iso(case.opened_at),
        "level": case.level,
        "why": why,
    }
    link = f"{policy.link_base.rstrip('/')}/{case.id}" if policy.link_base else ""
    payload = _payload("case.escalated", now, data, link)
    return Message(f"{case.id}-escalated-{case.escalations}", "case.escalated", payload, gravest([case]), "lead")


def many_escalated(cases: Sequence[Case], why: str, now: datetime, policy: Policy) -> Message:
    """To the lead: so many cases at once that a message each would bury them."""
    data = {"why": why} | _summary(cases, [case.id for case in cases], policy)
    payload = _payload("cases.escalated", now, data, policy.link_base)
    first = min(cases, key=lambda case: case.id)
    name = f"{first.id}-escalated-{first.escalations}-with-{len(cases) - 1}"
    return Message(name, "cases.escalated", payload, gravest(cases), "lead")


def over_budget(budget: Budget, now: datetime, policy: Policy) -> Message:
    """To the lead: from here on alerts of this stretch are collected into a digest."""
    data = {"budget": policy.budget, "from": _iso(budget.starts), "until": _iso(budget.ends)}
    payload = _payload("alerts.over_budget", now, data, policy.link_base)
    return Message(f"alerts-over-budget-{budget.id}", "alerts.over_budget", payload, "high", "lead")


def digest(budget: Budget, alerts: Sequence[Digested], policy: Policy) -> Message:
    """To the moderators: what went over the budget, the gravest cases first."""
    ranked = sorted(alerts, key=lambda alert: -RANK[alert.severity])
    cases = list(dict.fromkeys(alert.case_id for alert in ranked if alert.case_id))
    data = {"from": _iso(budget.starts), "until": _iso(budget.ends)} | _summary(alerts, cases, policy)
    payload = _payload("alerts.digest", budget.ends, data, policy.link_base)
    return Message(f"alerts-digest-{budget.id}", "alerts.digest", payload, gravest(alerts), "moderators")


def gravest(graded: Iterable[Graded]) -> Severity:
    """
    >>> gravest([Digested("a", "low", None), Digested("b", "medium", None)])
    'medium'
    """
    return cast(Severity, max((each.severity for each in graded), key=RANK.__getitem__))


def _summary(graded: Sequence[Graded], cases: Sequence[str], policy: Policy) -> dict[str, Any]:
    return {
        "count": len(graded),
        "by_rule": dict(sorted(Counter(each.rule for each in graded).items())),
        "by_severity": dict(sorted(Counter(each.severity for each in graded).items())),
        "cases": list(cases[: policy.listed]),
        "more_cases": max(len(cases) - policy.listed, 0),
    }


def _payload(kind: str, at: datetime, data: dict[str, Any], link: str) -> dict[str, Any]:
    return {"type": kind, "timestamp": _iso(at), "data": data | ({"link": link} if link else {})}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
