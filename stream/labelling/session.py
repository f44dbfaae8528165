"""A labeller's session: one question after the other, each answer stored before the next is asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from storage.database import transaction
from storage.label_leases import end_lease, leases_of
from stream.labelling.answers import Typed, typed
from stream.labelling.judging import LabelRefused
from stream.labelling.recording import Answer, Recorded, store_answer
from stream.labelling.tasks import Asking, Task

FROM = "label next"  # the provenance of what is answered here


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Session:
    """Who answers, on which terms; `done` counts the verdicts so far."""

    engine: Engine
    asking: Asking
    consent: bool
    keep: timedelta
    clock: Callable[[], datetime] = _clock
    done: Counter[str] = field(default_factory=Counter)
    expired: int = 0

    def tasks(self, count: int, tell: Callable[[str], None]) -> Iterator[Task]:
        """Up to so many questions. Posts whose words have expired are passed over, and told."""
        asked = 0
        while asked < count and (task := self._next()):
            if task.text is None:
                self.expired += 1
                tell(f"post {task.post.key[:8]}: its words are no longer kept; going on")
                continue
            asked += 1
            yield task

    def answer(self, task: Task, given: Typed) -> Recorded:
        """Store an answer and end the lease, in one transaction."""
        return self._store(task.post.key, task.queue, task.blind, given)

    def give_back(self, task: Task) -> None:
        """Somebody else may be asked."""
        with transaction(self.engine) as connection:
            end_lease(connection, task.post.key, self.asking.who)

    def answer_all(self, lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Store answers to posts that were handed out earlier; the fate of each."""
        with transaction(self.engine) as connection:
            leases = leases_of(connection, self.asking.who, self.clock())
        return [self._fate(line, leases) for line in lines]

    def _next(self) -> Task | None:
        with transaction(self.engine) as connection:
            return self.asking.next_task(connection, self.clock())

    def _store(self, key: str, queue: str, blind: bool, given: Typed) -> Recorded:
        answer = Answer(
            self.asking.who, given.verdict, given.emotion, given.reason, blind, queue, FROM, consent=self.consent
        )
        with transaction(self.engine) as connection:
            stored = store_answer(connection, key, answer, self.clock(), self.keep)
            end_lease(connection, key, self.asking.who)
        self.done[stored.verdict.verdict] += 1
        return stored

    def _fate(self, line: Mapping[str, Any], leases: Mapping[str, Any]) -> dict[str, Any]:
        key = str(line.get("key"))
        try:
            held = leases.get(key)
            if held is None:
                raise LabelRefused("not-asked", "nobody was asked about this post: take one from `label next --json`.")
            given = _given(line, held.blind)
            stored = self._store(key, held.queue, held.blind, given)
        except LabelRefused as refusal:
            return {"key": key, "fate": refusal.fate, "why": str(refusal)}
        return {"key": key, "fate": "added", "verdict": stored.verdict.verdict, "emotion": stored.verdict.emotion}


def _given(line: Mapping[str, Any], blind: bool) -> Typed:
    """Either `answer`, what one would have typed, or `verdict` and `emotion`, with a `reason`."""
    if "answer" not in line:
        said = {name: str(line[name]) for name in ("verdict", "emotion", "reason") if line.get(name)}
        return Typed(said.get("verdict"), said.get("emotion"), said.get("reason"))
    found = typed(str(line["answer"]), blind)
    if found is None or found.stop:
        raise LabelRefused("bad-value", "that is no answer: give an emotion or its number, w, u or s.")
    return found
