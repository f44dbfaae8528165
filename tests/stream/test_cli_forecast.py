"""`tideline forecast` through the front door."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from alerts.forecast.snapshot import load_snapshot
from models.labels import EMOTIONS
from storage.database import transaction
from storage.forecasts import read_forecasts
from storage.months import Months
from storage.people import opt_out
from storage.points import NewPoint, claim_keys, insert_points
from stream import forecasting
from stream.cli import main
from stream.tallies import Tallies

FIRST = date(2025, 4, 1)
DAYS = 50
NEXT = FIRST + timedelta(days=DAYS)
CALM, SAD, NEW, GONE, NOBODY = (str(uuid.UUID(int=number)) for number in range(1, 6))
CALM_SCORES, SAD_SCORES = (40, 300, 60, 50, 50, 100, 400), (700, 50, 50, 50, 50, 50, 50)


@pytest.fixture
def posted(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Somebody calm and somebody sad for fifty days, somebody new, and somebody who left after ten days."""
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    points = [each for day in range(DAYS) for each in (*_posts(CALM, day, CALM_SCORES), *_posts(SAD, day, SAD_SCORES))]
    points += [each for day in (DAYS - 2, DAYS - 1) for each in _posts(NEW, day, SAD_SCORES)]
    points += [each for day in range(10) for each in _posts(GONE, day, CALM_SCORES)]
    put(engine, points)
    return engine


def _posts(person: str, day: int, scores: tuple[int, ...]) -> list[NewPoint]:
    start = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=UTC) + timedelta(days=day)
    return [_point(person, start + timedelta(hours=number), scores) for number in range(2)]


def _point(person: str, at: datetime, scores: tuple[int, ...], channel: str | None = "pub") -> NewPoint:
    key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{person} {at}"))
    return NewPoint(at, key, person, channel, "test", "en", None, scores, "m", 0, hash(key) % 1000, "")


def put(engine: Engine, points: list[NewPoint]) -> None:
    Months(engine).ensure(each.sent_at for each in points)
    with transaction(engine) as connection:
        claim_keys(connection, points)
        insert_points(connection, points)
        tallies = Tallies()
        tallies.add_points(points)
        tallies.save(connection)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["forecast", *words])


def found(*words: str) -> dict[str, Any]:
    result = run("--json", *words)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def of(answer: dict[str, Any], emotion: str, days: int) -> dict[str, Any]:
    (only,) = [each for each in answer["forecasts"] if (each["emotion"], each["horizon_days"]) == (emotion, days)]
    return only


def stored(engine: Engine, kind: str = "person") -> dict[str, int]:
    """How many rows each subject has."""
    counts: dict[str, int] = {}
    with transaction(engine) as connection:
        for row in read_forecasts(connection, kind):
            counts[row.subject] = counts.get(row.subject, 0) + 1
    return counts


def refused(*words: str) -> str:
    result = run(*words)
    assert result.exit_code in (1, 2), result.output
    assert result.stdout == ""
    sentence = result.stderr.strip().splitlines()[-1]
    assert "unexpected" not in sentence
    return sentence


# --- one subject -----------------------------------------------------------------------------------------------


def test_the_next_day_and_week_of_every_emotion_come_with_intervals(posted: Engine) -> None:
    answer = found(SAD)
    assert [(each["emotion"], each["horizon_days"]) for each in answer["forecasts"]] == [
        (emotion, days) for emotion in EMOTIONS for days in (1, 7)
    ]
    for each in answer["forecasts"]:
        assert 0 <= each["low95"] <= each["low80"] <= each["mean"] <= each["high80"] <= each["high95"] <= 1
    assert answer["from_day"] == NEXT.isoformat()
    assert (answer["posts"], answer["days"], answer["posts_a_day"]) == (100, 50, 2.0)
    assert answer["version"] == load_snapshot().version
    assert of(answer, "sadness", 7)["low80"] > of(found(CALM), "sadness", 7)["high80"]


def test_the_page_says_what_it_is_and_what_it_is_not(posted: Engine) -> None:
    page = run(SAD, "--emotion", "sadness").stdout
    assert "not an alert and not a diagnosis" in page
    assert "100 scored posts on 50 days before 2025-05-21" in page
    (line,) = [line for line in page.splitlines() if line.startswith("sadness")]
    assert "████████" in line
    assert "anger " not in page


def test_a_channel_is_forecast_from_its_hours(posted: Engine) -> None:
    answer = found("--channel", "pub", "--emotion", "joy")
    assert [each["horizon_days"] for each in answer["forecasts"]] == [1, 7]
    assert answer["posts"] == 224
    assert 0.1 < of(answer, "joy", 7)["mean"] < 0.3


def test_until_looks_at_nothing_that_came_later(posted: Engine) -> None:
    before = found(CALM, "--until", "2025-05-01")
    assert before["from_day"] == "2025-05-01"
    put(posted, [each for day in (30, 31) for hour in (1,) for each in [_late(day, hour)]])
    assert found(CALM, "--until", "2025-05-01") == before
    assert found(CALM) != found(CALM, "--until", "2025-05-01")


