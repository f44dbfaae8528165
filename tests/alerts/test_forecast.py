"""Forecasts: better than repeating the past, honest about how sure they are, and calm under nonsense."""

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.composed.moods import CHANNELS, FIRST_DAY, PEOPLE, compose_moods
from alerts.evaluation.forecasts import composed, coverage, difference, errors, judge
from alerts.forecast.daily import Daily, daily_of
from alerts.forecast.fit import PERSON_WAYS, fit_pool
from alerts.forecast.foresee import Forecast, foresee, seen_before, too_little
from alerts.forecast.outlook import HORIZONS
from alerts.forecast.snapshot import load_snapshot, parse_snapshot, write_snapshot
from models.labels import EMOTIONS

TODAY = date(2025, 6, 2)
CALM = (0.1, 0.2, 0.05, 0.1, 0.05, 0.1, 0.4)


def history(days: int, posts: int = 3, means: Sequence[float] = CALM, step: int = 1) -> Daily:
    """So many days that end right before today."""
    first = TODAY.toordinal() - days * step
    return daily_of([(date.fromordinal(first + step * number), posts, means) for number in range(days)])


def forecast(series: Daily, horizon: int = 1, emotion: str = "sadness", kind: str = "person") -> Forecast:
    return foresee(load_snapshot().pools[kind], [series], TODAY.toordinal()).of(0, horizon, emotion)


def assert_sane(found: Forecast) -> None:
    assert all(0 <= value <= 1 for value in found), found
    assert found.low95 <= found.low80 <= found.mean <= found.high80 <= found.high95
    assert found.low80 <= found.median <= found.high80
    assert found.level_low95 <= found.level_low80 <= found.level_high80 <= found.level_high95


# --- better than repeating the past --------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "options", "subjects"), [("person", PEOPLE, 120), ("channel", CHANNELS, 48)])
@pytest.mark.parametrize("days", HORIZONS)
def test_it_beats_the_last_day_the_last_week_and_the_plain_mean(kind, options, subjects, days) -> None:
    judged = judge(kind, composed(subjects, options, seeds=[201]), days, ages=(42, 63, 84))
    found = errors(judged)
    for rival in ("last day", "last week", "plain mean"):
        for ours, theirs in zip(found["forecast"], found[rival], strict=True):
            mean, _, high = difference(ours, theirs, judged.subject)
            assert mean < 0, rival
            assert high < 0 or rival == "plain mean", rival


@pytest.mark.parametrize(("kind", "options", "subjects"), [("person", PEOPLE, 150), ("channel", CHANNELS, 48)])
@pytest.mark.parametrize("days", HORIZONS)
def test_intervals_hold_about_as_often_as_they_say(kind, options, subjects, days) -> None:
    covered = coverage(judge(kind, composed(subjects, options, seeds=[202]), days, ages=(42, 63, 84)))
    assert covered["80"].mean() == pytest.approx(0.80, abs=0.05)
    assert covered["95"].mean() == pytest.approx(0.95, abs=0.03)
    assert covered["level_95"].mean() > 0.92


def test_a_week_is_surer_than_a_day_and_many_posts_are_surer_than_few() -> None:
    def width(posts: int, horizon: int) -> float:
        found = forecast(history(40, posts), horizon)
        return found.high95 - found.low95

    assert width(1, 7) < width(1, 1)
    assert width(30, 1) < width(3, 1) < width(1, 1)


def test_one_loud_day_of_one_post_moves_less_than_one_of_many() -> None:
    def after(posts: int) -> float:
        loud = (0.9, *[0.1 / 6] * 6)
        yesterday = daily_of([(date.fromordinal(TODAY.toordinal() - 1), posts, loud)])
        calm = history(40, 2)
        joined = Daily(
            np.append(calm.days[:-1], yesterday.days),
            np.append(calm.posts[:-1], yesterday.posts),
            np.vstack([calm.means[:-1], yesterday.means]),
        )
        return forecast(joined, 7).mean

    calm = forecast(history(40, 2), 7).mean
    assert calm < after(1) < after(8) < 0.6


def test_a_person_of_few_days_is_drawn_to_everybody_and_one_of_many_is_not() -> None:
    sad = (0.6, *[0.4 / 6] * 6)
    few, many = forecast(history(6, 2, sad), 7).mean, forecast(history(80, 2, sad), 7).mean
    everybody = load_snapshot().pools["person"].population[0]
    assert everybody < few < many
    assert many == pytest.approx(0.6, abs=0.06)


def test_after_a_silence_the_forecast_goes_back_towards_everybody_and_is_less_sure() -> None:
    day = TODAY.toordinal()
    sad = (0.6, *[0.4 / 6] * 6)
    pool = load_snapshot().pools["person"]
    at_once, later = (foresee(pool, [history(30, 4, sad)], day + silent).of(0, 7, "sadness") for silent in (0, 50))
    assert later.mean < at_once.mean
    assert later.level_high95 - later.level_low95 > at_once.level_high95 - at_once.level_low95


def test_a_channel_that_is_angry_on_sundays_is_foreseen_to_be_so() -> None:
    pool = load_snapshot().pools["channel"]
    angry, calm = (0.1, 0.1, 0.05, 0.35, 0.05, 0.05, 0.3), (0.1, 0.2, 0.1, 0.1, 0.05, 0.05, 0.4)
    days = [date.fromordinal(TODAY.toordinal() - 1 - number) for number in range(84)]  # the last is a Sunday
    series = daily_of([(day, 80, angry if day.weekday() == 6 else calm) for day in days])
    monday, sunday = (
        foresee(pool, [seen_before(series, day)], day).of(0, 1, "anger").mean
        for day in (TODAY.toordinal(), TODAY.toordinal() - 1)
    )
    assert sunday > monday + 0.1


