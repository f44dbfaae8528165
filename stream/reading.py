"""The first half of the pipeline: messages become points to be, ticks or dead letters. No database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.classifier import Classifier
from models.drift.measuring import measure
from models.errors import ModelOutage
from models.routing import Routing
from storage.dead_letters import SetAside
from storage.points import NewPoint
from stream.errors import InvalidPost
from stream.language import LanguageGate
from stream.messages import Message, Read
from stream.posts import BadRow, Post, Tick, parse, post_key, pseudonym, text_digest
from stream.version import code_version


@dataclass(frozen=True)
class Reader:
    """Parses, pseudonymises, gates and scores. The offline oracle uses it exactly as the worker does."""

    key: bytes
    topic: str
    routing: Routing
    gate: LanguageGate
    future: timedelta
    clock: Callable[[], datetime]

    def read(self, messages: Sequence[Message], opted_out: Callable[[set[str]], set[str]]) -> list[Read]:
        """Understand messages; people who opted out become ticks, so that they leave nothing but time."""
        not_after = self.clock() + self.future
        reads = [Read(m.partition, m.offset, self._understand(m, not_after)) for m in messages]
        away = opted_out({read.record.person for read in reads if isinstance(read.record, NewPoint)})
        return [self._without(read, away) for read in reads]

    def score(self, reads: Sequence[Read], messages: Sequence[Message]) -> list[Read]:
        """Score what is not abstained, each language by its model; a post that one cannot take is set aside alone."""
        return self.score_by(self.routing.by_version, reads, messages)

    def score_by(
        self, classifiers: Mapping[str, Classifier], reads: Sequence[Read], messages: Sequence[Message]
    ) -> list[Read]:
        """Score each post with the version that it names; a score does not depend on who is scored beside it."""
        scored = list(reads)
        for version, classifier in classifiers.items():
            places = [place for place, read in enumerate(reads) if _to_score(read) == version]
            for place, reason in _score_places(classifier, reads, places).items():
                scored[place] = self._unscorable(reads[place], messages[place], reason, version)
        return scored

    def refused(self, message: Message, advice: str) -> Read:
        """A message that Postgres will not store, as a dead letter."""
        return Read(message.partition, message.offset, self._set_aside(message, "unstorable", advice))

    def _understand(self, message: Message, not_after: datetime) -> NewPoint | Tick | SetAside:
        try:
            record = parse(message.value, not_after=not_after)
        except InvalidPost as error:
            return self._set_aside(message, error.reason, str(error))
        if isinstance(record, Tick):
            return record
        if isinstance(record, BadRow):
            return self._set_aside(message, "bad_row", record.reason, record)
        return self._point(record, message.partition)

    def _point(self, post: Post, partition: int) -> NewPoint:
        language, abstained = self.gate.judge(post.text, post.language)
        words, unknown = measure(post.text, language)
        return NewPoint(
            sent_at=post.sent_at,
            key=post_key(post.source, post.id),
            person=pseudonym(self.key, post.source, post.author),
            channel=post.channel or None,
            source=post.source,
            language=language,
            abstained=abstained,
            scores=None,
            model=self.routing.version_for(None if abstained else language),
            partition=partition,
            digest=text_digest(self.key, post.text) if post.text.strip() else 0,
            text=post.text,
            retweet=post.text.startswith("RT @"),
            words=words,
            unknown=unknown,
        )

    def _without(self, read: Read, away: set[str]) -> Read:
        record = read.record
        if isinstance(record, NewPoint) and record.person in away:
            return Read(read.partition, read.offset, Tick(record.sent_at))
        return read

    def _unscorable(self, read: Read, message: Message, reason: str, version: str) -> Read:
        letter = replace(self._set_aside(message, "unscorable", reason), model=version)
        return Read(read.partition, read.offset, letter)

    def _set_aside(self, message: Message, reason: str, advice: str, row: BadRow | None = None) -> SetAside:
        return SetAside(
            reason=reason,
            advice=advice,
            topic=self.topic,
            partition=message.partition,
            log_offset=message.offset,
            log_time=message.logged_at,
            payload=message.value or b"",
            code=code_version(),
            model=self.routing.main.version,
            file=row.file if row else None,
            line=row.line if row else None,
            redrive_of=message.redrive_of,
        )


def _score_places(classifier: Classifier, reads: Sequence[Read], places: list[int]) -> dict[int, str]:
    """Fill in scores; bisect around texts the model cannot take. Returns why, by place."""
    if not places:
        return {}
    points = [_point_of(reads[place]) for place in places]
    try:
        rows = classifier.emotions([point.text for point in points])
    except ModelOutage:
        raise
    except Exception as error:  # whatever one text can make a model do must not cost its neighbours
        if len(places) == 1:
            return {places[0]: f"the model cannot score this text ({type(error).__name__})"}
        middle = len(places) // 2
        first = _score_places(classifier, reads, places[:middle])
        return first | _score_places(classifier, reads, places[middle:])
    for point, row in zip(points, rows.tolist(), strict=True):
        point.scores = tuple(row)
    return {}


def _to_score(read: Read) -> str | None:
    """The version that is to score it; None: nobody."""
    return read.record.model if isinstance(read.record, NewPoint) and read.record.abstained is None else None


def _point_of(read: Read) -> NewPoint:
    assert isinstance(read.record, NewPoint)
    return read.record
