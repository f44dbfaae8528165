from datetime import UTC, datetime

from sqlalchemy import Engine, text

from storage.database import transaction
from storage.months import Months


def partitions(engine: Engine) -> list[str]:
    with transaction(engine) as connection:
        found = connection.execute(text("SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1")).scalars()
        return [name for name in found if not name.endswith("idx") and "pkey" not in name]


def test_a_month_is_made_with_the_one_after_it_for_any_year_since_2000(engine: Engine) -> None:
    Months(engine).ensure([datetime(2009, 12, 31, 23, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)])
    assert {"points_2009_12", "points_2010_01", "points_2026_02", "points_2026_03"} <= set(partitions(engine))


def test_two_makers_do_not_quarrel(engine: Engine) -> None:
    times = [datetime(2020, 5, 5, tzinfo=UTC)]
    Months(engine).ensure(times)
    Months(engine).ensure(times)
    assert partitions(engine).count("points_2020_05") == 1


def test_every_partition_has_the_indexes_of_the_whole(engine: Engine) -> None:
    Months(engine).ensure([datetime(2020, 5, 5, tzinfo=UTC)])
    with transaction(engine) as connection:
        indexes = connection.execute(
            text("SELECT count(*) FROM pg_indexes WHERE tablename = 'points_2020_05'")
        ).scalar_one()
    assert indexes == 2
