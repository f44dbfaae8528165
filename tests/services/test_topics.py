"""Topics and partitions on both brokers."""

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from stream.errors import BrokerOutage
from stream.services.embedded import Services
from stream.topics import ensure_topics, partition_of

AUTHORS = ["", "a", "ada", "Zoë", "윤서", "🌊🌊", "x" * 500, *(f"person {number}" for number in range(500))]


@pytest.fixture(params=["embedded", "apache"])
def kafka(request: pytest.FixtureRequest) -> str:
    if request.param == "apache":
        return str(request.getfixturevalue("real_kafka"))
    services: Services = request.getfixturevalue("services")
    return services.kafka


def test_missing_topics_are_made_once(kafka: str) -> None:
    assert ensure_topics(kafka, "once", "once.dead", 4) == 4
    assert ensure_topics(kafka, "once", "once.dead", 4) == 4
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    (dead,) = admin.describe_topics(["once.dead"])
    admin.close()
    assert len(dead["partitions"]) == 1


def test_a_topic_that_exists_keeps_its_partitions(kafka: str) -> None:
    ensure_topics(kafka, "kept", "kept.dead", 3)
    assert ensure_topics(kafka, "kept", "kept.dead", 8) == 3


def test_an_author_goes_where_any_client_puts_the_key(kafka: str) -> None:
    partitions = ensure_topics(kafka, "keyed", "keyed.dead", 5)
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    sent = {author: producer.send("keyed", key=author.encode(), value=b"-") for author in AUTHORS}
    chosen = {author: future.get(timeout=30).partition for author, future in sent.items()}
    producer.close()
    assert chosen == {author: partition_of(author, partitions) for author in AUTHORS}
    assert set(chosen.values()) == set(range(5))


def test_a_lone_surrogate_has_a_partition_too() -> None:
    assert partition_of("\ud800", 7) in range(7)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1:1,127.0.0.1:2", "no port", ""])
def test_an_absent_broker_is_an_outage_told_in_one_sentence(address: str) -> None:
    with pytest.raises(BrokerOutage, match=r"^The broker at .* did not answer .*`tideline up`\.$"):
        ensure_topics(address, "posts", "posts.dead", 1)
