"""Many callers, texts met before, and cutting texts while others are computed."""

import threading
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest

from models.classifier import Thousandths
from models.engine.cache import ENTRY_BYTES, Remembering
from models.engine.overlap import ahead
from models.engine.waiting import Joined
from models.errors import ModelOutage
from models.keywords import KeywordClassifier

TEXTS = ["so happy", "so sad", "so happy", "nothing", "I am afraid", "\ud83d alone"]
DOUBLE = KeywordClassifier()


class Counting(KeywordClassifier):
    """The double, remembering what it was asked; it raises at `bad`, and waits for `gate` if there is one."""

    def __init__(self, gate: threading.Event | None = None) -> None:
        self.calls: list[list[str]] = []
        self.entered = threading.Event()
        self._gate = gate

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        self.calls.append(list(texts))
        self.entered.set()
        if self._gate:
            self._gate.wait(30)
        if "bad" in texts:
            raise ValueError("a text is at fault")
        return super().emotions(texts)


def test_what_is_remembered_is_what_would_be_computed() -> None:
    inner = Counting()
    remembering = Remembering(inner, 10_000)
    for texts in (TEXTS, TEXTS[::-1], [], TEXTS * 3):
        assert remembering.emotions(texts).tobytes() == DOUBLE.emotions(texts).tobytes()
    assert sum(map(len, inner.calls)) == len(set(TEXTS))
    assert (remembering.version, remembering.scheme) == (DOUBLE.version, DOUBLE.scheme)


def test_remembered_rows_belong_to_the_caller() -> None:
    remembering = Remembering(DOUBLE, 10_000)
    remembering.emotions(TEXTS)[:] = 7
    assert remembering.emotions(TEXTS).tobytes() == DOUBLE.emotions(TEXTS).tobytes()


def test_the_text_met_longest_ago_is_forgotten_first_when_memory_is_full() -> None:
    inner = Counting()
    remembering = Remembering(inner, 2 * ENTRY_BYTES)
    for text in ("a", "b", "a", "c", "a", "b"):
        remembering.emotions([text])
    assert inner.calls == [["a"], ["b"], ["c"], ["b"]]
    assert len(remembering) == 2
    assert remembering.emotions(TEXTS).tobytes() == DOUBLE.emotions(TEXTS).tobytes()


class Zeros(KeywordClassifier):
    """Scores at no cost in time or memory."""

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        return np.zeros((len(texts), 7), dtype=np.int16)


def test_what_is_remembered_stays_within_its_bytes() -> None:
    most, count, step = 3_850_000, 30_000, 100  # 11,000 entries: a table just made larger
    remembering = Remembering(Zeros(), most)
    tracemalloc.start()
    try:
        for start in range(0, count, step):
            remembering.emotions([f"text {number}" for number in range(start, start + step)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.5 * most < peak < most


class Caller:
    """One call from a thread of its own, and what came of it."""

    def __init__(self, joined: Joined, texts: Sequence[str]) -> None:
        self.found: Thousandths | BaseException | None = None
        self._thread = threading.Thread(target=self._call, args=(joined, texts))
        self._thread.start()

    def _call(self, joined: Joined, texts: Sequence[str]) -> None:
        try:
            self.found = joined.emotions(texts)
        except BaseException as error:
            self.found = error

    def answer(self) -> Thousandths | BaseException | None:
        self._thread.join(30)
        return self.found


def held(most: int = 20_000) -> tuple[Joined, Counting, threading.Event, Caller]:
    """A model that is busy with a first caller until the gate opens."""
    gate = threading.Event()
    inner = Counting(gate)
    joined = Joined(inner, most=most)
    first = Caller(joined, ["first"])
    assert inner.entered.wait(30)
    return joined, inner, gate, first


def wait_for(joined: Joined, texts: int) -> None:
    with joined._changed:
        assert joined._changed.wait_for(lambda: joined._texts >= texts, 30)


def test_callers_that_wait_are_joined_and_each_gets_its_own() -> None:
    joined, inner, gate, first = held()
    callers = [Caller(joined, [text]) for text in TEXTS]
    wait_for(joined, len(TEXTS))
    gate.set()
    for text, caller in zip(TEXTS, callers, strict=True):
        found = caller.answer()
        assert isinstance(found, np.ndarray)
        assert found.tobytes() == DOUBLE.emotions([text]).tobytes()
    assert isinstance(first.answer(), np.ndarray)
    assert sorted(map(len, inner.calls)) == [1, len(TEXTS)]
    joined.close()


def test_a_model_that_raises_answers_everybody_and_only_the_culprit_with_the_exception() -> None:
    joined, _, gate, _ = held()
    good, bad = Caller(joined, TEXTS), Caller(joined, ["bad"])
    wait_for(joined, len(TEXTS) + 1)
    gate.set()
    assert isinstance(bad.answer(), ValueError)
    assert isinstance(good.answer(), np.ndarray)
    joined.close()


def test_closing_wakes_everybody() -> None:
    joined, _, gate, first = held()
    waiting = [Caller(joined, TEXTS) for _ in range(3)]
    wait_for(joined, 3 * len(TEXTS))
    closing = threading.Thread(target=joined.close)
    closing.start()
    assert all(isinstance(caller.answer(), ModelOutage) for caller in waiting)
    gate.set()
    assert isinstance(first.answer(), np.ndarray)
    closing.join(30)
    with pytest.raises(ModelOutage, match="open it again"):
        joined.emotions(TEXTS)


def test_a_full_queue_says_so() -> None:
    joined, _, gate, _ = held(most=8)
    Caller(joined, TEXTS)
    wait_for(joined, len(TEXTS))
    with pytest.raises(ModelOutage, match="6 texts are waiting"):
        joined.emotions(TEXTS)
    gate.set()
    joined.close()


def test_parts_are_prepared_one_ahead_and_come_in_order() -> None:
    second = threading.Event()

    def prepare(number: int) -> int:
        if number == 2:
            second.set()
        return number * 2

    coming = ahead([1, 2, 3], prepare)
    assert next(coming) == 2
    assert second.wait(30)  # while the first is in hand
    assert list(coming) == [4, 6]


def test_a_failure_while_preparing_is_raised_in_its_turn() -> None:
    coming = ahead([1, 0], lambda number: 1 // number)
    assert next(coming) == 1
    with pytest.raises(ZeroDivisionError):
        next(coming)
