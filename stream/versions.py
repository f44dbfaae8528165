"""Scoring each post with the model version that scored it in Postgres, for the offline oracle.

Which version a post met depends on when somebody chose another model, and that is nowhere in the log; it is stored
with every point instead. Given the versions, everything else follows from the log again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.classifier import Classifier
from storage.points import NewPoint
from stream.messages import Message, Read
from stream.reading import Reader


@dataclass(frozen=True)
class VersionedReader:
    """A `Reader` of posts that several models scored; a post that is not stored goes the way of `reader`."""

    reader: Reader
    stored: Mapping[str, str]  # key of a post → version
    classifiers: Mapping[str, Classifier]  # by version, `reader`'s own included

    def read(self, messages: Sequence[Message], opted_out: Callable[[set[str]], set[str]]) -> list[Read]:
        reads = self.reader.read(messages, opted_out)
        for read in reads:
            if isinstance(read.record, NewPoint):
                read.record.model = self.stored.get(read.record.key, read.record.model)
        return reads

    def score(self, reads: Sequence[Read], messages: Sequence[Message]) -> list[Read]:
        return self.reader.score_by(self.classifiers, reads, messages)
