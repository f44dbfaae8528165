"""Receivers that want less, nothing more, or are dead; and who hears of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import Engine

from alerts.delivery.disabling import report_disabled
from alerts.delivery.heartbeat import beat
from alerts.delivery.mail import Mailbox, send_mail
from alerts.errors import AlertError
from storage.clock_jumps import forget_the_future
from storage.delivery_log import backlog, expire_deliveries, forget_heartbeats, loads, recover, resend
from storage.endpoints import disable_endpoint, enable_endpoint, find_endpoint
from stream.delivery_jobs import delivery_jobs
from stream.settings import read_settings
from tests.alerts.mail_server import mail_server
from tests.alerts.receivers import reply, scripted
from tests.alerts.sending import Time, config, endpoint, message, once, put, rows, states


def reporting(engine: Engine, clock: Time, mailbox: Mailbox | None = None) -> Callable[[], None]:
    def report() -> None:
        with engine.begin() as connection:
            report_disabled(connection, clock(), mailbox)

    return report


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured_for_the_whole_endpoint(engine: Engine, status: int, as_date: bool) -> None:
    clock = Time()
    after = format_datetime(clock.now + timedelta(hours=1), usegmt=True) if as_date else "3600"
    with scripted(reply(status, Retry_After=after), reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1), message(2), message(3)])
        summary = once(engine, clock)
        assert (len(desk.got), summary.retried, summary.paused, summary.healthy) == (1, 1, True, False)
        clock.sleep(3500)
        once(engine, clock)
        assert len(desk.got) == 1
        clock.sleep(200)
        assert once(engine, clock).delivered == 3


def test_a_retry_after_of_a_year_is_not_believed(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(429, Retry_After="31536000"), reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        once(engine, clock)
        clock.sleep(4 * 3600 + 1)
        assert once(engine, clock).delivered == 1


def test_throttling_one_endpoint_leaves_the_others_alone(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(503, Retry_After="3600")) as busy, scripted(reply(200)) as desk:
        endpoint(engine, busy.url, "busy")
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 6)])
        assert once(engine, clock).delivered == 5
    assert len(busy.got) == 1


def test_a_dead_receiver_is_left_alone_longer_each_time_and_probed_with_one_message(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Time()
    with scripted(reply(500)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 31)])
        summary = once(engine, clock)
        assert (summary.retried, summary.paused, len(desk.got)) == (5, True, 5)
        assert "did not take 5 messages in a row" in caplog.text
        counts = []
        for _ in range(8):
            clock.sleep(600)
            before = len(desk.got)
            once(engine, clock)
            counts.append(len(desk.got) - before)
    assert counts == [1] * 8


def test_when_it_answers_again_all_that_waited_is_sent_at_once(engine: Engine) -> None:
    clock = Time()
    with scripted(*[reply(500)] * 12, reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 11)])
        for _ in range(8):
            once(engine, clock)
            clock.sleep(601)
        assert len(desk.got) == 12
        assert once(engine, clock).delivered == 10
    assert states(engine) == {"delivered"}


def test_410_disables_the_endpoint_says_so_and_loses_nothing(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    clock = Time()
    with scripted(reply(410), reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1), message(2), message(3)])
        summary = once(engine, clock)
        assert (summary.gone, summary.disabled, summary.healthy) == (True, ["desk"], False)
        assert "410 Gone" in caplog.text
        clock.sleep(86400)
        once(engine, clock)
        assert len(desk.got) == 1
        assert states(engine) == {"pending"}
        with engine.begin() as connection:
            enable_endpoint(connection, "desk", clock())
        assert once(engine, clock).delivered == 3


def test_an_endpoint_that_takes_nothing_for_a_day_is_disabled_and_another_hears_of_it(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(500)) as dead, scripted(reply(200)) as ops:
        endpoint(engine, dead.url, "desk", audiences=("moderators",))
        endpoint(engine, ops.url, "ops", audiences=("operators",))
        put(engine, [message(number) for number in range(1, 4)])
        for _ in range(26):
            once(engine, clock, before_round=[reporting(engine, clock)])
            clock.sleep(3600)
    with engine.begin() as connection:
        found = find_endpoint(connection, "desk")
    assert (found.enabled, "has failed" in str(found.disabled_why)) == (False, True)
    told = [json.loads(body) for body in ops.bodies]
    assert [each["type"] for each in told] == ["endpoint.disabled"]
    assert told[0]["data"]["endpoint"] == "desk"
    assert "canary-path" not in str(told)
    assert states(engine) == {"pending", "delivered"}


def test_an_endpoint_that_takes_something_within_the_day_is_not_dead(engine: Engine) -> None:
    clock = Time()
    with scripted(*[reply(500)] * 8, reply(200), reply(500)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 4)])
        for _ in range(16):
            once(engine, clock, config(dead_after=timedelta(hours=12)))
            clock.sleep(3600)
            with engine.begin() as connection:
                assert find_endpoint(connection, "desk").enabled


def test_one_message_that_is_never_liked_does_not_kill_its_endpoint(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(422)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        for _ in range(30):
            once(engine, clock)
            clock.sleep(3600)
        with engine.begin() as connection:
            assert find_endpoint(connection, "desk").enabled
        put(engine, [message(2), message(3)], clock.now)
        for _ in range(30):
            once(engine, clock)
            clock.sleep(3600)
    with engine.begin() as connection:
        assert not find_endpoint(connection, "desk").enabled


def test_mail_tells_of_it_where_no_endpoint_can(engine: Engine) -> None:
    clock = Time()
    with mail_server() as post, scripted(reply(410)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        mailbox = Mailbox(post.url, ("ops@example.org", "night@example.org"))
        once(engine, clock)
        for _ in range(3):
            reporting(engine, clock, mailbox)()
            clock.sleep(3600)
    assert len(post.mails) == 1
    assert "To: ops@example.org, night@example.org" in post.mails[0]
    assert "desk (127.0.0.1:" in post.mails[0]
    assert "canary" not in post.mails[0]


def test_where_nobody_can_be_told_it_is_logged_again_and_again(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Time()
    with mail_server(refuses=True) as post, scripted(reply(410)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        once(engine, clock)
        report = reporting(engine, clock, Mailbox(post.url, ("ops@example.org",)))
        for _ in range(3):
            report()
            report()
            clock.sleep(601)
        assert caplog.text.count("nobody could be told") == 3
        with scripted(reply(200)) as ops:
            endpoint(engine, ops.url, "ops")
            once(engine, clock, before_round=[report])
        assert len(ops.got) == 1
    assert post.mails == []


def test_a_password_goes_over_no_open_connection() -> None:
    with mail_server() as post:
        mailbox = Mailbox(post.url.replace("//", "//user:canary-word@"), ("ops@example.org",))
        with pytest.raises(AlertError, match="check TIDELINE_SMTP_URL"):
            send_mail(mailbox, "subject", "text")
    assert not any("AUTH" in command for command in post.commands)
    assert "canary" not in repr(mailbox)


def test_a_heartbeat_comes_when_it_is_due_and_an_old_one_is_not_kept(engine: Engine) -> None:
    clock = Time()

    def beats() -> None:
        with engine.begin() as connection:
            beat(connection, clock())

    with scripted(reply(200), reply(500), reply(500), reply(200)) as desk, scripted(reply(200)) as other:
        endpoint(engine, desk.url, heartbeat_minutes=15, clock=clock)
        endpoint(engine, other.url, "other")
        for _ in range(5):
            once(engine, clock, before_round=[beats])
            clock.sleep(899)
            once(engine, clock, before_round=[beats])
            clock.sleep(1)
    kinds = [json.loads(body) for body in desk.bodies]
    assert {each["type"] for each in kinds} == {"heartbeat"}
    assert kinds[0]["data"]["every_minutes"] == 15
    assert other.got == []
    assert 3 <= len(set(desk.ids)) <= 5
    assert len(rows(engine, "state, kind")) <= 5
    assert [row[0] for row in rows(engine, "state, kind")].count("pending") == 0


def test_old_heartbeats_go_by_themselves_and_nothing_else_does(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(200)) as desk:
        endpoint(engine, desk.url, heartbeat_minutes=15, clock=clock)
        put(engine, [message(1)])
        with engine.begin() as connection:
            beat(connection, clock())
        once(engine, clock)
    with engine.begin() as connection:
        assert forget_heartbeats(connection, clock.now) == 0
        assert forget_heartbeats(connection, clock.now + timedelta(days=1)) == 1
    assert rows(engine, "kind, state") == [("alert.raised", "delivered")]


def test_after_a_clock_that_was_years_ahead_nothing_waits_for_those_years(engine: Engine) -> None:
    def tidied(now: datetime) -> int:
        with engine.begin() as connection:
            return forget_the_future(connection, now)

    clock, right = Time(), Time().now
    with scripted(reply(429, Retry_After="60"), reply(200)) as desk:
        endpoint(engine, desk.url, heartbeat_minutes=60, clock=clock)
        clock.now = datetime(2090, 1, 1, tzinfo=UTC)
        with engine.begin() as connection:
            beat(connection, clock())
        put(engine, [message(1)], clock())
        once(engine, clock)
        clock.now = right
        assert once(engine, clock).statuses == {}
        assert tidied(right) > 0
        assert once(engine, clock).delivered == 2
    assert tidied(right) == 0
    assert rows(engine, "heartbeat_at, name", "endpoints") == [(right, "desk")]


def test_a_clock_that_is_set_right_is_noticed_in_the_next_round_and_said(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    clock, right = Time(), Time().now
    clock.now = datetime(2090, 1, 1, tzinfo=UTC)
    jobs = delivery_jobs(read_settings(), engine, clock)
    with scripted(reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)], clock())
        for job in jobs:
            job()
        assert caplog.text == ""
        clock.now = right
        assert once(engine, clock, before_round=jobs).delivered == 1
    assert "a clock was ahead" in caplog.text


def test_a_wait_of_hours_is_no_clock_that_was_ahead(engine: Engine) -> None:
    clock = Time()
    clock.now = datetime.now(UTC)
    with scripted(reply(429, Retry_After="14400")) as desk:
        endpoint(engine, desk.url, heartbeat_minutes=24 * 60, clock=clock)
        with engine.begin() as connection:
            beat(connection, clock())
        put(engine, [message(1)], clock())
        once(engine, clock)
        with engine.begin() as connection:
            assert forget_the_future(connection, clock()) == 0


def test_what_was_given_up_or_missed_is_recovered(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(200)) as desk, scripted(reply(200)) as other:
        endpoint(engine, desk.url)
        endpoint(engine, other.url, "other")
        put(engine, [message(1)])
        with engine.begin() as connection:
            assert disable_endpoint(connection, "desk", clock(), "by hand", report=False)
        put(engine, [message(2), message(3)])
        once(engine, clock)
        assert len(desk.got) == 0
        with engine.begin() as connection:
            enable_endpoint(connection, "desk", clock())
            assert recover(connection, "desk", clock() - timedelta(hours=1), clock()) == (0, 2)
            assert recover(connection, "desk", clock() - timedelta(hours=1), clock()) == (0, 0)
        once(engine, clock)
    assert sorted(desk.ids) == sorted(other.ids) == ["message-1", "message-2", "message-3"]


def test_what_was_delivered_expires_with_its_attempts_unless_it_still_waits_for_somebody(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(200)) as desk, scripted(reply(200), reply(500)) as other:
        endpoint(engine, desk.url)
        endpoint(engine, other.url, "other")
        put(engine, [message(1), message(2)])
        once(engine, clock)
    with engine.begin() as connection:
        assert expire_deliveries(connection, clock.now) == 0
        assert expire_deliveries(connection, clock.now + timedelta(days=1)) == 2
    assert rows(engine, "endpoint, message_id, state") == [
        ("desk", "message-2", "delivered"), ("other", "message-2", "pending"),
    ]  # fmt: skip
    assert len(rows(engine, "delivery, at", "delivery_attempts")) == 2


def test_a_delivery_is_sent_again_on_demand_under_its_id(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        once(engine, clock)
        [(delivery, _)] = rows(engine, "id, state")
        with engine.begin() as connection:
            resend(connection, delivery, clock())
        assert once(engine, clock).delivered == 1
    assert desk.ids == ["message-1", "message-1"]


def test_the_backlog_counts_what_waits_and_what_was_given_up(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(204), reply(500)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1), message(2), message(3)])
        once(engine, clock)
        clock.sleep(3600)
    with engine.begin() as connection:
        found, lying = backlog(connection, clock()), loads(connection)
    assert (found.pending, found.failed, found.oldest_seconds) == (2, 0, 3600)
    assert lying["desk"].pending == 2
