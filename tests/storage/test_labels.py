"""Verdicts are only ever added, the newest of a labeller counts, and only what was agreed to is learned from."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from storage.database import transaction
from storage.errors import RowRefused
from storage.golden import Golden, add_golden, golden_labels, remove_golden
from storage.label_erasure import expire_label_texts
from storage.label_reading import holding_label, standing_post_verdicts
from storage.label_words import HumanLabel, ModelLabel
from storage.labels import (
    AlertVerdict,
    LabelledText,
    PostVerdict,
    add_alert_verdicts,
    add_post_verdicts,
    eligible_texts,
)
from storage.people import opt_out
from tests.storage.test_cases import an_alert, put
from tests.stream.labelled import key, rows

NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(days=1)


def say(number: int, emotion: str | None, who: str = "mia", at: datetime = EARLIER, **changes: object) -> PostVerdict:
    verdict = PostVerdict(key(number), "wrong" if emotion else "unsure", emotion, who, at, consent=True)
    return replace(verdict, **changes)  # type: ignore[arg-type]


def add(engine: Engine, *verdicts: PostVerdict) -> int:
    with transaction(engine) as connection:
        return add_post_verdicts(connection, verdicts, NOW)


def eligible(engine: Engine, now: datetime = NOW) -> dict[str, LabelledText]:
    with transaction(engine) as connection:
        return {found.key: found for found in eligible_texts(connection, now)}


def test_the_database_refuses_to_change_or_delete_a_verdict(labels: Engine) -> None:
    alert = put(labels)
    add(labels, say(1, "joy"))
    with transaction(labels) as connection:
        assert add_alert_verdicts(connection, [AlertVerdict(alert, "right", "mia", NOW)]) == 1
    for table in ("post_verdicts", "alert_verdicts"):
        for change in (f"UPDATE {table} SET reason = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(RowRefused), transaction(labels) as connection:
                connection.execute(text(change))
        assert rows(labels, f"SELECT count(*) FROM {table}") == [(1,)]


def test_a_verdict_given_twice_or_about_an_unknown_post_or_alert_adds_nothing(labels: Engine) -> None:
    assert add(labels, say(1, "joy"), say(1, "joy"), say(9999, "joy")) == 1
    assert add(labels, say(1, "joy")) == 0
    with transaction(labels) as connection:
        assert add_alert_verdicts(connection, [AlertVerdict(key(1), "right", "mia", NOW)]) == 0


def test_of_one_labeller_the_newest_verdict_counts_and_the_old_one_stays(labels: Engine) -> None:
    add(labels, say(1, "fear", at=NOW), say(1, "joy"), say(1, "anger", "noa"))
    with transaction(labels) as connection:
        standing = {each.given.labeller: each.given.emotion for each in standing_post_verdicts(connection)}
    assert standing == {"mia": "fear", "noa": "anger"}
    assert rows(labels, "SELECT count(*) FROM post_verdicts") == [(3,)]


def test_a_human_label_outranks_a_models_however_old(labels: Engine) -> None:
    with transaction(labels) as connection:
        model = holding_label(connection, key(1))
    assert isinstance(model, ModelLabel)
    add(labels, say(1, "fear", at=model.at - timedelta(days=900)))
    with transaction(labels) as connection:
        assert holding_label(connection, key(1)) == HumanLabel("fear", model.at - timedelta(days=900), "mia")
        assert holding_label(connection, key(9999)) is None
    human, later = HumanLabel("joy", EARLIER, "mia"), HumanLabel("fear", NOW, "noa")
    for order in itertools.permutations([human, later, ModelLabel("anger", NOW + timedelta(days=9), 999)]):
        assert max(order) is later


def test_only_texts_that_somebody_agreed_to_and_named_an_emotion_for_are_learned_from(labels: Engine) -> None:
    add(labels, say(1, "joy", shown="fear", score=700), say(2, "joy", consent=False), say(3, None))
    add(labels, say(4, "joy"), say(4, "fear", "noa"), say(5, "joy"), say(5, "fear", at=NOW, consent=False))
    found = eligible(labels)
    assert found.keys() == {key(1), key(4)}
    one, two = found[key(1)], found[key(4)]
    assert one.judgements == (HumanLabel("joy", EARLIER, "mia"),)
    assert one.guess == ModelLabel("fear", EARLIER, 700)
    assert [(each.labeller, each.emotion) for each in two.judgements] == [("mia", "joy"), ("noa", "fear")]
    assert two.guess is None
    assert [(one.text, one.person, one.language)] == rows(
        labels,
        f"SELECT t.text, person::text, language FROM points JOIN post_texts AS t USING (key) WHERE key = '{key(1)}'",
    )


def test_labelled_words_outlive_the_posts_and_end_with_their_own_time(labels: Engine) -> None:
    add(labels, say(1, "joy"))
    with transaction(labels) as connection:
        connection.execute(text("DELETE FROM post_texts"))
    add(labels, say(2, "joy"))
    assert eligible(labels).keys() == {key(1)}, "what was no longer kept is not brought back"
    later = NOW + timedelta(days=366)
    assert not eligible(labels, later)
    with transaction(labels) as connection:
        assert (expire_label_texts(connection, NOW), expire_label_texts(connection, later)) == (0, 1)
    assert rows(labels, "SELECT count(*) FROM post_verdicts") == [(2,)]


def test_words_are_kept_for_no_time_when_the_setting_is_none(labels: Engine) -> None:
    with transaction(labels) as connection:
        add_post_verdicts(connection, [say(1, "joy")], NOW, timedelta(0))
    assert not eligible(labels)


def test_who_opts_out_takes_all_labels_along_and_others_keep_theirs(labels_apart: Engine) -> None:
    [(person,)] = rows(labels_apart, f"SELECT person::text FROM points WHERE key = '{key(1)}'")
    other = next(
        n
        for n in range(2, 50)
        if rows(labels_apart, f"SELECT person::text FROM points WHERE key = '{key(n)}'") != [(person,)]
    )
    alert = put(labels_apart, an_alert(1, person))
    add(labels_apart, say(1, "joy"), say(other, "joy", reason=f"like {person.upper()}"))
    with transaction(labels_apart) as connection:
        add_alert_verdicts(connection, [AlertVerdict(alert, "right", "mia", NOW)])
        add_golden(connection, Golden(key(1), "joy", "mia", NOW))
        opt_out(connection, person)
    assert rows(labels_apart, "SELECT key::text, reason FROM post_verdicts") == [(key(other), None)]
    assert eligible(labels_apart).keys() == {key(other)}
    for table in ("alert_verdicts", "golden_posts", "label_leases"):
        assert rows(labels_apart, f"SELECT count(*) FROM {table}") == [(0,)]
    assert add(labels_apart, say(1, "joy", at=NOW)) == 0, "and nothing brings them back"


def test_a_golden_post_is_agreed_on_once_until_it_is_removed(labels: Engine) -> None:
    with transaction(labels) as connection:
        assert add_golden(connection, Golden(key(1), "joy", "mia", NOW))
        assert not add_golden(connection, Golden(key(1), "fear", "noa", NOW))
        assert not add_golden(connection, Golden(key(9999), "fear", "noa", NOW))
        assert golden_labels(connection) == {key(1): "joy"}
        assert (remove_golden(connection, key(1)), remove_golden(connection, key(1))) == (True, False)


def test_dashboards_count_the_newest_verdicts_and_show_no_small_group(labels: Engine) -> None:
    alert = put(labels)
    with transaction(labels) as connection:
        given = [AlertVerdict(alert, "wrong", "mia", EARLIER), AlertVerdict(alert, "right", "mia", NOW)]
        add_alert_verdicts(connection, [*given, AlertVerdict(alert, "unsure", "noa", NOW)])
    many = [say(n, "joy", shown="fear", score=712, model="m-1", verdict="wrong") for n in range(40)]
    few = [say(n, "joy", shown="joy", score=950, model="m-1", verdict="right") for n in (40, 41)]
    add(labels, *many, *few, say(42, None, queue="random", verdict="skip"))
    assert rows(labels, 'SELECT rule, emotion, "right", wrong, unsure FROM dashboard.alert_verdicts') == [
        ("sadness-trend", "sadness", 1, 0, 1)
    ]
    assert rows(labels, "SELECT model, emotion, bin, judged, correct FROM dashboard.calibration") == [
        ("m-1", "fear", 7, 40, 0)
    ]
    counts = "SELECT labeller, queue, sum(verdicts)::int, sum(skipped)::int FROM dashboard.label_days GROUP BY 1, 2"
    assert set(rows(labels, counts)) == {("mia", "web", 42, 0), ("mia", "random", 0, 1)}
