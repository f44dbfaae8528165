"""P2: 10,000 mutated messages. Whatever a producer sends is stored or set aside; nothing raises, nothing is lost."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, text

from storage.database import transaction
from storage.dead_letters import count_dead_letters
from storage.progress import register_partitions
from stream.messages import Message
from stream.posts import post_key
from tests.stream.helpers import NOW, PARTITIONS, TOPIC, batches, make_pipeline, record, tick

SENT = 10_000
GOOD_EVERY = 8
TICK_EVERY = 500
Mutate = Callable[[random.Random, dict[str, Any]], bytes | None]
FIELDS = ("source", "id", "author", "text", "sent_at", "channel", "language")
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**18, 2**63, 1e308, "", " ", "\x00", "0", [], [[]], {}, {"a": 1},
    "\x00\x00", "a" * 129, "a" * 257, "a" * 100_001, "😀" * 300, "\u202e\u200b", "RT @", "ー", "\ufeff", "\r\n\t",
]  # fmt: skip
TIMES = [
    "", "now", "2026", "20260101", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "1999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00+25:00", "2026-01-01T24:00:00Z",
    "2026-06-01T00:30:00Z", "2999-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:60Z", "1e9", "-1",
    "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00Zulu", "２０２６-01-01T00:00:00Z",
    "2025-07-01 10:00:00+05:45",
]  # fmt: skip
BAD_ROWS: list[Any] = [
    {}, {"line": True}, {"line": -1}, {"line": 2**70}, {"line": "7"}, {"file": None}, {"file": "a\x00b" * 500},
    {"reason": ["x"]}, {"reason": "\x00"}, {"file": "f.csv", "line": 3, "reason": "no text", "raw": "x" * 5000},
]  # fmt: skip


def flip(rng: random.Random, post: dict[str, Any]) -> bytes:
    raw = bytearray(orjson.dumps(post))
    for _ in range(rng.choice([1, 1, 2, 8])):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def truncate(rng: random.Random, post: dict[str, Any]) -> bytes:
    raw = orjson.dumps(post)
    return raw[: rng.randrange(len(raw))]


def retype(rng: random.Random, post: dict[str, Any]) -> bytes:
    return orjson.dumps(post | {rng.choice(FIELDS): rng.choice(ODD)}) if rng.random() < 0.9 else raw_giant(rng, post)


def raw_giant(rng: random.Random, post: dict[str, Any]) -> bytes:
    """Numbers that no parser likes, spliced in as they are."""
    number = rng.choice(["1" + "0" * 400, "1e999", "-0", "NaN", "Infinity", "0x10", "1" * 5000])
    return orjson.dumps(post | {"id": "HERE"}).replace(b'"HERE"', number.encode())


def retime(rng: random.Random, post: dict[str, Any]) -> bytes:
    return orjson.dumps(post | {"sent_at": rng.choice(TIMES)})


def remove(rng: random.Random, post: dict[str, Any]) -> bytes:
    return orjson.dumps({name: value for name, value in post.items() if rng.random() < 0.8})


def add(rng: random.Random, post: dict[str, Any]) -> bytes:
    extra = {f"field {rng.random()}": rng.choice(ODD), "": rng.choice(ODD), "\x00": 1, "bad_row": rng.choice(ODD[:12])}
    return orjson.dumps(post | extra)


def nest(rng: random.Random, post: dict[str, Any]) -> bytes:
    depth = rng.choice([10, 900, 1100, 50_000])
    deep = rng.choice(["[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth, "[" * depth])
    return orjson.dumps(post | {"extra": "HERE"}).replace(b'"HERE"', deep.encode())


def enlarge(rng: random.Random, post: dict[str, Any]) -> bytes:
    size = rng.choice([99_999, 100_000, 100_001, 300_000])
    return orjson.dumps(post | {"text": rng.choice(["a", "é", "a b "]) * size})


def spoil(rng: random.Random, post: dict[str, Any]) -> bytes:
    """Bytes that are not UTF-8, lone surrogates and NUL, in the middle of the words."""
    inside = rng.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\\u0000", b"\\ud800", b"\\udfff\\ud800", b'"'])
    return orjson.dumps(post | {"text": "HERE"}).replace(b"HERE", b"so sad " + inside + b" today")


def replace(rng: random.Random, post: dict[str, Any]) -> bytes | None:
    whole = [None, b"", b" ", b"null", b"[]", b"1", b'""', b"{}", b"[{}]", b"\x00", b"\xef\xbb\xbf{}", b"true"]
    return rng.choice([*whole, orjson.dumps([post]), rng.randbytes(rng.randrange(200))])


def bad_row(rng: random.Random, post: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps({"bad_row": rng.choice(BAD_ROWS)})
    except TypeError:  # 2**70: JSON knows it, orjson does not write it
        return b'{"bad_row":{"line":%d}}' % 2**70


def bad_tick(rng: random.Random, post: dict[str, Any]) -> bytes:
    refused = [time for time in TIMES if "+05:45" not in time and ".123456789" not in time]
    return orjson.dumps({"tick": rng.choice([*ODD[:12], *refused[:6], *refused[7:11], *refused[12:16]])})


MUTATIONS: tuple[Mutate, ...] = (
    flip, truncate, retype, retime, remove, add, nest, enlarge, spoil, replace, bad_row, bad_tick,
)  # fmt: skip
WEIGHTS = (20, 12, 20, 14, 8, 8, 2, 1, 10, 8, 4, 4)


def fuzzed(seed: int) -> list[Message]:
    """Mutated messages with good neighbours, a good tick now and then, and repeats."""
    rng = random.Random(seed)
    offsets: Counter[int] = Counter()
    found: list[Message] = []
    for number in range(SENT):
        partition = rng.randrange(PARTITIONS)
        found.append(Message(partition, offsets[partition], value_of(rng, number), NOW))
        offsets[partition] += 1
    return found


def value_of(rng: random.Random, number: int) -> bytes | None:
    if number % TICK_EVERY == 1:
        return orjson.dumps(tick(NOW - timedelta(days=60) + timedelta(minutes=number)))
    if number % GOOD_EVERY == 0:
        return orjson.dumps(record(number))
    [mutate] = rng.choices(MUTATIONS, WEIGHTS)
    return mutate(rng, record(number))


@pytest.mark.parametrize("seed", [20261121])
def test_every_one_of_10_000_mutated_messages_is_accounted_for(engine: Engine, seed: int) -> None:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    log, pipeline, sums = fuzzed(seed), make_pipeline(engine), Counter[str]()
    for batch in batches(log, 250):
        report = pipeline.process(batch)
        for name in ("scored", "abstained", "duplicates", "set_aside"):
            sums[name] += getattr(report.written, name)
    ticks = SENT // TICK_EVERY
    assert sum(sums.values()) + ticks == SENT
    assert sums["scored"] > 1500
    assert sums["set_aside"] > 3000
    assert_stored(engine, sums)
    assert_nothing_more_on_a_second_reading(engine, log, sums)


def assert_stored(engine: Engine, sums: Counter[str]) -> None:
    good = {post_key("test", str(number)) for number in range(0, SENT, GOOD_EVERY) if number % TICK_EVERY != 1}
    with transaction(engine) as connection:
        keys = {str(key) for key in connection.execute(text("SELECT key FROM points")).scalars()}
        reasons = count_dead_letters(connection)
    assert good <= keys, "a good neighbour is missing"
    assert len(keys) == sums["scored"] + sums["abstained"]
    assert sum(reasons.values()) == sums["set_aside"]
    assert reasons.keys() >= {
        "not_json", "bad_field", "missing_field", "bad_row", "bad_tick", "ancient", "future", "too_large", "empty",
    }  # fmt: skip


def assert_nothing_more_on_a_second_reading(engine: Engine, log: list[Message], sums: Counter[str]) -> None:
    pipeline = make_pipeline(engine)
    for batch in batches(log, 1000):
        written = pipeline.process(batch).written
        assert written.scored == written.abstained == 0
    with transaction(engine) as connection:
        assert sum(count_dead_letters(connection).values()) == sums["set_aside"]