# --- nothing is made up ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (daily_of([]), "no scored post"),
        (history(1, 100), "100 scored posts on 1 day:"),
        (history(4, 3), "12 scored posts on 4 days"),
        (history(6, 1), "6 scored posts on 6 days"),
    ],
)
def test_too_little_gets_a_sentence_and_no_number(series: Daily, said: str) -> None:
    assert said in str(too_little(series, TODAY.toordinal()))


def test_a_subject_silent_for_long_gets_a_sentence() -> None:
    assert "silent for 100 days" in str(too_little(history(50, 3), TODAY.toordinal() + 100))


def test_the_days_to_come_are_not_looked_at() -> None:
    whole = compose_moods(1, seed=3)[0].series
    day = FIRST_DAY + 60
    changed = Daily(whole.days, whole.posts, np.where(whole.days[:, None] >= day, 1.0, whole.means))
    pool = load_snapshot().pools["person"]
    one, other = (foresee(pool, [seen_before(each, day)], day).numbers for each in (whole, changed))
    assert (one == other).all()


def test_a_subject_gets_the_same_forecast_alone_and_among_others() -> None:
    day = FIRST_DAY + 60
    some = [seen_before(each.series, day) for each in compose_moods(40, seed=4)]
    able = [each for each in some if too_little(each, day) is None]
    pool = load_snapshot().pools["person"]
    together = foresee(pool, able, day)
    for place in (0, len(able) // 2, len(able) - 1):
        alone = foresee(pool, [able[place]], day)
        assert np.abs(alone.numbers[0] - together.numbers[place]).max() <= 0.001  # one step of rounding


# --- nonsense -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", [(0.0,) * 7, (1.0,) * 7, (1.0, *[0.0] * 6), (math.nan,) * 7, (7.0, -3.0, *[0.2] * 5)])
@pytest.mark.parametrize("posts", [1, 2, 10**9])
@pytest.mark.parametrize("kind", ["person", "channel"])
def test_flat_broken_and_huge_series_give_numbers_in_bounds(means, posts: int, kind: str) -> None:
    series = history(60, posts, means)
    for horizon in HORIZONS:
        for emotion in EMOTIONS:
            assert_sane(forecast(series, horizon, emotion, kind))


def test_all_zeros_are_foreseen_low_and_all_ones_high() -> None:
    assert forecast(history(60, 5, (0.0,) * 7), 7).high80 < 0.1
    assert forecast(history(60, 5, (1.0,) * 7), 7).low80 > 0.8


def test_gaps_of_years_and_posts_to_come_are_outside_of_what_is_read() -> None:
    rows = [(date(1970, 1, 1), 5, (1.0,) * 7), (date(2100, 1, 1), 5, (1.0,) * 7)]
    near = [(date.fromordinal(TODAY.toordinal() - 1 - number), 2, CALM) for number in range(20)]
    day = TODAY.toordinal()
    far = seen_before(daily_of([*rows, *near]), day)
    assert (far.days == seen_before(daily_of(near), day).days).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 179), st.integers(1, 10**6), st.lists(st.floats(0, 1, width=32), min_size=7, max_size=7)
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_history_gives_a_sentence_or_sane_numbers(rows: list[tuple[int, int, list[float]]]) -> None:
    day = TODAY.toordinal()
    series = daily_of([(date.fromordinal(day - 1 - back), posts, means) for back, posts, means in rows])
    if too_little(series, day) is not None:
        return
    for kind in ("person", "channel"):
        found = foresee(load_snapshot().pools[kind], [series], day)
        for horizon in HORIZONS:
            for emotion in EMOTIONS:
                assert_sane(found.of(0, horizon, emotion))


# --- the fitted numbers ---------------------------------------------------------------------------------------


def test_the_shipped_numbers_have_a_version_that_follows_from_them() -> None:
    shipped = load_snapshot()
    written = write_snapshot(shipped.pools, "by a test")
    again = parse_snapshot(written)
    assert again.pools == shipped.pools
    assert again.version != parse_snapshot(written.replace("trust = 0.7", "trust = 0.6")).version
    assert shipped.version.startswith("forecast-")


def test_fitting_is_the_same_for_the_same_histories_and_keeps_the_commonest_ways() -> None:
    learn, widen = ([each.series for each in compose_moods(60, seed)] for seed in (1, 2))
    one, other = (fit_pool(PERSON_WAYS, learn, widen, [FIRST_DAY + 60], most=3) for _ in range(2))
    assert one == other
    assert len(one.dynamics) == 3
    assert sum(one.shares) == pytest.approx(1, abs=0.001)


def test_restless_histories_are_fitted_with_more_swing_than_still_ones() -> None:
    def swing(story: str) -> float:
        told = [each.series for each in compose_moods(90, 1, CHANNELS) if each.story == story]
        pool = fit_pool(PERSON_WAYS, told, told, [FIRST_DAY + 60], most=len(PERSON_WAYS))
        return sum(share * way.swing for share, way in zip(pool.shares, pool.dynamics, strict=True))

    assert swing("drift") > 2 * swing("steady")
