"""The table of forecasts: the newest of each subject, whatever is run twice, late, or at the same time."""

import uuid
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from storage.daily import count_recent, newest_day, read_days, stream_days, sum_everybody
from storage.database import transaction
from storage.forecasts import (
    StoredForecast,
    drop_forecasts_before,
    forget_forecasts,
    read_forecasts,
    save_forecasts,
)
from storage.months import Months
from storage.people import opt_out
from storage.points import NewPoint, claim_keys, insert_points
from stream.tallies import Tallies

DAY = date(2025, 6, 2)
ADA, BOB = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
SCORES = (500, 100, 50, 50, 100, 100, 100)


def made(subject: str = ADA, emotion: str = "sadness", horizon: int = 1, **changes: object) -> StoredForecast:
    numbers = (0.25, 0.125, 0.0625, 0.5, 0.03125, 0.75, 0.125, 0.375, 0.0625, 0.5)  # what a REAL holds exactly
    row = StoredForecast("person", subject, horizon, emotion, DAY, *numbers, 30, 12, 2.5, 4.0, "forecast-test")
    return replace(row, **changes)  # type: ignore[arg-type]


def save(engine: Engine, *rows: StoredForecast) -> int:
    with transaction(engine) as connection:
        return save_forecasts(connection, [astuple(row) for row in rows])


def stored(engine: Engine, kind: str = "person", subject: str | None = None) -> list[StoredForecast]:
    with transaction(engine) as connection:
        return read_forecasts(connection, kind, subject)


def test_what_is_saved_is_read_and_saving_it_again_changes_nothing(engine: Engine) -> None:
    rows = [made(), made(emotion="fear"), made(horizon=7), made(BOB)]
    for _ in range(2):
        save(engine, *rows)
        assert sorted(map(astuple, stored(engine))) == sorted(map(astuple, rows))
    assert stored(engine, subject=BOB) == [made(BOB)]
    assert stored(engine, "channel") == []


def test_a_newer_forecast_replaces_and_an_older_one_does_not(engine: Engine) -> None:
    newer, older = made(from_day=DAY + timedelta(days=1), mean=0.5), made(from_day=DAY - timedelta(days=1), mean=0.75)
    save(engine, made())
    assert save(engine, older) == 0
    assert stored(engine) == [made()]
    assert save(engine, newer) == 1
    assert stored(engine) == [newer]


def test_what_a_newer_run_no_longer_makes_is_dropped(engine: Engine) -> None:
    save(engine, made(from_day=DAY - timedelta(days=1)), made(BOB), made("pub", subject_kind="channel"))
    with transaction(engine) as connection:
        assert drop_forecasts_before(connection, "person", DAY) == 1
        forget_forecasts(connection, "person", BOB, DAY - timedelta(days=1))
    assert stored(engine) == [made(BOB)]
    with transaction(engine) as connection:
        forget_forecasts(connection, "person", BOB, DAY)
    assert stored(engine) == []
    assert len(stored(engine, "channel")) == 1


def test_an_opt_out_erases_the_forecast_and_none_comes_back(engine: Engine) -> None:
    save(engine, made(), made(BOB), made(ADA, subject_kind="channel"))
    with transaction(engine) as connection:
        opt_out(connection, ADA)
    assert save(engine, made()) == 0
    assert stored(engine) == [made(BOB)]
    assert len(stored(engine, "channel")) == 1  # a channel that happens to be called so


def test_nothing_to_save_is_no_error(engine: Engine) -> None:
    assert save(engine) == 0


# --- days -------------------------------------------------------------------------------------------------------


def point(number: int, at: datetime, person: str = ADA, **changes: object) -> NewPoint:
    key = str(uuid.UUID(int=1000 + number))
    made_point = NewPoint(at, key, person, "pub", "test", "en", None, SCORES, "m", 0, number, "")
    for name, value in changes.items():
        setattr(made_point, name, value)
    return made_point


def put(engine: Engine, *points: NewPoint) -> None:
    Months(engine).ensure(each.sent_at for each in points)
    with transaction(engine) as connection:
        claim_keys(connection, points)
        insert_points(connection, points)
        tallies = Tallies()
        tallies.add_points(points)
        tallies.save(connection)


@pytest.fixture
def posted(engine: Engine) -> Engine:
    """Two posts of Ada's on one day, one on the next; what must not count; one of Bob's."""
    morning = datetime(2025, 6, 1, 0, 30, tzinfo=UTC)
    put(
        engine,
        point(1, morning),
        point(2, morning + timedelta(hours=23), scores=(100, 300, 100, 100, 100, 100, 200)),
        point(3, morning + timedelta(days=1)),
        point(4, morning, repeated=True),
        point(5, morning, retweet=True),
        point(6, morning, scores=None, abstained="language"),
        point(7, morning, BOB, channel=None),
    )
    return engine


def test_a_persons_days_leave_out_repeats_retweets_and_abstained_posts(posted: Engine) -> None:
    with transaction(posted) as connection:
        first, second = read_days(connection, "person", ADA, date(2025, 1, 1), date(2026, 1, 1))
    assert (first.day, first.posts, first.sums[:2]) == (date(2025, 6, 1), 2, (600, 400))
    assert (second.day, second.posts, second.sums) == (date(2025, 6, 2), 1, SCORES)


def test_days_before_and_after_are_left_out(posted: Engine) -> None:
    with transaction(posted) as connection:
        (only,) = read_days(connection, "person", ADA, date(2025, 6, 1), date(2025, 6, 2))
        assert only.day == date(2025, 6, 1)
        assert read_days(connection, "person", ADA, date(2025, 6, 3), date(2026, 1, 1)) == []


def test_all_days_come_subject_by_subject_as_each_alone(posted: Engine) -> None:
    between = (date(2025, 1, 1), date(2026, 1, 1))
    with transaction(posted) as connection:
        together = list(stream_days(connection, "person", *between))
        alone = [row for who in (ADA, BOB) for row in read_days(connection, "person", who, *between)]
        assert together == alone
        assert count_recent(connection, "person", *between) == 2


def test_a_channels_days_are_those_of_its_hours_and_no_channel_is_none(posted: Engine) -> None:
    between = (date(2025, 1, 1), date(2026, 1, 1))
    with transaction(posted) as connection:
        rows = list(stream_days(connection, "channel", *between))
        assert [(row.subject, row.day, row.posts) for row in rows] == [
            ("pub", date(2025, 6, 1), 4),
            ("pub", date(2025, 6, 2), 1),
        ]
        assert rows == read_days(connection, "channel", "pub", *between)
        assert count_recent(connection, "channel", *between) == 1
        assert sum_everybody(connection, *between)[0] == 6
        assert newest_day(connection, date(2026, 1, 1)) == date(2025, 6, 2)
        assert newest_day(connection, date(2025, 6, 2)) == date(2025, 6, 1)


def test_an_empty_database_has_no_days(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert newest_day(connection, DAY) is None
        assert sum_everybody(connection, date(2025, 1, 1), DAY) == (0, (0,) * 7)
        assert list(stream_days(connection, "person", date(2025, 1, 1), DAY)) == []


def test_no_rule_and_no_alert_refers_to_a_forecast(engine: Engine) -> None:
    with transaction(engine) as connection:
        count = connection.execute(
            text("SELECT count(*) FROM pg_constraint WHERE confrelid = 'forecasts'::regclass AND contype = 'f'")
        ).scalar_one()
    assert count == 0