def _late(day: int, hour: int) -> NewPoint:
    at = datetime(FIRST.year, FIRST.month, FIRST.day, hour, tzinfo=UTC) + timedelta(days=day)
    return _point(CALM, at, SAD_SCORES, channel=None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([NEW], "4 scored posts on 2 days: 8 posts on 5 days are needed"),
        ([NOBODY], "no scored post in the 180 days before"),
        (["--channel", "nowhere"], "no scored post in the 180 days before"),
        ([CALM, "--until", "2025-04-03"], "4 scored posts on 2 days"),
        ([CALM, "--until", "2025-09-01"], "silent for 103 days"),
        ([CALM, "--until", "2100-01-01"], "no scored post"),
        ([CALM, "--until", "1971-01-01"], "no scored post"),
        ([CALM, "--until", "9998-12-31"], "no scored post"),
    ],
)
def test_too_little_is_said_and_no_number_is_made_up(posted: Engine, words: list[str], said: str) -> None:
    answer = found(*words)
    assert said in answer["why_not"]
    assert answer["forecasts"] == []
    assert f"nothing is forecast: {said}" in run(*words).stdout


def test_posts_of_days_to_come_do_not_move_the_day(posted: Engine) -> None:
    put(posted, [_point(CALM, datetime(2100, 1, 1, tzinfo=UTC), SAD_SCORES)])
    assert found(CALM)["from_day"] == NEXT.isoformat()


def test_a_person_who_opted_out_is_refused(posted: Engine) -> None:
    with transaction(posted) as connection:
        opt_out(connection, SAD)
    assert "asked not to be read" in refused(SAD)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a PERSON"),
        ([CALM, "--all"], "name a PERSON"),
        ([CALM, "--channel", "pub"], "name a PERSON"),
        (["--all", "--emotion", "joy"], "--emotion is for one subject"),
        (["ada"], "a person is named by a pseudonym"),
        ([CALM, "--until", "soon"], "--until"),
        ([CALM, "--until", "9999-12-31"], "out of range"),
        ([CALM, "--until", "0001-01-01"], "out of range"),
        ([CALM, "--emotion", "gloom"], "gloom"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_sentence(posted: Engine, words: list[str], said: str) -> None:
    assert said in refused(*words)


def test_an_empty_database_is_told(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    for words in ([CALM], ["--all", "--store"]):
        assert "nothing is stored that a forecast could be made from" in refused(*words)


# --- everybody -------------------------------------------------------------------------------------------------


def test_all_with_store_keeps_the_forecasts_of_those_who_still_post(posted: Engine) -> None:
    answer = found("--all", "--store")
    assert answer["persons"] == {"foreseen": 2, "too_little": 1, "silent": 1, "posts": 224, "dropped": 0}
    assert answer["channels"]["foreseen"] == 1
    assert stored(posted) == {CALM: 14, SAD: 14}
    assert stored(posted, "channel") == {"pub": 14}


def test_a_second_run_changes_nothing_and_a_later_one_drops_who_fell_silent(posted: Engine) -> None:
    run("--all", "--store")
    with transaction(posted) as connection:
        first = read_forecasts(connection, "person")
    run("--all", "--store")
    with transaction(posted) as connection:
        assert read_forecasts(connection, "person") == first
    put(posted, [each for day in range(DAYS, DAYS + 40) for each in _posts(CALM, day, CALM_SCORES)])
    assert found("--all", "--store")["persons"]["dropped"] == 14
    assert stored(posted) == {CALM: 14}


def test_a_run_for_an_earlier_day_leaves_newer_forecasts_alone(posted: Engine) -> None:
    run("--all", "--store")
    found("--all", "--store", "--until", "2025-05-01")
    with transaction(posted) as connection:
        rows = [row for row in read_forecasts(connection, "person") if row.subject in (CALM, SAD)]
    assert {row.from_day for row in rows} == {NEXT}


def test_all_without_store_keeps_nothing(posted: Engine) -> None:
    assert "Nothing was stored" in run("--all").stdout
    assert stored(posted) == {}


def test_one_and_all_foresee_the_same(posted: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasting, "TOGETHER", 1)
    run("--all", "--store")
    with transaction(posted) as connection:
        rows = [row for row in read_forecasts(connection, "person") if row.subject == SAD and row.emotion == "sadness"]
    alone = found(SAD)
    for row in rows:
        assert row.mean == pytest.approx(of(alone, "sadness", row.horizon)["mean"], abs=1e-6)
        assert row.high95 == pytest.approx(of(alone, "sadness", row.horizon)["high95"], abs=1e-6)


def test_one_subject_can_be_stored_and_forgotten_when_nothing_can_be_said(posted: Engine) -> None:
    assert found(SAD, "--store")["stored"] is True
    assert stored(posted) == {SAD: 14}
    found(SAD, "--store", "--until", "2025-09-01")
    assert stored(posted) == {}


def test_an_opt_out_erases_the_stored_forecast(posted: Engine) -> None:
    run("--all", "--store")
    with transaction(posted) as connection:
        opt_out(connection, SAD)
    assert stored(posted) == {CALM: 14}
    run("--all", "--store")
    assert stored(posted) == {CALM: 14}


def test_a_forecast_raises_nothing(posted: Engine) -> None:
    run("--all", "--store")
    with transaction(posted) as connection:
        for table in ("alerts", "outbox"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
