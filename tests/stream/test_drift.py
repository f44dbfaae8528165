"""Drift of the input: what is measured, what is judged, what is told, and what is shown."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from models.drift.measuring import measure
from models.drift.profile import Profile, profile_for
from models.load import SHIPPED
from models.manifest import Manifest
from models.saved import read_manifest
from storage.database import transaction
from storage.drift import DayRow, Key, Measured, measured_day
from storage.endpoints import NewEndpoint, add_endpoint
from storage.progress import register_partitions
from stream.cli import main
from stream.delivery_jobs import delivery_jobs
from stream.drift.judging import Day, judge
from stream.settings import read_settings
from tests.stream.helpers import NOW, PARTITIONS, TOPIC, batches, make_pipeline, record, tick, to_log

FIRST = date(2026, 4, 1)
PEOPLE = 30
QUIET, DAYS = 10, 12
WORDS = "the table in the old house is made of wood and it is rather big"
LONG = " ".join([WORDS] * 3)


# --- judging, without a database ----------------------------------------------------------------------------


def days(seed: int, count: int, people: int, shift: str = "", at: int = 10**6) -> Iterator[tuple[int, list[DayRow]]]:
    """A stream with a weekly rhythm and days that differ a little by themselves."""
    chance = np.random.default_rng(seed)
    before: list[DayRow] = []
    for number in range(count):
        day = FIRST + timedelta(days=number)
        figures = _figures(chance, people, number, shift if number >= at else "")
        rows = judge(Day(day, figures, [row for row in before if row.day >= day - timedelta(days=28)]), {})
        before += rows
        yield number, [row for row in rows if row.told]


def _figures(chance: np.random.Generator, people: int, day: int, shift: str) -> list[Measured]:
    rhythm = 0.02 * np.sin(2 * np.pi * day / 7)
    moods = [0.9, 0.9, 0.4, 1.6, 0.5, 0.3, 1.2] if shift == "topic" else [0.9, 1.4, 0.4, 0.7, 0.5, 0.3, 1.2]
    values = {
        Key("abstained", ""): np.maximum(
            chance.beta(0.6, 5, people), (shift == "abstentions") * (chance.random(people) < 0.1)
        ),
        Key("language", "de"): (chance.random(people) < (0.25 if shift == "languages" else 0.1)).astype(float),
        Key("length", "en"): chance.normal(2.5 + rhythm + np.log(2) * (shift == "length"), 0.7, people),
        Key("unknown", "en"): chance.beta(1, 14, people),
    }
    scores = chance.dirichlet(moods, people)
    values |= {Key("emotion", f"en {place}"): scores[:, place] + rhythm for place in range(7)}
    return [Measured(key, people, float(found.mean()), float(found.std(ddof=1))) for key, found in values.items()]


def test_a_quiet_stream_alarms_less_than_once_in_a_hundred_days() -> None:
    alarms = sum(bool(told) for seed in range(2) for _, told in days(seed, 100, people=200))
    assert alarms < 2


@pytest.mark.parametrize("shift", ["topic", "languages", "length", "abstentions"])
def test_a_change_is_found_within_two_days(shift: str) -> None:
    for seed in (11, 12):
        told = {number for number, found in days(seed, 24, people=600, shift=shift, at=22) if found}
        assert told & {22, 23}
        assert not {number for number in told if number < 22}


def test_nothing_is_said_in_the_first_week_or_of_few_people() -> None:
    assert not any(told for _, told in days(1, 7, people=500, shift="length", at=5))
    assert not any(told for _, told in days(1, 20, people=15, shift="length", at=15))


def test_a_stream_unlike_the_training_rows_is_told_of_once() -> None:
    profile = Profile("en", 100, {"joy": 0.9, "anger": 0.1}, [0, 0, 0, 1.0, 0, 0], 0.02)
    figures = [
        Measured(Key("lead", "en joy"), 200, 0.2, 0.1),
        Measured(Key("lead", "en anger"), 200, 0.8, 0.1),
        Measured(Key("group", "en 3"), 200, 1.0, 0.1),
        Measured(Key("unknown", "en"), 200, 0.4, 0.1),
    ]
    first = judge(Day(FIRST, figures, []), {"en": profile})
    assert {row.measure for row in first if row.told} == {"training emotions", "training words"}
    again = judge(Day(FIRST + timedelta(days=1), figures, first), {"en": profile})
    assert {row.measure for row in again if row.drifted} == {"training emotions", "training words"}
    assert not any(row.told for row in again)


# --- what is measured ---------------------------------------------------------------------------------------


def test_only_words_count_and_a_language_without_a_list_has_no_unknown_ones() -> None:
    assert measure("RT https://x.example/abc 12 :) @ada", "en") == (1, 0)
    assert measure("오늘은 정말 행복하다 궯궯", "ko") == (4, 1)
    assert measure("estoy muy triste", "es") == (3, None)


@pytest.mark.parametrize("folder", sorted(SHIPPED.iterdir()), ids=lambda folder: folder.name)
def test_every_shipped_model_has_a_profile_of_its_training_rows(folder: Path) -> None:
    manifest: Manifest = read_manifest(folder)
    profile = profile_for(folder, manifest)
    assert profile is not None
    assert profile.language in manifest.languages
    assert sum(profile.mix.values()) == pytest.approx(1, abs=1e-4)
    assert sum(profile.lengths) == pytest.approx(1, abs=1e-4)
    assert profile.unknown is not None
    assert 0 < profile.unknown < 0.3


# --- from posts to messages ---------------------------------------------------------------------------------


def posts() -> list[dict[str, Any]]:
    """Thirty people, one post a day; from day `QUIET` on their posts are three times as long."""
    made, number = [], 0
    for day in range(DAYS):
        for person in range(PEOPLE):
            number += 1
            words = (LONG if day >= QUIET else WORDS) + " indeed" * (number % 5)
            at = datetime.combine(FIRST + timedelta(days=day), time(12), UTC) + timedelta(minutes=person)
            made.append(record(number, author=f"a{person}", text=f"{words} {number}", sent_at=at.isoformat()))
    return made


def flood(day: int) -> list[dict[str, Any]]:
    """One account that posts without end, in another language."""
    at = datetime.combine(FIRST + timedelta(days=day), time(13), UTC)
    texts = (f"estoy muy triste hoy y no quiero ver a nadie {number}" for number in range(60))
    return [
        record(10_000 + number, author="flooder", text=said, sent_at=(at + timedelta(seconds=number)).isoformat())
        for number, said in enumerate(texts)
    ]


@pytest.fixture
def stream(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    monkeypatch.setenv("TIDELINE_MODEL", "keywords")
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
        wish = NewEndpoint("ops", None, "ops.example.org", "standard", ("operators",))
        add_endpoint(connection, wish, NOW)
    return engine


def feed(engine: Engine, values: list[dict[str, Any]], days: int = DAYS) -> None:
    closing = tick(datetime.combine(FIRST + timedelta(days=days), time(1), UTC))
    pipeline = make_pipeline(engine)
    for batch in batches(to_log([*sorted(values, key=lambda value: value["sent_at"]), closing]), 1000):
        pipeline.process(batch)


def drift(*arguments: str) -> Any:
    found = CliRunner().invoke(main, ["drift", *arguments, "--json"])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_longer_posts_are_told_to_the_operators_once_with_a_page_to_look_at(stream: Engine) -> None:
    feed(stream, posts() + flood(8))
    told = [(row["day"], row["measure"], row["part"]) for row in drift("check")["told"]]
    assert told == [((FIRST + timedelta(days=QUIET)).isoformat(), "length", "en")]
    assert drift("check")["told"] == []
    with transaction(stream) as connection:
        kinds = connection.execute(text("SELECT kind, audience, payload FROM deliveries")).all()
        seen = connection.execute(text("SELECT measure, value, usual FROM dashboard.drift_days WHERE drifted")).all()
    assert [(kind, audience) for kind, audience, _ in kinds] == [("drift.detected", "operators")]
    data = kinds[0].payload["data"]
    assert data["why"] == "length en"
    assert 30 < data["found"][0]["value"] < 60, "words, not their logarithm"
    assert data["show"].startswith("tideline drift show --until 2026-04-11")
    assert set(data) == {"day", "count", "why", "found", "show"}
    assert {row.measure for row in seen} == {"length"}
    assert all(30 < row.value < 60 and 10 < row.usual < 20 for row in seen)
    drift("show", "--out", "drift.html")
    page = Path("drift.html").read_text()
    assert "Words in a post: en" in page
    assert "<script" not in page
    shown = CliRunner().invoke(main, ["drift", "show"]).output
    assert "length en" in shown
    assert "changed" in shown


def test_one_flooding_account_weighs_as_one_person(stream: Engine) -> None:
    feed(stream, [post for post in posts() if post["sent_at"] < "2026-04-02"] + flood(0), days=1)
    with transaction(stream) as connection:
        found = {each.key: each for each in measured_day(connection, FIRST, (3, 6, 10, 15, 25))}
        posts_abstained = connection.execute(
            text("SELECT avg((abstained IS NOT NULL)::int)::float8 FROM points")
        ).scalar()
    abstained = found[Key("abstained", "")]
    assert abstained.people == PEOPLE + 1
    assert abstained.mean == pytest.approx(1 / 31)
    assert posts_abstained == pytest.approx(60 / 90)
    assert found[Key("language", "es")].mean == pytest.approx(1 / 31)
    assert found[Key("unknown", "en")].people == PEOPLE


def test_a_deliverer_checks_by_itself_and_no_mean_of_a_handful_of_people_is_kept(stream: Engine) -> None:
    feed(stream, [post for post in posts() if post["sent_at"] < "2026-04-01T12:04"] + flood(0), days=1)
    for job in delivery_jobs(read_settings(), stream):
        job()
    with transaction(stream) as connection:
        assert connection.execute(text("SELECT measure FROM drift_days")).scalars().all() == ["abstained"]


def test_a_day_that_has_not_closed_is_not_judged(stream: Engine) -> None:
    feed(stream, [post for post in posts() if post["sent_at"] < "2026-04-02"], days=0)
    assert drift("check")["told"] == []
    assert drift("show")["days"] == []
