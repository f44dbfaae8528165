"""P2: a producer that sends nothing usable stops the worker loudly, and nothing it sent is lost."""

from datetime import UTC, datetime, timedelta

import orjson
from kafka import KafkaProducer

from tests.end_to_end.histories import history, write_csv
from tests.end_to_end.waiting import eventually
from tests.faults.site import Site

LIMIT = 60
BAD = [f"not a post, number {number}".encode() for number in range(LIMIT)]


def send(site: Site, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=site.kafka, acks="all")
    try:
        for value in values:
            producer.send(site.topic(), value=value, partition=0)
        producer.flush(30)
    finally:
        producer.close()


def test_a_bad_producer_stops_the_worker_with_code_3_and_one_sentence(site: Site) -> None:
    send(site, BAD)
    worker = site.worker(TIDELINE_DEAD_RUN=str(LIMIT))
    site.ends(worker, 3)
    said = site.said(worker)
    assert [line for line in said.splitlines() if line.startswith("tideline: ")] == [
        f"tideline: {LIMIT} messages in a row were set aside, the limit is {LIMIT}: "
        "look at `tideline dlq list`, mend the producer, then start the worker again"
    ]
    assert "Traceback" not in said
    listed = site.ask("dlq", "list", "--limit", "1000")
    assert listed["open"] == {"not_json": LIMIT}
    assert {letter["log_offset"] for letter in listed["letters"]} == set(range(LIMIT))
    site.finish()  # what was set aside is not read again: the worker starts anew without complaint
    assert site.ask("dlq", "list")["open"] == {"not_json": LIMIT}


def test_redriving_twice_doubles_nothing(site: Site) -> None:
    file = write_csv(site.folder / "posts.csv", history(9))
    send(site, BAD[:5])
    worker = site.worker()
    eventually(lambda: site.count("dead_letters") == 5, 30, "the bad ones are set aside")
    for attempts in (2, 3):
        assert site.ask("dlq", "redrive", "--all") == {"redriven": 5}
        eventually(lambda: open_attempts(site) == [attempts] * 5, 30, "they come back to their own letters")  # noqa: B023
    assert site.ask("dlq", "redrive", "--all") == {"redriven": 5}
    assert site.ask("dlq", "redrive", "--all") == {"redriven": 0}
    eventually(lambda: len(open_attempts(site)) == 5, 30, "and again")
    site.tideline("replay", "--no-progress", str(file))
    site.wait_until_caught_up()
    site.stop(worker)
    assert site.ask("verify", str(file))["differences"] == 0
    assert site.count("dead_letters") == 5


def test_a_redriven_post_that_works_now_is_stored_once(site: Site) -> None:
    """Set aside as coming from the future by a worker that allows none; later it is an ordinary post."""
    soon = datetime.now(UTC) + timedelta(hours=2)
    post = {"source": "forum", "id": "1", "author": "a", "text": "so sad", "sent_at": soon.isoformat()}
    send(site, [orjson.dumps(post)])
    site.finish()
    assert site.ask("dlq", "list")["open"] == {"future": 1}
    for _ in range(2):
        site.ask("dlq", "redrive", "--all")
        site.finish(TIDELINE_FUTURE_MINUTES="180")
        assert site.stored() == site.count("points") == 1
        assert site.ask("dlq", "list")["open"] == {}


def open_attempts(site: Site) -> list[int]:
    return [letter["attempts"] for letter in site.ask("dlq", "list")["letters"]]


def test_a_message_as_large_as_kafka_takes_reaches_the_dead_topic_and_blocks_none(site: Site) -> None:
    send(site, [b"x" * 1_048_400, b"small"])
    worker = site.worker()
    eventually(lambda: site.count("dead_letters WHERE published") == 2, 30, "both are published")
    site.stop(worker)
    sizes = sorted(len(message.value) for message in site.dead_topic_messages())
    assert sizes == [len(b"small"), 1_000_000]
    assert all(dict(message.headers)["tideline-digest"] for message in site.dead_topic_messages())
