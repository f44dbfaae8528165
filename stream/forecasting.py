"""Forecasts of one subject, or of everybody in one pass, from what is stored. Nothing here raises an alert."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from alerts.forecast.daily import Daily, Floats, daily_of
from alerts.forecast.foresee import REACH, Foreseen, foresee, seen_before, too_little
from alerts.forecast.outlook import HORIZONS
from alerts.forecast.snapshot import load_snapshot
from models.labels import EMOTIONS
from storage.daily import DaySums, newest_day, read_days, stream_days, sum_everybody
from storage.database import transaction
from storage.forecasts import drop_forecasts_before, save_forecasts
from stream.errors import StreamError
from stream.progress import Progress

TOGETHER = 1000  # subjects in one step: what is in memory at once
_EVERYBODY_POSTS = 2000  # of the shipped means, so that a small database does not speak for everybody
_THOUSAND = 1000.0
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Known:
    """One subject's history before a day, and the forecast, or why there is none."""

    kind: str
    subject: str
    day: date
    history: Daily
    why: str | None
    foreseen: Foreseen | None

    def rows(self) -> list[Row]:
        """As they are stored; none where nothing is foreseen."""
        return list(_rows(self.kind, [self.subject], self.day, self.foreseen)) if self.foreseen else []


@dataclass
class Counts:
    """What a pass over everybody came to."""

    foreseen: int = 0
    too_little: int = 0
    silent: int = 0
    posts: int = 0
    dropped: int = 0


def first_day(connection: Connection, until: date | None, today: date) -> date:
    """The day to forecast: as asked, or the one after the newest post. Posts of days to come are not believed."""
    if until is not None:
        return until
    newest = newest_day(connection, today + timedelta(days=1))
    if newest is None:
        raise StreamError("nothing is stored that a forecast could be made from: run a worker and `tideline replay`")
    return newest + timedelta(days=1)


def know(connection: Connection, kind: str, subject: str, day: date) -> Known:
    """Read one subject and look ahead from `day` on."""
    found = _series(read_days(connection, kind, subject, day - timedelta(days=REACH), day))
    history = seen_before(found, day.toordinal())
    why = too_little(history, day.toordinal())
    foreseen = None if why else _foreseen(kind, [history], day, everybody(connection, kind, day))
    return Known(kind, subject, day, history, why, foreseen)


def everybody(connection: Connection, kind: str, day: date) -> Floats:
    """The mean score of each emotion over all posts, held by the shipped one while posts are few; (7,)."""
    posts, sums = sum_everybody(connection, day - timedelta(days=REACH), day)
    shipped = np.array(load_snapshot().pools[kind].population)
    return np.asarray((np.array(sums) / _THOUSAND + _EVERYBODY_POSTS * shipped) / (posts + _EVERYBODY_POSTS))


def refresh(engine: Engine, kind: str, day: date, active: int, progress: Progress, store: bool) -> Counts:
    """Forecast every subject with a post in the last `active` days; a thousand at a time are in memory."""
    counts = Counts()
    with transaction(engine) as reading:
        reading.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        population = everybody(reading, kind, day)
        days = stream_days(reading, kind, day - timedelta(days=REACH), day)
        for some in _together(_recent(days, day, active, counts)):
            rows = _step(kind, some, day, population, counts)
            if store:
                _save(engine, rows)
            progress.advance(len(some))
    if store:
        with transaction(engine) as connection:
            counts.dropped = drop_forecasts_before(connection, kind, day)
    return counts


def _save(engine: Engine, rows: list[Row]) -> None:
    with transaction(engine) as connection:
        save_forecasts(connection, rows)


def _recent(days: Iterable[DaySums], day: date, active: int, counts: Counts) -> Iterator[tuple[str, Daily]]:
    """Subject by subject, those who posted lately."""
    oldest = (day - timedelta(days=active)).toordinal()
    for subject, rows in groupby(days, key=attrgetter("subject")):
        series = _series(list(rows))
        counts.posts += int(series.posts.sum())
        if series.days[-1] >= oldest:
            yield subject, series
        else:
            counts.silent += 1


def _together(subjects: Iterable[tuple[str, Daily]]) -> Iterator[list[tuple[str, Daily]]]:
    some: list[tuple[str, Daily]] = []
    for each in subjects:
        some.append(each)
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


def _step(kind: str, some: Sequence[tuple[str, Daily]], day: date, population: Floats, counts: Counts) -> list[Row]:
    able = [(subject, series) for subject, series in some if too_little(series, day.toordinal()) is None]
    counts.foreseen += len(able)
    counts.too_little += len(some) - len(able)
    if not able:
        return []
    found = _foreseen(kind, [series for _, series in able], day, population)
    return list(_rows(kind, [subject for subject, _ in able], day, found))


def _foreseen(kind: str, histories: Sequence[Daily], day: date, population: Floats) -> Foreseen:
    return foresee(load_snapshot().pools[kind], histories, day.toordinal(), population)


def _rows(kind: str, subjects: Sequence[str], day: date, found: Foreseen) -> Iterator[Row]:
    """In the columns of `StoredForecast`."""
    numbers, version = found.numbers.tolist(), load_snapshot().version
    behind = zip(found.posts.tolist(), found.days.tolist(), strict=True)
    spoken = zip(found.spoken.posts.round(2).tolist(), found.spoken.days.round(2).tolist(), strict=True)
    told = zip(subjects, numbers, behind, spoken, strict=True)
    for subject, of_subject, (posts, days), (posts_a_day, days_a_week) in told:
        for horizon, of_horizon in zip(HORIZONS, of_subject, strict=True):
            for emotion, values in zip(EMOTIONS, of_horizon, strict=True):
                yield (kind, subject, horizon, emotion, day, *values, posts, days, posts_a_day, days_a_week, version)


def _series(rows: Sequence[DaySums]) -> Daily:
    return daily_of([(row.day, row.posts, [each / row.posts / _THOUSAND for each in row.sums]) for row in rows])
