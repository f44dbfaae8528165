"""The life of a case: who may do what, who wins a race, and what can never be undone."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from alerts.types import Alert
from storage.case_history import expire_cases, read_history
from storage.case_moves import claim, close, escalate, release, reopen
from storage.cases import Case, read_case
from storage.database import make_engine, transaction
from storage.errors import CaseRefused, RowRefused, StorageError
from storage.people import opt_out
from storage.silences import NewSilence, add_silence, list_silences, remove_silence
from stream.outgoing import record_alerts

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
ADA, BEA = str(uuid.UUID(int=70)), str(uuid.UUID(int=71))


def an_alert(number: int = 1, person: str = ADA, rule: str = "sadness-trend", severity: str = "medium") -> Alert:
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    return Alert(
        str(uuid.UUID(int=number << 96)), rule, "abcd1234", "person", person, "sadness",
        at, 2.5, 2.0, severity, {"now": 0.5, "posts": []},  # type: ignore[arg-type]
    )  # fmt: skip


def put(engine: Engine, *alerts: Alert) -> str:
    """Record these; the id of the first's case."""
    with transaction(engine) as connection:
        record_alerts(connection, alerts or [an_alert()], "model-1")
    return (alerts or [an_alert()])[0].id


def cases(engine: Engine) -> list[Case]:
    with transaction(engine) as connection:
        ids = connection.execute(text("SELECT id::text FROM cases ORDER BY id")).scalars().all()
        return [read_case(connection, case_id) for case_id in ids]


