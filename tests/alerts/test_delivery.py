import threading
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import Engine, text

from alerts.delivery.loop import deliver
from alerts.delivery.receiver import Receiver, serving
from storage.claims import HOLD
from storage.database import make_engine
from tests.alerts.receivers import Answer, drip, half, hang_up, reply, scripted, stall
from tests.alerts.sending import KEYS, Time, config, endpoint, message, once, put, rows, states


def receiver(clock: Time) -> Receiver:
    return Receiver(KEYS, clock=lambda: clock.now.timestamp())


def test_every_message_arrives_verified_and_once(engine: Engine) -> None:
    clock = Time()
    with serving(receiver(clock)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 251)])
        summary, again = once(engine, clock), once(engine, clock)
    assert (summary.delivered, again.delivered, summary.healthy) == (250, 0, True)
    assert desk.counts == {"verified": 250}
    assert states(engine) == {"delivered"}


def test_queueing_a_message_twice_sends_it_once(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(204)) as desk:
        endpoint(engine, desk.url)
        assert (put(engine, [message(1)]), put(engine, [message(1), message(2)])) == (1, 1)
        once(engine, clock)
    assert desk.ids == ["message-1", "message-2"]


def test_an_endpoint_gets_what_its_audiences_and_severity_ask_for(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(204)) as grave, scripted(reply(204)) as lead:
        endpoint(engine, grave.url, "grave", least_severity="high")
        endpoint(engine, lead.url, "lead", audiences=("lead",))
        put(engine, [message(1, severity="low"), message(2, severity="high"), message(3, audience="lead")])
        once(engine, clock)
    assert (grave.ids, lead.ids) == (["message-2"], ["message-3"])


def test_without_an_endpoint_nothing_is_queued(engine: Engine) -> None:
    assert put(engine, [message(1)]) == 0


@pytest.mark.parametrize("status", [500, 301, 307, 404, 502, 199 + 101])
def test_anything_but_2xx_is_tried_again_later_under_the_same_id(engine: Engine, status: int) -> None:
    clock = Time()
    with scripted(reply(status, Location="http://127.0.0.1:9/"), reply(204)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        assert once(engine, clock).retried == 1
        assert rows(engine) == [("pending", 1, status)]
        clock.sleep(60)
        assert once(engine, clock).delivered == 1
    first, second = desk.got
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert desk.bodies[0] == desk.bodies[1]


@pytest.mark.parametrize("answer", [stall, drip], ids=["silent", "dripping"])
def test_a_slow_receiver_is_cut_off_and_tried_again(engine: Engine, answer: Answer) -> None:
    with scripted(answer) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        assert once(engine, Time(), config(timeout=0.3)).retried == 1
    assert rows(engine, "state, last_error") == [("pending", "no answer in time")]


def test_a_receiver_that_times_out_after_taking_it_gets_it_again_and_counts_it_once(engine: Engine) -> None:
    clock = Time()
    desk = receiver(clock)
    take = desk.take
    gate = threading.Event()

    def slow_the_first_time(headers: dict[str, str], body: bytes) -> int:
        status = take(headers, body)
        if desk.counts["verified"] + desk.counts["repeated"] == 1:
            gate.wait(5)
        return status

    desk.take = slow_the_first_time  # type: ignore[method-assign]
    with serving(desk):
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        assert once(engine, clock, config(timeout=0.2)).retried == 1
        gate.set()
        clock.sleep(60)
        assert once(engine, clock).delivered == 1
    assert desk.counts == {"verified": 1, "repeated": 1}


def test_a_receiver_that_hangs_up_is_believed_as_far_as_it_spoke(engine: Engine) -> None:
    """No answer, a 500 whose body breaks off, and a 200 whose body breaks off, which is a yes."""
    clock = Time()
    with scripted(hang_up, half(500), half(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        statuses = []
        for _ in range(3):
            statuses.append(once(engine, clock).statuses)
            clock.sleep(300)
    assert statuses == [{"no answer": 1}, {"500": 1}, {"200": 1}]
    assert states(engine) == {"delivered"}


def test_an_interim_answer_is_no_yes_and_the_next_message_gets_an_answer_of_its_own(engine: Engine) -> None:
    """The real answer to the first must not be taken for that to the second."""

    def early(request: BaseHTTPRequestHandler, number: int) -> None:
        request.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        reply(200)(request, number)

    clock = Time()
    with scripted(early, reply(500), reply(200)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1), message(2)])
        assert once(engine, clock).statuses == {"103": 1, "500": 1}
        clock.sleep(60)
        assert once(engine, clock).delivered == 2
    assert desk.ids == ["message-1", "message-2", "message-1", "message-2"]


def test_after_two_days_a_message_is_given_up_and_kept(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(400)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        given_up = 0
        for _ in range(80):
            given_up += once(engine, clock).failed
            clock.sleep(3600)
    assert given_up == 1
    assert states(engine) == {"failed"}
    assert len(desk.got) >= 12
    assert len(rows(engine, "delivery, at", "delivery_attempts")) == len(desk.got)


def test_one_slow_endpoint_delays_no_other(engine: Engine) -> None:
    """The slow one holds its request until all others have everything; were they in one queue, none would come."""
    clock, done = Time(), threading.Event()

    def wait_for_the_others(request: BaseHTTPRequestHandler, number: int) -> None:
        assert done.wait(20)
        reply(204)(request, number)

    desk = Receiver(KEYS, clock=lambda: clock.now.timestamp())
    desk.on_alert = lambda _: done.set() if len(desk.seen) == 199 else None
    with scripted(wait_for_the_others) as slow, serving(desk):
        endpoint(engine, slow.url, "a-slow-one")
        endpoint(engine, desk.url, "desk")
        put(engine, [message(number) for number in range(1, 201)])
        assert once(engine, clock, config(timeout=30)).delivered == 400
    assert done.is_set()


def test_more_slow_endpoints_than_threads_take_turns(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(204)) as desk:
        for number in range(6):
            endpoint(engine, desk.url, f"desk-{number}")
        put(engine, [message(number) for number in range(1, 6)])
        assert once(engine, clock, config(threads=2, batch=2)).delivered == 30


def test_what_is_about_one_subject_arrives_in_order_and_holds_back_no_other(engine: Engine) -> None:
    clock = Time()
    with scripted(reply(500), reply(204)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1, "ada"), message(2, "ada"), message(3, "bob")])
        assert once(engine, clock).delivered == 1
        assert desk.ids == ["message-1", "message-3"]
        clock.sleep(60)
        assert once(engine, clock).delivered == 2
    assert desk.ids == ["message-1", "message-3", "message-1", "message-2"]


