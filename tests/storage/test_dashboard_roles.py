"""What the two roles that look can see and do, tried as each of them on a database that the pipeline filled."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from storage.dashboard_logins import let_log_in
from storage.dashboard_roles import DASHBOARD, PERSON, ROLES, make_roles
from storage.database import make_engine, transaction
from storage.migrate import migrate
from storage.progress import register_partitions
from stream.cli_dashboard_roles import roles as roles_command
from stream.posts import pseudonym
from tests.stream.crowds import BEGIN, crowd, crowd_rules, moment
from tests.stream.helpers import KEY, PARTITIONS, TOPIC, batches, make_pipeline, record, tick, to_log

PASSWORDS = {DASHBOARD: "a-long-password-for-the-dashboard", PERSON: "a-long-password-for-persons"}
CANARY = "canary-author-5b1d"
WORDS = "sycamore quagmire"
END = BEGIN + timedelta(days=6)
K = 5
FILLED = (
    "alerts", "cases", "channel_days", "channel_hours", "community_days", "community_hours", "dead_letters",
    "model_hours", "outbox", "partitions", "throughput",
)  # fmt: skip


@contextmanager
def database(postgres: str, template: str, owner: str = "tideline") -> Iterator[str]:
    name = f"looked_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}"))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="module")
def filled(postgres: str, migrated: str) -> Iterator[str]:
    """The URL of a database that knows a crowd, small channels, and a canary who says what is watched for."""
    with database(postgres, migrated) as url:
        engine = make_engine(url)
        with transaction(engine) as connection:
            register_partitions(connection, TOPIC, PARTITIONS)
        pipeline = make_pipeline(engine, rules=crowd_rules())
        for batch in batches(to_log([*posts(), b'{"author": "canary-author-5b1d", "text": 7}', tick(END)]), 256):
            pipeline.process(batch)
        engine.dispose()
        yield url


def posts() -> list[dict[str, Any]]:
    known = [post for post in crowd() if moment(post) < END]
    small = [
        record(70_000 + n, author=f"few-{n % 4}", channel="small", sent_at=(END - timedelta(hours=40 - n)).isoformat())
        for n in range(30)
    ]
    canary = [
        record(80_000 + n, author=CANARY, text=f"i am so sad and hopeless, {WORDS} {n}", channel="channel-1",
               sent_at=(END - timedelta(minutes=45 * n + 90)).isoformat())
        for n in range(40)
    ]  # fmt: skip
    return sorted([*known, *small, *canary], key=moment)


def tideline(url: str, *arguments: str, **environment: str) -> str:
    names = {"TIDELINE_MODE": "demo", "TIDELINE_DATABASE": url, **environment}
    found = CliRunner().invoke(roles_command, list(arguments), env=names)
    assert found.exit_code == 0, found.output
    return found.output


@pytest.fixture(scope="module")
def looking(filled: str) -> Iterator[dict[str, Engine]]:
    """An engine for each role, which logs in with its password; and the owner's."""
    passwords = {f"TIDELINE_{name.removeprefix('tideline_').upper()}_PASSWORD": PASSWORDS[name] for name in ROLES}
    said = tideline(filled, **passwords)
    assert said.count("can log in") == 2
    assert not any(password in said for password in PASSWORDS.values())
    url = make_url(filled)
    urls = {role: url.set(username=role, password=PASSWORDS[role]) for role in ROLES}
    engines = {role: make_engine(each.render_as_string(hide_password=False)) for role, each in urls.items()}
    yield engines | {"owner": (owner := make_engine(filled))}
    for engine in (*engines.values(), owner):
        engine.dispose()


def views(connection: Connection, schema: str) -> list[str]:
    statement = text("SELECT schemaname || '.' || viewname FROM pg_views WHERE schemaname = :schema ORDER BY 1")
    return list(connection.execute(statement, {"schema": schema}).scalars())


def cells(engine: Engine, names: list[str]) -> dict[str, list[str]]:
    with transaction(engine) as connection:
        return {name: list(connection.execute(text(f"SELECT v::text FROM {name} AS v")).scalars()) for name in names}


def refused(engine: Engine, statement: str) -> str:
    """The SQLSTATE of a statement that also a writing transaction refuses."""
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(ProgrammingError) as error:
            connection.execute(text(statement))
    return str(getattr(error.value.orig, "pgcode", None))


