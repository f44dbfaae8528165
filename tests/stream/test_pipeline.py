"""P1, P2 and P4 on real Postgres: whatever the batches, the order, the repeats, the oracle agrees."""

import random
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, text

from models.classifier import Thousandths
from models.errors import ModelOutage
from models.keywords import KeywordClassifier
from storage.database import transaction
from storage.dead_letters import count_dead_letters, list_dead_letters
from storage.people import all_opt_outs, opt_out
from stream.messages import Message
from stream.posts import pseudonym
from stream.verify import verify
from tests.stream.helpers import (
    KEY,
    LATENESS,
    NOW,
    TOPIC,
    batches,
    make_oracle,
    make_pipeline,
    record,
    records,
    spike,
    tick,
    to_log,
)  # fmt: skip

END = NOW - timedelta(days=1)


def history() -> list[dict[str, object]]:
    calm = records(1500)
    angry = spike(10_000, NOW - timedelta(days=53))
    return sorted(calm + angry, key=lambda post: str(post["sent_at"]))


def process(engine: Engine, log: Sequence[Message], size: int) -> None:
    pipeline = make_pipeline(engine)
    for batch in batches(log, size):
        pipeline.process(batch)


def assert_as_oracle(engine: Engine, log: Sequence[Message]) -> dict[str, int]:
    with transaction(engine) as connection:
        away = frozenset(all_opt_outs(connection))
    verdict = verify(engine, TOPIC, make_oracle(away).run(log))
    assert verdict.differences == 0, verdict.examples
    return verdict.compared


@pytest.mark.parametrize("size", [1, 7, 256])
def test_the_size_of_batches_changes_nothing(ready: Engine, size: int) -> None:
    log = to_log([*history()[: 300 if size == 1 else 1600], tick(END)])
    process(ready, log, size)
    compared = assert_as_oracle(ready, log)
    assert compared["points"] > 250
    assert compared["person_states"] >= 12
    assert compared["channel_states"] == 3


def test_a_replay_of_the_same_log_changes_nothing(ready: Engine) -> None:
    log = to_log([*history(), tick(END)])
    process(ready, log, 256)
    process(ready, log, 100)
    assert assert_as_oracle(ready, log)["alerts"] > 0


def test_order_within_the_allowance_changes_nothing_but_the_watermarks(ready: Engine) -> None:
    posts = history()
    rng = random.Random(7)
    shuffled = sorted(posts, key=lambda post: _minutes(post) + rng.uniform(0, LATENESS.total_seconds() / 60 - 0.1))
    process(ready, to_log([*shuffled, tick(END)]), 64)
    assert shuffled != posts
    assert_as_oracle(ready, to_log([*posts, tick(END)]))


def _minutes(post: dict[str, object]) -> float:
    from datetime import datetime

    return datetime.fromisoformat(str(post["sent_at"])).timestamp() / 60


def test_late_posts_are_stored_flagged_and_teach_nobody(ready: Engine) -> None:
    posts = history()
    straggler = record(99_999, sent_at=(NOW - timedelta(days=59)).isoformat())
    log = to_log([*posts, straggler, tick(END)])
    process(ready, log, 50)
    assert_as_oracle(ready, log)
    with transaction(ready) as connection:
        assert connection.execute(text("SELECT count(*) FROM points WHERE late")).scalar_one() == 1


def test_batches_of_two_workers_interleaved_by_partition_agree(ready: Engine) -> None:
    log = to_log([*history(), tick(END)])
    process(ready, [m for m in log if m.partition == 2], 33)
    process(ready, [m for m in log if m.partition != 2], 50)
    assert_as_oracle(ready, log)


def test_repeats_retweets_foreign_and_empty_posts_are_stored_and_told_apart(ready: Engine) -> None:
    log = to_log([*history(), tick(END)])
    process(ready, log, 256)
    with transaction(ready) as connection:
        counts = connection.execute(
            text(
                "SELECT count(*) FILTER (WHERE repeated) AS repeated, count(*) FILTER (WHERE retweet) AS retweets, "
                "count(*) FILTER (WHERE abstained = 'language') AS foreign_, "
                "count(*) FILTER (WHERE abstained = 'no_text') AS empty FROM points"
            )
        ).one()
    assert min(counts) > 5


