"""One model for many callers: their texts are joined into batches."""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from models.classifier import Classifier, Thousandths
from models.errors import ModelOutage

_Waiting = tuple[Sequence[str], "Future[Thousandths]"]


class Joined:
    """Callers in any thread; one thread scores whatever waits, up to `batch` texts at once.

    For programs that use this package as a library with many callers at once, such as a web server that scores one
    post a request; Tideline's own workers are single callers with whole batches, and need no joining.

    Every caller gets scores or the exception: when the model raises, each caller's texts are tried alone, so that one
    caller's bad text is not another's. More than `most` waiting texts are refused with `ModelOutage`.
    `close` ends the thread; whoever waits then gets `ModelOutage`, too.
    """

    def __init__(self, classifier: Classifier, batch: int = 2048, most: int = 20_000) -> None:
        self._classifier = classifier
        self._batch = batch
        self._most = most
        self._waiting: deque[_Waiting] = deque()
        self._texts = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="model", daemon=True)
        self._thread.start()

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        return self._enter(texts).result()

    def close(self) -> None:
        """Everybody who has not been answered is; then the thread is gone."""
        with self._changed:
            self._closed = True
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for _, answer in left:
            answer.set_exception(_closed())
        self._thread.join()

    def _enter(self, texts: Sequence[str]) -> "Future[Thousandths]":
        answer: Future[Thousandths] = Future()
        with self._changed:
            if self._closed:
                raise _closed()
            if self._texts and self._texts + len(texts) > self._most:
                raise ModelOutage(f"{self._texts} texts are waiting for the model already: try again later.")
            self._waiting.append((texts, answer))
            self._texts += len(texts)
            self._changed.notify_all()
        return answer

    def _serve(self) -> None:
        while group := self._next():
            self._answer(group)

    def _next(self) -> list[_Waiting]:
        """The callers served next, at least one; none when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            group: list[_Waiting] = []
            held = 0
            while self._waiting and (not group or held + len(self._waiting[0][0]) <= self._batch):
                group.append(self._waiting.popleft())
                held += len(group[-1][0])
            self._texts -= held
            return group

    def _answer(self, group: list[_Waiting]) -> None:
        try:
            found = self._classifier.emotions([text for texts, _ in group for text in texts])
        except BaseException as error:  # a caller must never wait for ever
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for one in group:
                self._answer([one])
            return
        start = 0
        for texts, answer in group:
            answer.set_result(found[start : start + len(texts)])
            start += len(texts)


def _closed() -> ModelOutage:
    return ModelOutage("The model has been closed: open it again.")
