"""Every alert that is to be told ends in exactly one place, whatever the silences, the budget and the races."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from alerts.casework.dispatch import Dispatched, dispatch_due
from alerts.casework.escalation import MANY, escalate_by_hand, escalate_due
from alerts.casework.policy import Policy
from alerts.types import Alert
from storage.alert_history import supersede_alerts
from storage.case_history import read_history
from storage.case_moves import claim, close, release
from storage.cases import read_case
from storage.database import make_engine, transaction
from storage.endpoints import NewEndpoint, add_endpoint, disable_endpoint
from storage.people import opt_out
from storage.silences import NewSilence, add_silence, remove_silence
from stream.outgoing import record_alerts
from tests.storage.test_cases import ADA, an_alert, at_once

NOW = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=1)
DAY = timedelta(days=1)
EVERYBODY = ("moderators", "lead", "operators")
PLAIN = Policy()
TIGHT = Policy(budget=2, link_base="https://desk.example/cases/")


def listen(engine: Engine, *audiences: str, name: str = "desk", least: str = "low") -> None:
    with transaction(engine) as connection:
        new = NewEndpoint(name, None, "desk.example", "generic", audiences or EVERYBODY, least_severity=least)
        assert add_endpoint(connection, new, NOW)


def person(number: int) -> str:
    return str(uuid.UUID(int=1000 + number))


def put(engine: Engine, *severities: str, first: int = 1) -> list[str]:
    """One alert each, of people of their own; their ids."""
    found = [an_alert(n, person(n), severity=severity) for n, severity in enumerate(severities, first)]
    record(engine, found)
    return [alert.id for alert in found]


def record(engine: Engine, alerts: Sequence[Alert]) -> None:
    with transaction(engine) as connection:
        for alert in alerts:  # one by one, so that the outbox has their order
            record_alerts(connection, [alert], "model-1")


def dispatch(engine: Engine, now: datetime = NOW, policy: Policy = PLAIN) -> Dispatched:
    with transaction(engine) as connection:
        return dispatch_due(connection, now, policy)


def sweep(engine: Engine, now: datetime, policy: Policy = PLAIN) -> int:
    with transaction(engine) as connection:
        return escalate_due(connection, now, policy)


def states(engine: Engine) -> list[str]:
    with transaction(engine) as connection:
        return list(connection.execute(text("SELECT state FROM outbox ORDER BY id")).scalars())


def messages(engine: Engine, kind: str = "%") -> list[tuple[str, dict[str, Any]]]:
    """Every delivery there is, in order: the message's id and what it says."""
    with transaction(engine) as connection:
        rows = connection.execute(
            text("SELECT message_id, payload FROM deliveries WHERE kind LIKE :kind ORDER BY id"), {"kind": kind}
        )
        return [(row.message_id, row.payload) for row in rows]


def silence(engine: Engine, until: timedelta, **about: str) -> int:
    with transaction(engine) as connection:
        return add_silence(connection, NewSilence("mia", "known to us", NOW + until, **about), NOW)


def test_alerts_are_handed_over_in_order_with_case_and_link_and_no_evidence(engine: Engine) -> None:
    listen(engine)
    ids = put(engine, "low", "high", "medium")
    assert dispatch(engine, policy=replace(PLAIN, link_base="https://desk.example/")).dispatched == 3
    sent = messages(engine)
    assert [name for name, _ in sent] == ids
    assert [payload["data"]["case_id"] for _, payload in sent] == ids
    assert sent[0][1]["data"]["link"] == f"https://desk.example/{ids[0]}"
    assert not {"evidence", "posts"} & sent[0][1]["data"].keys()
    assert states(engine) == ["dispatched"] * 3


def test_a_second_alert_of_a_case_is_told_under_its_own_id_with_the_same_case(engine: Engine) -> None:
    listen(engine)
    record(engine, [an_alert(1), an_alert(2)])
    dispatch(engine)
    assert [payload["data"]["case_id"] for _, payload in messages(engine)] == [an_alert(1).id] * 2
    assert [name for name, _ in messages(engine)] == [an_alert(1).id, an_alert(2).id]


def test_without_an_endpoint_alerts_wait_and_go_when_there_is_one(engine: Engine) -> None:
    put(engine, "low", "high")
    assert dispatch(engine) == Dispatched(unheard=2)
    listen(engine, "operators", name="watch")
    assert dispatch(engine) == Dispatched(unheard=2), "nobody listens for the moderators"
    assert states(engine) == ["pending", "pending"]
    listen(engine)
    assert dispatch(engine).dispatched == 2
    with transaction(engine) as connection:
        disable_endpoint(connection, "desk", NOW, "gone", report=False)
    put(engine, "low", first=9)
    assert dispatch(engine) == Dispatched(unheard=1)