def test_31_good_posts_beside_one_bad_one_are_stored(ready: Engine) -> None:
    log = to_log([*records(31)[:15], b"\xff not json", *records(31)[15:]])
    make_pipeline(ready).process(log)
    with transaction(ready) as connection:
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() == 31
        assert count_dead_letters(connection) == {"not_json": 1}


class Allergic(KeywordClassifier):
    """Chokes on one text, as a tokenizer bug would."""

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        if any("poison" in text for text in texts):
            raise RuntimeError("cannot")
        return super().emotions(texts)


def test_a_text_the_model_chokes_on_is_set_aside_alone(ready: Engine) -> None:
    posts = records(40)
    posts[23]["text"] = "this is poison"
    make_pipeline(ready, Allergic()).process(to_log(posts))
    with transaction(ready) as connection:
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() == 39
        assert count_dead_letters(connection) == {"unscorable": 1}


def test_a_row_postgres_refuses_is_set_aside_alone(ready: Engine) -> None:
    with transaction(ready) as connection:
        connection.execute(text("ALTER TABLE points ADD CONSTRAINT fussy CHECK (channel <> 'refused')"))
    posts = records(40)
    posts[23]["channel"] = "refused"
    pipeline = make_pipeline(ready)
    report = pipeline.process(to_log(posts))
    assert (report.written.stored, report.written.set_aside, sum(report.outcomes)) == (39, 1, 1)
    with transaction(ready) as connection:
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() == 39
        assert count_dead_letters(connection) == {"unstorable": 1}


def test_a_made_up_redrive_header_neither_hides_a_bad_message_nor_stops_the_worker(ready: Engine) -> None:
    pipeline = make_pipeline(ready)
    pipeline.process([Message(0, 0, b"bad one")])
    with transaction(ready) as connection:
        first = list_dead_letters(connection)[0].id
    pipeline.process([Message(0, 1, b"another bad one", redrive_of=first)])
    with transaction(ready) as connection:
        assert count_dead_letters(connection) == {"not_json": 2}


class Tired(KeywordClassifier):
    def emotions(self, texts: Sequence[str]) -> Thousandths:
        raise ModelOutage("no memory")


def test_a_model_outage_writes_nothing_and_sets_nothing_aside(ready: Engine) -> None:
    with pytest.raises(ModelOutage):
        make_pipeline(ready, Tired()).process(to_log(records(10)))
    with transaction(ready) as connection:
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() == 0
        assert count_dead_letters(connection) == {}


def test_an_opted_out_author_leaves_no_row_and_is_not_scored(ready: Engine) -> None:
    person = pseudonym(KEY, "test", "author-3")
    with transaction(ready) as connection:
        opt_out(connection, person)
    log = to_log([*history(), tick(END)])
    process(ready, log, 100)
    assert_as_oracle(ready, log)
    assert rows_of(ready, person) == 0


def test_opting_out_later_erases_what_was_kept_even_from_a_channels_crowd(ready: Engine) -> None:
    person = pseudonym(KEY, "test", "author-3")
    last = record(80_000, author="author-3", text="i am furious and i hate this", sent_at=END.isoformat())
    process(ready, to_log([*history(), last, tick(END + timedelta(minutes=20))]), 256)
    with transaction(ready) as connection:
        states = connection.execute(
            text("SELECT string_agg(encode(state, 'escape'), '') FROM channel_states")
        ).scalar_one()
    assert person in states
    assert rows_of(ready, person) > 100
    with transaction(ready) as connection:
        opt_out(connection, person)
    assert rows_of(ready, person) == 0


def rows_of(engine: Engine, person: str) -> int:
    """Rows in any table in which the pseudonym appears anywhere, but for the opt-out itself."""
    found = 0
    with transaction(engine) as connection:
        tables = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'opt_outs'")
        ).scalars()
        for table in list(tables):
            statement = text(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%' || :person || '%'")
            found += connection.execute(statement, {"person": person}).scalar_one()
    return found


def test_the_same_text_has_the_same_score_whatever_its_batch() -> None:
    texts = [str(post["text"]) for post in records(100)]
    model = KeywordClassifier()
    assert np.array_equal(model.emotions(texts), np.vstack([model.emotions([one]) for one in texts]))