def test_each_role_reads_its_views_and_no_table(looking: dict[str, Engine]) -> None:
    with transaction(looking["owner"]) as connection:
        community, persons = views(connection, "dashboard"), views(connection, "person")
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    assert len(community) >= 18
    assert len(persons) == 3
    assert cells(looking[DASHBOARD], community).keys() == set(community)
    assert cells(looking[PERSON], [*community, *persons]).keys() == {*community, *persons}
    denied = [(DASHBOARD, name) for name in persons] + [(role, f"public.{name}") for name in tables for role in ROLES]
    for role, name in denied:
        assert refused(looking[role], f"SELECT count(*) FROM {name}") == "42501", (role, name)


def test_no_role_that_looks_can_write(looking: dict[str, Engine]) -> None:
    statements = (
        "UPDATE dashboard.cases SET state = 'closed'",
        "UPDATE dashboard_policy SET k = 1",
        "DELETE FROM alerts",
        "CREATE TABLE public.mine (a int)",
        "CREATE VIEW dashboard.mine AS SELECT 1",
        "CREATE SCHEMA mine",
        "SELECT set_config('log_statement', 'all', false)",
    )
    for role in ROLES:
        assert {refused(looking[role], statement) for statement in statements} <= {"42501", "55000"}
        with pytest.raises(Exception, match="read-only"), looking[role].begin() as connection:
            connection.execute(text("CREATE TEMP TABLE mine (a int)"))


def test_no_view_shows_a_text_or_an_account_and_none_for_everybody_a_pseudonym(looking: dict[str, Engine]) -> None:
    with transaction(looking["owner"]) as connection:
        community, persons = views(connection, "dashboard"), views(connection, "person")
        people = set(connection.execute(text("SELECT DISTINCT person::text FROM points")).scalars())
        keys = set(connection.execute(text("SELECT key::text FROM points")).scalars())
        alerts = set(connection.execute(text("SELECT id::text FROM alerts WHERE subject_kind = 'person'")).scalars())
        texts = set(connection.execute(text("SELECT text FROM post_texts")).scalars())
    authors = {post["author"] for post in posts()}
    canary = pseudonym(KEY, "test", CANARY)
    assert canary in people
    assert any(WORDS in words for words in texts)
    of_all, of_persons = cells(looking[DASHBOARD], community), cells(looking[PERSON], persons)
    filled = {name for name, rows in of_all.items() if rows}
    assert filled >= {f"dashboard.{name}" for name in FILLED}
    assert any(canary in row for row in of_persons["person.days"])
    everything = " ".join(row for rows in (of_all | of_persons).values() for row in rows)
    assert not [word for word in {*authors, *texts, *keys, WORDS, "sycamore"} if word in everything]
    for_all = " ".join(row for rows in of_all.values() for row in rows)
    assert not [person for person in people if person in for_all or person.replace("-", "") in for_all]
    assert alerts
    assert not [alert for alert in alerts if alert in for_all]  # made from the pseudonym, so that it can be looked for


def channel_rows(engine: Engine, unit: str) -> tuple[dict[tuple[Any, str], int], dict[tuple[Any, str], int]]:
    """People of each channel's hour or day: as the points say, and as the view shows."""
    with transaction(engine) as connection:
        statement = (
            f"SELECT date_trunc('{unit}', sent_at, 'UTC'), coalesce(channel, ''), count(DISTINCT person) "
            "FILTER (WHERE NOT late AND NOT retweet) FROM points GROUP BY 1, 2"
        )
        counted = {(row[0], row[1]): row[2] for row in connection.execute(text(statement))}
        shown = connection.execute(text(f"SELECT {unit}, channel, people FROM dashboard.channel_{unit}s"))
        return counted, {(row[0], row[1]): row[2] for row in shown}


@pytest.mark.parametrize("unit", ["hour", "day"])
def test_groups_of_fewer_than_k_people_are_not_shown_and_do_not_follow_from_the_sum(
    looking: dict[str, Engine], unit: str
) -> None:
    counted, shown = channel_rows(looking["owner"], unit)
    assert shown
    assert min(counted.values()) < K <= min(shown.values())
    assert all(counted[key] == people for key, people in shown.items())
    for time in {time for time, _ in shown}:
        hidden = [people for key, people in counted.items() if key[0] == time and key not in shown]
        assert not hidden or sum(hidden) >= K, (time, hidden)


def test_channels_are_not_named_where_few_people_write(looking: dict[str, Engine]) -> None:
    rows = cells(looking[DASHBOARD], ["dashboard.channel_hours", "dashboard.channel_days", "dashboard.channel_alerts"])
    assert not [row for found in rows.values() for row in found if "small" in row]


