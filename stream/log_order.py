"""The messages of a replay as they lie in the log: with partitions and offsets, but without a log."""

from collections.abc import Iterable, Iterator

from stream import sequence
from stream.messages import Message
from stream.topics import partition_of


def in_log(messages: Iterable[sequence.Message], partitions: int) -> Iterator[Message]:
    """Put each message where replay puts it; a tick goes to every partition."""
    offsets = [0] * partitions
    for message in messages:
        targets = range(partitions) if message.kind == "tick" else [partition_of(message.author, partitions)]
        for partition in targets:
            yield Message(partition, offsets[partition], message.value)
            offsets[partition] += 1