def events(engine: Engine, case_id: str) -> list[str]:
    with transaction(engine) as connection:
        return [line.event for line in read_history(connection, case_id)]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run them in threads that start together; what each returned or raised."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait(30)
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_an_alert_opens_a_case_with_its_own_id_in_its_own_transaction(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as rolled_back:
        record_alerts(connection, [an_alert()], "model-1")
        rolled_back.rollback()
    assert cases(engine) == []
    case_id = put(engine)
    [case] = cases(engine)
    assert (case.id, case.state, case.severity, case.claimed_by) == (an_alert().id, "open", "medium", None)
    assert events(engine, case_id) == ["opened"]


def test_an_alert_of_the_same_rule_and_person_joins_the_standing_case_and_raises_its_severity(engine: Engine) -> None:
    case_id = put(engine, an_alert(1, severity="low"))
    put(engine, an_alert(2, severity="high"), an_alert(3, severity="medium"))
    put(engine, an_alert(2, severity="high"))  # read again: nothing new
    [case] = cases(engine)
    assert case.severity == "high"
    with transaction(engine) as connection:
        lines = read_history(connection, case_id)
    assert [line.event for line in lines] == ["opened", "joined", "joined"]
    assert "severity low → high" in (lines[1].note or "")


def test_another_rule_another_person_and_a_closed_case_each_mean_a_case_of_their_own(engine: Engine) -> None:
    case_id = put(engine, an_alert(1), an_alert(2, person=BEA), an_alert(3, rule="fear-trend"))
    with transaction(engine) as connection:
        close(connection, case_id, "mia", NOW, "helped")
    put(engine, an_alert(4))
    assert [case.state for case in cases(engine)] == ["closed", "open", "open", "open"]


def test_alerts_of_shadow_rules_and_of_the_past_open_no_case(engine: Engine) -> None:
    with transaction(engine) as connection:
        record_alerts(connection, [replace(an_alert(1), shadow=True)], "model-1")
        record_alerts(connection, [an_alert(2)], "model-1", held=True)
        states = connection.execute(text("SELECT state FROM outbox")).scalars().all()
    assert cases(engine) == []
    assert states == ["held", "held"]


def test_two_workers_that_raise_alerts_of_one_person_at_once_share_one_case(engine: Engine) -> None:
    at_once(*(lambda number=number: put(engine, an_alert(number)) for number in range(1, 5)))  # type: ignore[misc]
    [case] = cases(engine)
    assert sorted(events(engine, case.id)) == ["joined", "joined", "joined", "opened"]


def test_of_two_who_claim_at_once_exactly_one_wins_and_the_other_is_told_who(engine: Engine, database_url: str) -> None:
    other = make_engine(database_url)
    for number in range(1, 11):
        case_id = put(engine, an_alert(number, person=str(uuid.UUID(int=number))))

        def try_to(who: str, where: Engine, case_id: str = case_id) -> Case:
            with transaction(where) as connection:
                return claim(connection, case_id, who, NOW)

        found = at_once(lambda: try_to("mia", engine), lambda: try_to("noa", other))
        [won] = [each for each in found if isinstance(each, Case)]
        [lost] = [each for each in found if isinstance(each, CaseRefused)]
        assert f"was claimed by {won.claimed_by}" in str(lost)
        assert events(engine, case_id) == ["opened", "claimed"]
    other.dispose()


def test_a_case_is_claimed_released_escalated_closed_and_reopened_and_all_of_it_is_written_down(
    engine: Engine,
) -> None:
    case_id = put(engine)
    with transaction(engine) as connection:
        assert claim(connection, case_id, "mia", NOW).claimed_by == "mia"
        released = release(connection, case_id, "mia", NOW + timedelta(hours=1), said="end of shift")
        assert (released.state, released.claimed_by, released.waiting_since) == ("open", None, NOW + timedelta(hours=1))
        assert escalate(connection, case_id, "noa", NOW).state == "escalated"
        assert claim(connection, case_id, "lead", NOW).state == "claimed"
        assert close(connection, case_id, "lead", NOW, "helped", said="called").reason == "helped"
        assert reopen(connection, case_id, "noa", NOW).reason is None
        lines = read_history(connection, case_id)
    assert [(line.who, line.before, line.after, line.note) for line in lines] == [
        ("tideline", None, "open", None),
        ("mia", "open", "claimed", None),
        ("mia", "claimed", "open", "end of shift"),
        ("noa", "open", "escalated", None),
        ("lead", "escalated", "claimed", None),
        ("lead", "claimed", "closed", "helped: called"),
        ("noa", "closed", "open", None),
    ]


def test_claiming_twice_changes_nothing(engine: Engine) -> None:
    case_id = put(engine)
    with transaction(engine) as connection:
        first = claim(connection, case_id, "mia", NOW)
        assert claim(connection, case_id, "mia", NOW + timedelta(hours=1)) == first
    assert events(engine, case_id) == ["opened", "claimed"]


def test_what_a_case_does_not_allow_is_refused_with_a_sentence(engine: Engine) -> None:
    case_id = put(engine)
    with transaction(engine) as connection:
        with pytest.raises(CaseRefused, match="nothing to release"):
            release(connection, case_id, "mia", NOW)
        with pytest.raises(CaseRefused, match="only a closed case"):
            reopen(connection, case_id, "mia", NOW)
        claim(connection, case_id, "mia", NOW)
        for move in (
            lambda: claim(connection, case_id, "noa", NOW),
            lambda: release(connection, case_id, "noa", NOW),
            lambda: escalate(connection, case_id, "noa", NOW),
            lambda: close(connection, case_id, "noa", NOW, "other"),
        ):
            with pytest.raises(CaseRefused, match=r"claimed by mia .* or add --force"):
                move()
        assert close(connection, case_id, "noa", NOW, "duplicate", force=True).state == "closed"
        for move in (
            lambda: claim(connection, case_id, "mia", NOW),
            lambda: release(connection, case_id, "mia", NOW),
            lambda: escalate(connection, case_id, "mia", NOW),
            lambda: close(connection, case_id, "mia", NOW, "helped"),
        ):
            with pytest.raises(CaseRefused, match=r"duplicate.*reopen"):
                move()
        with pytest.raises(StorageError, match="there is no case"):
            claim(connection, str(uuid.UUID(int=9)), "mia", NOW)


def test_a_case_is_taken_over_by_force_only_and_its_history_says_from_whom(engine: Engine) -> None:
    case_id = put(engine)
    with transaction(engine) as connection:
        claim(connection, case_id, "mia", NOW)
        assert claim(connection, case_id, "noa", NOW, force=True).claimed_by == "noa"
        assert read_history(connection, case_id)[-1].note == "taken over from mia"


def test_a_closed_case_is_not_reopened_beside_a_newer_one(engine: Engine) -> None:
    first = put(engine, an_alert(1))
    with transaction(engine) as connection:
        close(connection, first, "mia", NOW, "no-concern")
    second = put(engine, an_alert(2))
    with transaction(engine) as connection, pytest.raises(CaseRefused, match=second):
        reopen(connection, first, "mia", NOW)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE case_history SET who = 'nobody'",
        "DELETE FROM case_history",
        "TRUNCATE case_history",
        "DELETE FROM cases",
    ],
)
def test_the_database_refuses_to_change_or_delete_history(engine: Engine, attack: str) -> None:
    case_id = put(engine)
    with pytest.raises(RowRefused), transaction(engine) as connection:
        connection.execute(text(attack))
    assert events(engine, case_id) == ["opened"]


