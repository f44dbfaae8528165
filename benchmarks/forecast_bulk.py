"""How long does a forecast of everybody take, and does memory grow with people?

python -m benchmarks.forecast_bulk --people 100000
"""

import argparse
import resource
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import machine
from benchmarks.results import keep, say
from storage.database import make_engine, transaction
from storage.migrate import migrate
from storage.months import Months
from stream.forecasting import refresh
from stream.progress import progress_bar
from stream.services.postgres import start_postgres, stop_postgres

DAY = date(2025, 3, 1)
DAYS = 90
ACTIVE = 28
_PEOPLE = text(
    """
    INSERT INTO points
        (sent_at, key, person, channel, source, scores, model, partition, late, retweet, repeated, digest)
    SELECT CAST(:until AS timestamptz) - random() * :days * interval '1 day', gen_random_uuid(),
           md5(person::text)::uuid, 'channel', 'bench',
           ARRAY[s, 200 - s / 5, 60, 90, 50, 70, 530 - s + s / 5]::smallint[],
           'bench', 0, false, false, false, post
    FROM generate_series(:first, :last) AS person, generate_series(1, :posts) AS post,
         LATERAL (SELECT (random() ^ 4 * 500)::int AS s WHERE post > 0) AS drawn
    """
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=30, help="of each person, in 90 days")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tideline-bench-") as folder:
        engine = make_engine(start_postgres(Path(folder) / "postgres"))
        migrate(engine)
        found = {"machine": machine.describe(), "options": vars(options), "runs": _runs(engine, options)}
        engine.dispose()
        stop_postgres(Path(folder) / "postgres", immediate=True)
    keep("forecast-bulk", found)


def _runs(engine: Engine, options: argparse.Namespace) -> list[dict[str, Any]]:
    """A tenth of the people, then all of them, then all again over what is stored."""
    some = options.people // 10
    _fill(engine, 0, some, options.posts)
    runs = [_run(engine, some)]
    _fill(engine, some, options.people, options.posts)
    return [*runs, _run(engine, options.people), _run(engine, options.people)]


def _fill(engine: Engine, first: int, last: int, posts: int) -> None:
    until = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    Months(engine).ensure([datetime(2024, 12, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), until])
    with transaction(engine) as connection:
        values = {"until": until, "days": DAYS, "first": first + 1, "last": last, "posts": posts}
        connection.execute(_PEOPLE, values)
        connection.execute(text("ANALYZE points"))


def _run(engine: Engine, people: int) -> dict[str, Any]:
    start, used = time.perf_counter(), time.process_time()
    with progress_bar("persons", people, " persons") as progress:
        counts = refresh(engine, "person", DAY, ACTIVE, progress, store=True)
    seconds = time.perf_counter() - start
    return {
        "people": people,
        "foreseen": counts.foreseen,
        "seconds": say(f"{people:,} people, s", seconds),
        "own_seconds": say("  of them in Python, s", time.process_time() - used),
        "persons_per_second": say("  persons/s", people / seconds),
        "posts_per_second": say("  posts/s", counts.posts / seconds),
        "peak_mb": say("  peak memory so far, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
