from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from alerts.backtest import Change, alerts_of, between, changes, plan, unsent
from alerts.rules import parse_rules
from alerts.types import Alert
from alerts.workload import Workload, by_day, by_severity

START = datetime(2024, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
RULES = """\
[[rules]]
name = "one"
detector = "level"
subject = "person"
emotion = "fear"
threshold = 0.5

[[rules]]
name = "two"
detector = "level"
subject = "person"
emotion = "anger"
threshold = 0.5
"""


def alert(
    day: float, rule: str = "one", subject: str = "ada", severity: Literal["low", "medium", "high"] = "low"
) -> Alert:
    at = START + timedelta(days=day)
    name = f"{rule} {subject} {at.isoformat()}"
    return Alert(name, rule, "v", "person", subject, "fear", at, 1.0, 1.0, severity)


def kinds(found: list[Change]) -> list[tuple[str, str, int]]:
    return [(change.kind, change.alert.subject, round(change.later / timedelta(hours=1))) for change in found]


def test_alerts_come_go_move_or_stay() -> None:
    before = [alert(1), alert(10, subject="bob"), alert(20, subject="cy")]
    after = [alert(1), alert(12, subject="bob"), alert(20, subject="dee")]
    assert kinds(changes(before, after, WEEK)) == [
        ("same", "ada", 0), ("moved", "bob", 48), ("gone", "cy", 0), ("came", "dee", 0),
    ]  # fmt: skip


def test_alerts_too_far_apart_are_two_alerts() -> None:
    assert kinds(changes([alert(1)], [alert(9)], WEEK)) == [("gone", "ada", 0), ("came", "ada", 0)]
    assert kinds(changes([alert(1)], [alert(8)], WEEK)) == [("moved", "ada", 168)]


def test_other_rules_and_other_subjects_are_never_paired() -> None:
    found = changes(
        [alert(1), alert(1, rule="two", subject="bob")], [alert(1, rule="two"), alert(1, subject="bob")], WEEK
    )
    assert sorted(change.kind for change in found) == ["came", "came", "gone", "gone"]


def test_each_alert_is_paired_once_and_with_its_nearest() -> None:
    before, after = [alert(1), alert(4)], [alert(3.9), alert(5), alert(6)]
    found = kinds(changes(before, after, WEEK))
    assert found == [("moved", "ada", -2), ("moved", "ada", 96), ("came", "ada", 0)]


def test_nothing_changes_between_equal_rules() -> None:
    alerts = [alert(day, subject=name) for day in (1, 3, 9) for name in "abc"]
    assert {change.kind for change in changes(alerts, alerts, WEEK)} == {"same"}


def test_a_change_of_severity_is_told() -> None:
    up, down = (
        changes([alert(1, severity=a)], [alert(2, severity=b)], WEEK)[0]
        for a, b in (("low", "high"), ("high", "medium"))
    )
    assert (up.severer, down.severer) == (2, -1)


def test_rules_that_decide_alike_run_once_and_their_alerts_belong_to_both_files() -> None:
    current, new = (
        parse_rules(RULES),
        parse_rules(RULES.replace("threshold = 0.5", "threshold = 0.6\nshadow = true", 1)),
    )
    trial = parse_rules(RULES.replace("threshold = 0.5", "threshold = 0.5\nshadow = true"))
    assert [len(rules.all) for rules in plan(current, new)] == [3]
    assert [len(rules.all) for rules in plan(current, trial)] == [2]
    raised = [replace(alert(1, rule="two"), rule_version=current.all[1].version)]
    raised += [replace(alert(2), rule_version=rules.all[0].version) for rules in (current, new)]
    assert [len(alerts_of(rules, raised)) for rules in (current, new, trial)] == [2, 2, 2]
    assert list(unsent(new, alerts_of(new, raised), {}).values()) == ["on trial"]
    assert set(unsent(trial, alerts_of(trial, raised), {}).values()) == {"on trial"}


def test_only_alerts_of_the_time_asked_for_count() -> None:
    alerts = [alert(day) for day in (1, 2, 3)]
    assert between(alerts, START + timedelta(days=2), None) == alerts[1:]
    assert between(alerts, None, START + timedelta(days=2)) == alerts[:1]


def test_the_workload_is_per_day_and_per_moderator_hour() -> None:
    load = Workload(alerts=80, days=5, minutes=15, hours=8).as_dict()
    assert (load["a_day"], load["a_moderator_hour"], load["minutes_of_each_hour"]) == (16, 2, 30)
    assert Workload(0, 0).as_dict()["a_day"] == 0


@pytest.mark.parametrize("count", [0, 3])
def test_days_and_severities_add_up(count: int) -> None:
    alerts = [alert(day, severity="high") for day in range(count)]
    assert sum(by_day(alerts).values()) == by_severity(alerts)["high"] == count


def test_files_that_differ_about_the_whole_community_run_apart() -> None:
    from alerts.rules import Rules

    current = parse_rules(RULES)
    other = Rules(
        tuple(
            replace(rule, options=rule.options.model_copy(update={"subject": "community"})) for rule in current.all[1:]
        )
    )
    assert plan(current, other) == [current, other]
    assert len(plan(other, other)) == 1


def test_what_would_not_be_sent_one_by_one_is_told_with_its_reason() -> None:
    rules = parse_rules(
        RULES.replace('"level"', '"trend"', 1).replace("threshold = 0.5", "threshold = 2\nfdr = 0.1", 1)
    )
    versions = [rule.version for rule in rules.all]
    first, second, third = (replace(alert(day), rule_version=versions[0]) for day in (1, 2, 3))
    high = replace(alert(4, severity="high"), rule_version=versions[0])
    other = replace(alert(5, rule="two"), rule_version=versions[1])
    raised = [first, second, third, high, other]
    tags = {each.id: {"q": 0.2} for each in raised} | {second.id: {"cohort": "x"}, third.id: {"q": 0.05}}
    assert unsent(rules, raised, tags) == {first.id: "discovery control", second.id: "whole community"}