def test_a_message_that_is_refused_for_long_no_longer_holds_back_its_subject(engine: Engine) -> None:
    clock = Time()

    def refuse_the_first(request: BaseHTTPRequestHandler, number: int) -> None:
        reply(400 if request.headers["webhook-id"] == "message-1" else 204)(request, number)

    with scripted(refuse_the_first) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1, "ada"), message(2, "ada")])
        for _ in range(int(HOLD.total_seconds() / 60) + 10):
            once(engine, clock)
            clock.sleep(60)
    assert "message-2" in desk.ids
    assert rows(engine, "message_id, state") == [("message-1", "pending"), ("message-2", "delivered")]


def test_a_rate_is_kept_over_deliverers_and_rounds(engine: Engine) -> None:
    clock = Time()
    times = []

    def note(request: BaseHTTPRequestHandler, number: int) -> None:
        times.append(clock.now)
        reply(204)(request, number)

    with scripted(note) as desk:
        endpoint(engine, desk.url, per_minute=30)
        put(engine, [message(number) for number in range(1, 11)])
        assert once(engine, clock).delivered == 10
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert min(gaps) >= 2


def test_two_deliverers_at_once_send_nothing_twice(engine: Engine, database_url: str) -> None:
    clock, other = Time(), make_engine(database_url)
    with serving(receiver(clock)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 121)])
        stop = threading.Event()
        desk.on_alert = lambda _: stop.set() if len(desk.seen) == 119 else None

        def run(each: Engine) -> None:
            deliver(each, config(batch=5), once=False, clock=clock, stop=stop, random=Random(1))

        threads = [threading.Thread(target=run, args=(each,)) for each in (engine, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    other.dispose()
    assert desk.counts == {"verified": 120}
    assert states(engine) == {"delivered"}


def test_a_deliverer_that_dies_after_the_yes_sends_again_under_the_same_id(engine: Engine) -> None:
    clock = Time()

    def die() -> None:
        raise KeyboardInterrupt

    with serving(receiver(clock)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        settings = config(taken=die)
        with pytest.raises(KeyboardInterrupt):
            once(engine, clock, settings)
        assert once(engine, clock).delivered == 0, "the lease still holds"
        clock.sleep(settings.lease.total_seconds())
        assert once(engine, clock).delivered == 1
    assert desk.counts == {"verified": 1, "repeated": 1}


def test_stopping_gives_back_what_was_claimed(engine: Engine) -> None:
    clock, stop = Time(), threading.Event()
    with serving(receiver(clock)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 9)])
        summary = deliver(engine, config(taken=stop.set), once=False, clock=clock, stop=stop)
    assert summary.delivered == 1
    assert rows(engine, "state, attempts, claimed_until").count(("pending", 0, None)) == 7


def test_what_is_prepared_before_a_round_is_sent_in_it(engine: Engine) -> None:
    """As the dispatch of alerts is: in batches, until there is nothing left."""
    clock, left = Time(), list(range(1, 8))
    with scripted(reply(204)) as desk:
        endpoint(engine, desk.url)

        def dispatch() -> None:
            put(engine, [message(left.pop(0)) for _ in left[:3]])

        assert once(engine, clock, before_round=[dispatch]).delivered == 7
    assert desk.ids == [f"message-{number}" for number in range(1, 8)]


def test_a_flapping_receiver_gets_each_message_and_counts_it_once(engine: Engine) -> None:
    clock, flap = Time(), Random(7)
    desk = receiver(clock)
    take = desk.take

    def moody(headers: dict[str, str], body: bytes) -> int:
        luck = flap.random()
        if luck < 0.3:
            return 503 if luck < 0.1 else 500
        status = take(headers, body)
        return 500 if luck < 0.5 else status  # it took the message and then said it did not

    desk.take = moody  # type: ignore[method-assign]
    with serving(desk):
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 41)])
        for _ in range(60):
            once(engine, clock)
            clock.sleep(600)
    assert desk.counts["verified"] == len(desk.seen) == 40
    assert desk.counts["repeated"] > 0
    assert states(engine) == {"delivered"}


def test_an_outage_of_the_database_costs_no_message_and_no_note(engine: Engine, database_url: str) -> None:
    """The connections are cut between a receiver's yes and the note of it; the note is made afterwards."""
    clock, cut = Time(), []

    def cut_once() -> None:
        if not cut:
            cut.append(True)
            other = make_engine(database_url)
            with other.begin() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            other.dispose()

    with serving(receiver(clock)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 6)])
        stop = threading.Event()
        desk.on_alert = lambda _: stop.set() if len(desk.seen) == 4 else None
        settings = config(taken=cut_once, outage_seconds=0.01)
        summary = deliver(engine, settings, once=False, clock=clock, stop=stop, random=Random(1))
    assert desk.counts == {"verified": 5}
    assert summary.delivered == 5