def test_a_readers_own_function_sees_no_row_that_is_left_out(looking: dict[str, Engine]) -> None:
    """A cheap function is run early; without a barrier it would be run on the rows of small groups too."""
    _, shown = channel_rows(looking["owner"], "hour")
    with looking[DASHBOARD].begin() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(
            text(
                "CREATE FUNCTION pg_temp.tell(channel text, people bigint) RETURNS bool LANGUAGE plpgsql COST 0.0001 "
                "AS $$ BEGIN RAISE NOTICE 'told % %', channel, people; RETURN true; END $$"
            )
        )
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.notices.clear()
        with raw.cursor() as cursor:  # SQLAlchemy logs notices and forgets them
            cursor.execute("SELECT * FROM dashboard.channel_hours WHERE pg_temp.tell(channel, people::bigint)")
        told = [line.split() for line in raw.notices if "told" in line]
    assert told
    assert min(int(line[-1]) for line in told) >= min(shown.values()) >= K


def test_the_smallest_group_can_be_raised(filled: str, looking: dict[str, Engine]) -> None:
    _, before = channel_rows(looking["owner"], "day")
    assert "14 people" in tideline(filled, "--smallest-group", "14")
    try:
        _, after = channel_rows(looking["owner"], "day")
    finally:
        tideline(filled, "--smallest-group", str(K))
    assert min(before.values()) < 14
    assert after
    assert all(people >= 14 for people in after.values())


def test_a_wrong_password_and_a_long_question_are_refused(filled: str, looking: dict[str, Engine]) -> None:
    wrong = make_url(filled).set(username=DASHBOARD, password="not the password")
    with pytest.raises(OperationalError, match="password authentication failed"):
        create_engine(wrong).connect()
    with looking[DASHBOARD].connect() as connection:
        limit = connection.execute(text("SHOW statement_timeout")).scalar()
        connections = text("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user")
        assert connection.execute(connections).scalar() == 20
    assert limit == "10s"


@contextmanager
def no_roles(postgres: str) -> Iterator[Engine]:
    """The roles are called something else for a while, with all that they may do."""
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for role in ROLES:
            connection.execute(text(f"ALTER ROLE {role} RENAME TO {role}_away"))
    yield admin
    with admin.connect() as connection:
        for role in reversed(ROLES):
            connection.execute(text(f"DROP ROLE IF EXISTS {role}"))
            connection.execute(text(f"ALTER ROLE {role}_away RENAME TO {role}"))
    admin.dispose()


def test_who_may_not_make_roles_migrates_all_the_same_and_is_told_what_to_run(postgres: str) -> None:
    with no_roles(postgres) as admin, admin.connect() as connection:
        connection.execute(text("CREATE ROLE plain LOGIN PASSWORD 'plain'"))
        try:
            with database(postgres, "template1", "plain") as url:
                own = make_url(url).set(username="plain", password="plain").render_as_string(hide_password=False)
                engine = make_engine(own)
                migrate(engine)
                engine.dispose()
                environment = {"TIDELINE_MODE": "demo", "TIDELINE_DATABASE": own}
                first = CliRunner().invoke(roles_command, ["--json"], env=environment)
                to_run = json.loads(first.output)["to_run"]
                assert first.exit_code == 1
                assert to_run[0] == f"CREATE ROLE {DASHBOARD} NOLOGIN;"
                for statement in to_run:
                    connection.execute(text(statement))
                with make_engine(own).connect() as reading:
                    statement = "SELECT has_table_privilege('tideline_dashboard', 'dashboard.channel_hours', 'SELECT')"
                    assert reading.execute(text(statement)).scalar() is False
                second = CliRunner().invoke(roles_command, ["--json"], env=environment)
                for statement in json.loads(second.output)["to_run"]:
                    connection.execute(text(statement))
                third = CliRunner().invoke(roles_command, ["--json"], env=environment)
                assert (third.exit_code, json.loads(third.output)["to_run"]) == (0, [])
        finally:
            connection.execute(text("DROP ROLE plain"))


def test_databases_migrated_at_once_on_one_server_do_not_fail_over_the_roles(postgres: str, migrated: str) -> None:
    with no_roles(postgres), database(postgres, migrated) as a, database(postgres, migrated) as b:
        start, failed = threading.Barrier(4), []

        def run(url: str) -> None:
            engine = make_engine(url)
            start.wait()
            try:
                with transaction(engine) as connection:
                    assert make_roles(connection) + let_log_in(connection, PASSWORDS) == []
            except BaseException as error:
                failed.append(error)
            engine.dispose()

        threads = [threading.Thread(target=run, args=(url,)) for url in (a, b, a, b)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        for url in (a, b):
            looker = make_url(url).set(username=DASHBOARD, password=PASSWORDS[DASHBOARD])
            with create_engine(looker).connect() as connection:
                assert connection.execute(text("SELECT count(*) FROM dashboard.channel_hours")).scalar() == 0
