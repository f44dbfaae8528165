"""Macros and variables become plain SQL, and nothing that is typed in ends a literal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection

from dashboards.choices import run
from dashboards.errors import SqlUnfillable
from dashboards.fill import filled
from storage.database import make_engine, transaction

BEGIN, END = datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
NASTY = ["it's", "'; DROP TABLE points; --", "\\' OR 1=1", "100 % of ${other}", "$__timeFrom()", "ünïcode 한국어", ""]


@pytest.fixture
def connection(postgres: str) -> Iterator[Connection]:
    engine = make_engine(postgres)
    with transaction(engine) as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("value", NASTY)
def test_what_is_typed_in_comes_back_as_it_was(connection: Connection, value: str) -> None:
    sql = filled("SELECT ${what:sqlstring}, '%' AS percent", BEGIN, END, {"what": value})
    assert run(connection, sql) == [(value, "%")]


def test_several_values_are_a_list_and_none_are_one_empty_text(connection: Connection) -> None:
    ask = "SELECT count(*) FROM unnest(ARRAY[${what:sqlstring}]) AS each"
    assert run(connection, filled(ask, BEGIN, END, {"what": NASTY})) == [(len(NASTY),)]
    assert run(connection, filled(ask, BEGIN, END, {"what": []})) == [(1,)]


def test_a_moment_of_another_zone_is_the_same_moment(connection: Connection) -> None:
    east = BEGIN.astimezone(timezone(timedelta(hours=9)))
    [(found,)] = run(connection, filled("SELECT $__timeFrom()::timestamptz", east, END, {}))
    assert found == BEGIN


@pytest.mark.parametrize("sql", ["SELECT $__interval", "SELECT ${who}", "SELECT $who", "SELECT ${who:raw}"])
def test_a_macro_or_a_form_that_does_not_quote_is_refused(sql: str) -> None:
    with pytest.raises(SqlUnfillable, match=r"no macro that is known here"):
        filled(sql, BEGIN, END, {"who": "x"})


def test_a_variable_without_a_value_and_a_zero_byte_are_refused() -> None:
    with pytest.raises(SqlUnfillable, match="who has no value"):
        filled("SELECT ${who:sqlstring}", BEGIN, END, {})
    with pytest.raises(SqlUnfillable, match="zero byte"):
        filled("SELECT ${who:sqlstring}", BEGIN, END, {"who": "a\0b"})