def test_an_opt_out_erases_the_persons_cases_history_and_silences_and_nobody_elses(engine: Engine) -> None:
    mine, other = put(engine, an_alert(1)), put(engine, an_alert(2, person=BEA))
    until = NOW + timedelta(days=1)
    with transaction(engine) as connection:
        claim(connection, mine, "mia", NOW)
        close(connection, other, "mia", NOW, "duplicate", said=f"same as {ADA}")
        add_silence(connection, NewSilence("mia", "known", until, None, "person", ADA), NOW)
        add_silence(connection, NewSilence("mia", f"after {ADA}", until, "fear-trend"), NOW)
        opt_out(connection, ADA)
        rows = [
            str(connection.execute(text(f"SELECT array_agg(t::text) FROM {table} AS t")).scalar())
            for table in ("cases", "case_alerts", "case_history", "silences", "alerts", "outbox")
        ]
    assert [case.id for case in cases(engine)] == [other]
    assert events(engine, other) == ["opened", "closed"]
    assert not [row for row in rows if ADA in row or mine in row]


def test_after_an_erasure_the_history_is_guarded_again_in_the_same_transaction(engine: Engine) -> None:
    put(engine, an_alert(1), an_alert(2, person=BEA))
    with transaction(engine) as connection:
        opt_out(connection, ADA)
        with pytest.raises(IntegrityError, match="only ever added to"), connection.begin_nested():
            connection.execute(text("DELETE FROM case_history"))


def test_old_closed_cases_expire_with_their_history_and_standing_ones_stay(engine: Engine) -> None:
    old, standing = put(engine, an_alert(1)), put(engine, an_alert(2, person=BEA))
    with transaction(engine) as connection:
        close(connection, old, "mia", NOW, "helped")
        assert expire_cases(connection, NOW) == 0
        assert expire_cases(connection, NOW + timedelta(seconds=1)) == 1
    assert [case.id for case in cases(engine)] == [standing]
    assert events(engine, old) == []


def test_a_silence_needs_an_end_within_ninety_days_a_reason_and_something_to_be_silent_about(engine: Engine) -> None:
    good = NewSilence("mia", "known to us", NOW + timedelta(days=90), "sadness-trend")
    with transaction(engine) as connection:
        for changes, why in (
            ({"expires_at": NOW}, "ends in the future"),
            ({"expires_at": NOW + timedelta(days=91)}, "90 days at most"),
            ({"reason": " "}, "needs a reason"),
            ({"reason": "x" * 501}, "shorten it"),
            ({"rule": None}, "name one"),
        ):
            with pytest.raises(StorageError, match=why):
                add_silence(connection, replace(good, **changes), NOW)  # type: ignore[arg-type]
        assert add_silence(connection, good, NOW) > 0


def test_a_silence_is_listed_while_it_lasts_and_removed_once(engine: Engine) -> None:
    with transaction(engine) as connection:
        until = NOW + timedelta(hours=1)
        number = add_silence(connection, NewSilence("mia", "holiday", until, "sadness-trend"), NOW)
        later = add_silence(connection, NewSilence("mia", "holiday", until, None, "person", ADA), NOW)
        assert [each.id for each in list_silences(connection, NOW)] == [number, later]
        remove_silence(connection, number, "noa", NOW)
        with pytest.raises(StorageError, match="no silence"):
            remove_silence(connection, number, "noa", NOW)
        assert [each.id for each in list_silences(connection, NOW)] == [later]
        assert list_silences(connection, until) == []
        assert [(each.id, each.removed_by) for each in list_silences(connection, until, ended=True)] == [
            (number, "noa"),
            (later, None),
        ]