def test_an_alert_that_no_endpoint_wants_for_its_severity_is_done_with(engine: Engine) -> None:
    listen(engine, least="medium")
    put(engine, "low", "medium")
    assert dispatch(engine).dispatched == 2
    assert len(messages(engine)) == 1


def test_the_endpoint_that_listens_cannot_be_disabled_before_what_it_is_to_hear_is_queued(engine: Engine) -> None:
    listen(engine)
    put(engine, "low")
    with transaction(engine) as first:
        assert dispatch_due(first, NOW, PLAIN).dispatched == 1
        with transaction(engine) as second:
            second.execute(text("SET LOCAL lock_timeout = '20ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                disable_endpoint(second, "desk", NOW, "it answered 410 Gone", report=True)
    assert len(messages(engine)) == 1


def test_dispatching_again_adds_nothing(engine: Engine) -> None:
    listen(engine)
    put(engine, "low", "high")
    dispatch(engine)
    assert dispatch(engine) == Dispatched()
    assert len(messages(engine)) == 2


def test_two_dispatchers_at_once_send_nothing_twice_and_keep_the_budget(engine: Engine, database_url: str) -> None:
    listen(engine)
    put(engine, *["low"] * 30)
    other, policy = make_engine(database_url), Policy(budget=20, batch=7)
    for _ in range(3):
        found = at_once(lambda: dispatch(engine, NOW, policy), lambda: dispatch(other, NOW, policy))
        assert all(isinstance(each, Dispatched) for each in found), found
    other.dispose()
    assert len(messages(engine, "alert.raised")) == 20
    assert Counter(states(engine)) == {"dispatched": 20, "digested": 10}


def test_alerts_held_waiting_or_told_are_not_touched(engine: Engine) -> None:
    listen(engine)
    put(engine, "low", "low", "low")
    with transaction(engine) as connection:
        connection.execute(text("UPDATE outbox SET state = 'held' WHERE id % 2 = 0"))
        connection.execute(text("UPDATE outbox SET state = 'waiting' WHERE id % 2 = 1"))
    assert dispatch(engine) == Dispatched()
    assert messages(engine) == []


@pytest.mark.parametrize(
    ("about", "silenced"),
    [
        ({"rule": "sadness-trend"}, ["a", "b"]),
        ({"subject_kind": "person", "subject": ADA}, ["a", "c"]),
        ({"rule": "sadness-trend", "subject_kind": "person", "subject": ADA}, ["a"]),
        ({"subject_kind": "channel", "subject": ADA}, []),
    ],
)
def test_a_silence_keeps_back_its_rule_its_person_or_both_together(
    engine: Engine, about: dict[str, str], silenced: list[str]
) -> None:
    listen(engine)
    alerts = {"a": an_alert(1), "b": an_alert(2, person(2)), "c": an_alert(3, rule="fear-trend")}
    silence(engine, DAY, **about)
    record(engine, list(alerts.values()))
    dispatch(engine)
    assert [name for name, alert in alerts.items() if alert.id not in dict(messages(engine))] == silenced
    with transaction(engine) as connection:
        for name, alert in alerts.items():
            case = read_case(connection, alert.id)
            assert (case.state, case.reason) == (("closed", "silenced") if name in silenced else ("open", None))


def test_a_silence_that_ended_or_was_removed_has_no_effect(engine: Engine) -> None:
    listen(engine)
    silence(engine, timedelta(hours=1), rule="sadness-trend")
    number = silence(engine, 2 * DAY, rule="sadness-trend")
    with transaction(engine) as connection:
        remove_silence(connection, number, "mia", NOW)
    put(engine, "low")
    assert dispatch(engine, NOW + timedelta(hours=1)) == Dispatched(dispatched=1)


def test_a_silenced_alert_of_a_case_that_somebody_was_told_of_leaves_the_case_as_it_is(engine: Engine) -> None:
    listen(engine)
    record(engine, [an_alert(1)])
    dispatch(engine)
    number = silence(engine, DAY, rule="sadness-trend")
    record(engine, [an_alert(2)])
    assert dispatch(engine).silenced == 1
    with transaction(engine) as connection:
        assert read_case(connection, an_alert(1).id).state == "open"
        assert read_history(connection, an_alert(1).id)[-1].note == f"alert {an_alert(2).id[:8]}, silence {number}"


def test_a_silence_works_without_any_endpoint(engine: Engine) -> None:
    silence(engine, DAY, rule="sadness-trend")
    put(engine, "high")
    assert dispatch(engine) == Dispatched(silenced=1)


def test_past_the_budget_the_lead_is_paged_once_and_a_digest_tells_of_the_rest_when_the_day_is_over(
    engine: Engine,
) -> None:
    listen(engine)
    ids = put(engine, "low", "low", "medium", "low", "high")
    assert dispatch(engine, policy=TIGHT) == Dispatched(dispatched=3, digested=2)
    put(engine, "medium", first=9)
    assert dispatch(engine, policy=TIGHT) == Dispatched(digested=1)
    assert [name for name, _ in messages(engine, "alert.raised")] == [*ids[:2], ids[4]]
    [(_, page)] = messages(engine, "alerts.over_budget")
    assert page["data"]["budget"] == 2
    assert messages(engine, "alerts.digest") == []
    assert dispatch(engine, NOW + DAY, TIGHT) == Dispatched(digests=1)
    assert dispatch(engine, NOW + DAY, TIGHT) == Dispatched()
    [(_, digest)] = messages(engine, "alerts.digest")
    assert digest["data"]["by_severity"] == {"low": 1, "medium": 2}
    assert digest["data"]["by_rule"] == {"sadness-trend": 3}
    assert digest["data"]["cases"] == [ids[2], an_alert(9).id, ids[3]], "the gravest first"
    assert digest["data"]["link"] == TIGHT.link_base


def test_a_digest_names_a_few_cases_and_counts_the_others(engine: Engine) -> None:
    listen(engine)
    policy = replace(TIGHT, listed=3)
    put(engine, *["low"] * 12)
    dispatch(engine, NOW, policy)
    dispatch(engine, NOW + DAY, policy)
    [(_, digest)] = messages(engine, "alerts.digest")
    assert (len(digest["data"]["cases"]), digest["data"]["more_cases"], digest["data"]["count"]) == (3, 7, 10)


def test_a_new_day_has_a_new_budget(engine: Engine) -> None:
    listen(engine)
    put(engine, "low", "low")
    dispatch(engine, NOW, TIGHT)
    put(engine, "low", "low", first=5)
    assert dispatch(engine, NOW + DAY, TIGHT) == Dispatched(dispatched=2)
    assert messages(engine, "alerts.over_budget") == []


def test_the_page_to_the_lead_is_made_up_for_when_the_lead_has_an_endpoint(engine: Engine) -> None:
    listen(engine, "moderators")
    put(engine, "low", "low", "low")
    dispatch(engine, NOW, TIGHT)
    listen(engine, "lead", name="lead")
    put(engine, "low", first=9)
    dispatch(engine, NOW, TIGHT)
    assert len(messages(engine, "alerts.over_budget")) == 1


def test_an_alert_over_the_budget_of_a_stretch_whose_digest_is_gone_is_told_at_once(engine: Engine) -> None:
    """A clock that jumped back: nothing can be added to what was sent."""
    listen(engine)
    put(engine, *["low"] * 4)
    dispatch(engine, NOW, TIGHT)
    dispatch(engine, NOW + DAY, TIGHT)
    put(engine, "low", first=9)
    assert dispatch(engine, NOW, TIGHT) == Dispatched(dispatched=1)


def test_what_a_rebuild_no_longer_finds_is_in_no_digest_and_its_case_is_closed(engine: Engine) -> None:
    listen(engine)
    ids = put(engine, "low", "low", "low", "low")
    dispatch(engine, NOW, TIGHT)
    with transaction(engine) as connection:
        claim(connection, ids[0], "mia", NOW)
        supersede_alerts(connection, [ids[0], ids[2]])
        assert read_case(connection, ids[0]).state == "claimed", "a moderator is at it"
        assert read_case(connection, ids[2]).reason == "superseded"
    assert states(engine) == ["dispatched", "dispatched", "held", "digested"]
    dispatch(engine, NOW + DAY, TIGHT)
    assert messages(engine, "alerts.digest")[0][1]["data"]["cases"] == [ids[3]]


@pytest.mark.parametrize("seed", range(6))
def test_no_alert_is_lost_or_told_twice_and_a_grave_one_never_waits(engine: Engine, seed: int) -> None:
    """Random days of alerts, silences, rounds and endpoints that come and go."""
    random = Random(seed)
    policy = Policy(budget=random.choice([0, 1, 3]), stretch=timedelta(hours=6), batch=random.choice([2, 500]))
    now, severity, number = NOW, {}, 0
    listen(engine)
    for _ in range(40):
        now += timedelta(minutes=random.choice([1, 30, 240]))
        for _ in range(random.randrange(4)):
            number += 1
            alert = an_alert(number, person(random.randrange(5)), severity=random.choice(["low", "medium", "high"]))
            severity[alert.id] = alert.severity
            record(engine, [alert])
        if random.random() < 0.1:
            with transaction(engine) as connection:
                about = NewSilence("mia", "r", now + timedelta(hours=5), None, "person", person(random.randrange(5)))
                add_silence(connection, about, now)
        if random.random() < 0.2:
            with transaction(engine) as connection:
                connection.execute(text("UPDATE endpoints SET enabled = NOT enabled"))
        if random.random() < 0.7:
            dispatch(engine, now, policy)
    with transaction(engine) as connection:
        connection.execute(text("UPDATE endpoints SET enabled = true"))
    for _ in range(number):
        dispatch(engine, now, policy)
    dispatch(engine, now + DAY, policy)
    assert_each_once(engine, severity)


def assert_each_once(engine: Engine, severity: dict[str, str]) -> None:
    with transaction(engine) as connection:
        rows = connection.execute(text("SELECT alert_id::text AS id, state, budget_id FROM outbox")).all()
    told = Counter(name for name, _ in messages(engine, "alert.raised"))
    digests = {name: payload["data"]["count"] for name, payload in messages(engine, "alerts.digest")}
    assert {row.state for row in rows} <= {"dispatched", "silenced", "digested"}
    assert told == Counter({row.id: 1 for row in rows if row.state == "dispatched"})
    assert digests == Counter(f"alerts-digest-{row.budget_id}" for row in rows if row.state == "digested")
    assert {row.id for row in rows} == severity.keys()
    assert not [row for row in rows if row.state == "digested" and severity[row.id] == "high"]


def test_a_case_that_nobody_claims_escalates_after_as_long_as_its_severity_allows_once_a_level(engine: Engine) -> None:
    listen(engine)
    low, high = put(engine, "low", "high")
    dispatch(engine)
    half = timedelta(minutes=30)
    assert [sweep(engine, NOW + half - timedelta(seconds=1)), sweep(engine, NOW + half), sweep(engine, NOW + half)] == [
        0,
        1,
        0,
    ]
    assert [sweep(engine, NOW + 2 * half), sweep(engine, NOW + 9 * half)] == [1, 0], "twice, and then no more"
    assert [name for name, _ in messages(engine, "case.escalated")] == [f"{high}-escalated-1", f"{high}-escalated-2"]
    assert sweep(engine, NOW + timedelta(hours=12)) == 1
    [*_, (_, last)] = messages(engine, "case.escalated")
    assert (last["data"]["case_id"], last["data"]["why"]) == (low, "unclaimed for 720 minutes")
    with transaction(engine) as connection:
        assert read_case(connection, low).state == "escalated"
        assert read_history(connection, low)[-1].event == "escalated"


def test_a_claimed_or_closed_case_does_not_escalate_and_a_released_one_waits_anew(engine: Engine) -> None:
    listen(engine)
    claimed, closed = put(engine, "high", "high")
    dispatch(engine)
    later = NOW + timedelta(hours=3)
    with transaction(engine) as connection:
        claim(connection, claimed, "mia", NOW)
        close(connection, closed, "mia", NOW, "no-concern")
    assert sweep(engine, later) == 0
    with transaction(engine) as connection:
        release(connection, claimed, "mia", later)
    assert sweep(engine, later + timedelta(minutes=29)) == 0
    assert sweep(engine, later + timedelta(minutes=30)) == 1


def test_two_sweeps_at_once_escalate_each_case_once(engine: Engine, database_url: str) -> None:
    listen(engine)
    put(engine, *["high"] * 8)
    dispatch(engine)
    other, due = make_engine(database_url), NOW + timedelta(hours=1)
    counts = at_once(lambda: sweep(engine, due), lambda: sweep(other, due))
    other.dispose()
    assert sum(counts) == 8  # type: ignore[call-overload]
    assert len(messages(engine, "case.escalated")) == 8


def test_very_many_cases_at_once_are_one_message_to_the_lead(engine: Engine) -> None:
    listen(engine)
    put(engine, *["high"] * (MANY + 1))
    dispatch(engine)
    assert sweep(engine, NOW + timedelta(hours=1)) == MANY + 1
    [(_, told)] = messages(engine, "%escalated")
    assert (told["type"], told["data"]["count"]) == ("cases.escalated", MANY + 1)


def test_a_case_in_a_digest_to_come_waits_until_it_was_told_of(engine: Engine) -> None:
    listen(engine)
    put(engine, "medium", "medium", "medium")
    dispatch(engine, NOW, TIGHT)
    assert sweep(engine, NOW + timedelta(hours=9)) == 2
    dispatch(engine, NOW + DAY, TIGHT)
    assert sweep(engine, NOW + DAY + timedelta(minutes=119)) == 2, "the second level of the first two"
    assert sweep(engine, NOW + DAY + timedelta(minutes=120)) == 1


def test_a_case_that_somebody_was_told_of_escalates_in_time_although_a_later_alert_of_it_is_in_a_digest(
    engine: Engine,
) -> None:
    listen(engine)
    policy = replace(TIGHT, budget=1)
    record(engine, [an_alert(1), an_alert(2)])
    assert dispatch(engine, NOW, policy) == Dispatched(dispatched=1, digested=1)
    assert sweep(engine, NOW + timedelta(hours=2)) == 1
    record(engine, [an_alert(3, person(3))])
    dispatch(engine, NOW + timedelta(hours=2), policy)
    assert sweep(engine, NOW + timedelta(hours=3)) == 0
    dispatch(engine, NOW + DAY, policy)
    with transaction(engine) as connection:
        assert read_case(connection, an_alert(3).id).waiting_since == NOW + DAY


def test_a_silenced_case_and_a_lead_without_an_endpoint_make_the_sweep_wait(engine: Engine) -> None:
    put(engine, "high", "high")
    listen(engine, "moderators")
    dispatch(engine)
    assert sweep(engine, NOW + timedelta(hours=1)) == 0
    listen(engine, "lead", name="lead")
    silence(engine, timedelta(hours=2), subject_kind="person", subject=person(1))
    assert sweep(engine, NOW + timedelta(hours=1)) == 1
    assert sweep(engine, NOW + timedelta(hours=2)) == 2, "the silence is over, and the other is at its second level"


def test_a_severity_without_a_time_never_escalates(engine: Engine) -> None:
    listen(engine)
    put(engine, "low")
    dispatch(engine)
    assert sweep(engine, NOW + 365 * DAY, replace(PLAIN, unclaimed={"high": DAY})) == 0


def test_a_case_escalated_by_hand_is_told_to_the_lead_at_once(engine: Engine) -> None:
    listen(engine)
    [case_id] = put(engine, "low")
    with transaction(engine) as connection:
        case, told = escalate_by_hand(connection, case_id, "mia", NOW, PLAIN, "needs a lawyer", force=False)
    assert (case.state, told) == ("escalated", 1)
    [(name, said)] = messages(engine, "case.escalated")
    assert name == f"{case_id}-escalated-1"
    assert said["data"]["why"] == "escalated by mia"
    assert "lawyer" not in str(said), "a note stays in the history"


def test_an_opt_out_during_an_escalation_leaves_no_message_about_the_person(engine: Engine) -> None:
    listen(engine)
    record(engine, [an_alert(1)])

    def leave() -> None:
        with transaction(engine) as connection:
            opt_out(connection, ADA)

    leaving = threading.Thread(target=leave)
    with transaction(engine) as connection:
        assert escalate_due(connection, NOW + DAY, PLAIN) == 1
        leaving.start()
        wait_until_somebody_waits(connection)
    leaving.join()
    assert messages(engine) == []


def wait_until_somebody_waits(connection: Connection) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    ends = time.monotonic() + 10
    while not connection.execute(waiting).scalar_one():
        assert time.monotonic() < ends


def test_an_opt_out_leaves_nothing_of_the_person_in_what_waits_to_be_delivered(engine: Engine) -> None:
    listen(engine)
    record(engine, [an_alert(1), an_alert(2, person(2))])
    dispatch(engine)
    sweep(engine, NOW + DAY)
    with transaction(engine) as connection:
        opt_out(connection, ADA)
    assert not [payload for _, payload in messages(engine) if ADA in str(payload)]
    assert len(messages(engine, "alert.raised")) == 1
    assert dispatch(engine, NOW + DAY) == Dispatched()
