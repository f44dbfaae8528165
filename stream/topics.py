"""The two topics, and which partition a person's posts go to."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.partitioner.default import murmur2

from stream.errors import BrokerOutage

KNOCK_SECONDS = 3.0
PATIENCE_MS = 8000
SETTLE_SECONDS = 30.0


def partition_of(author: str, partitions: int) -> int:
    """The partition that holds all posts of one author, in order.

    It is the hash every Kafka client uses for a keyed message, so a producer in another language that
    keys by the author id puts a person where Tideline expects them.

    >>> partition_of("ada", 4) == partition_of("ada", 4)
    True
    >>> {partition_of(f"person {n}", 3) for n in range(50)} == {0, 1, 2}
    True
    """
    key = author.encode("utf-8", "surrogatepass")
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


def ensure_topics(kafka: str, posts_topic: str, dead_topic: str, partitions: int) -> int:
    """Create what is missing and return how many partitions the posts topic really has.

    A topic that exists keeps its partitions: adding some would move people to other partitions and break
    their order.
    """
    with _admin(kafka) as admin:
        present = set(admin.list_topics())
        for topic, count in ((posts_topic, partitions), (dead_topic, 1)):
            if topic not in present:
                _create(admin, topic, count)
        _partitions(admin, dead_topic, time.monotonic, time.sleep)  # it is written to as soon as it is needed
        return _partitions(admin, posts_topic, time.monotonic, time.sleep)


@contextmanager
def _admin(kafka: str) -> Iterator[KafkaAdminClient]:
    try:
        knock(kafka)
        admin = KafkaAdminClient(bootstrap_servers=kafka, bootstrap_timeout_ms=PATIENCE_MS)
        try:
            yield admin
        finally:
            admin.close()
    except (KafkaError, OSError, ValueError) as error:
        raise BrokerOutage(
            f"The broker at {kafka} did not answer ({type(error).__name__}): "
            "check TIDELINE_KAFKA, or start the embedded one with `tideline up`."
        ) from error


def knock(kafka: str) -> None:
    """A closed port is told at once; the client would try for long and leave a socket open at the end."""
    refused: Exception = ValueError("no broker is named")
    for server in kafka.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=KNOCK_SECONDS).close()
            return
        except (OSError, ValueError) as error:
            refused = error
    raise refused


def _create(admin: KafkaAdminClient, topic: str, partitions: int) -> None:
    wanted = {topic: {"num_partitions": partitions, "replication_factor": -1}}
    with suppress(TopicAlreadyExistsError):  # somebody else was faster: their partition count stands
        admin.create_topics(wanted)


def _partitions(admin: KafkaAdminClient, topic: str, clock: Callable[[], float], sleep: Callable[[float], None]) -> int:
    """Kafka answers a creation before every partition has a leader, so ask until they do."""
    deadline = clock() + SETTLE_SECONDS
    while True:
        described = [found for found in admin.describe_topics([topic]) if not found["error_code"]]
        ready = described[0]["partitions"] if described else []
        if ready and all(part["leader_id"] >= 0 for part in ready):
            return len(ready)
        if clock() > deadline:
            raise BrokerOutage(f"The topic {topic} has no leader yet: look at the broker's log and try again.")
        sleep(0.1)
