"""Does a batch cost more when more people are known, and does a worker's memory grow with the posts it has seen?"""

import random
import time
from datetime import timedelta
from statistics import median

import orjson
import psutil
from sqlalchemy import text

from benchmarks.corpus import START, posts, texts
from benchmarks.stage import PARTITIONS, Stage, wait_until
from storage.database import transaction
from stream.messages import Message
from stream.pipeline import Pipeline
from stream.posts import pseudonym
from stream.settings import Settings
from stream.topics import partition_of
from stream.wiring import build_pipeline

BATCH = 512
ROUNDS = 30
GAP = timedelta(seconds=20)


def batch_ratio(stage: Stage, few: int, many: int) -> dict[str, float]:
    """Median batch time with few and with many known people, in turns so that the machine's moods cancel out.

    Both run on one database: first the few alone, then the many beside them; each batch draws its authors
    from all people known at that time.
    """
    pipeline = _pipeline(stage)
    _know(stage, pipeline, few)
    first = _time_batches(pipeline, few, offset=0)
    _know(stage, pipeline, many)
    second = _time_batches(pipeline, many, offset=1_000_000)
    return {
        f"batch_seconds_{few}": round(first, 4),
        f"batch_seconds_{many}": round(second, 4),
        "ratio": round(second / first, 3),
    }


def _pipeline(stage: Stage) -> Pipeline:
    stage.clear()
    settings = Settings(mode="demo", kafka=stage.kafka, database=stage.database, posts_topic=stage.topic())
    return build_pipeline(settings, stage.engine)


def _know(stage: Stage, pipeline: Pipeline, people: int) -> None:
    """Make everybody known by giving each the state that a processed person really has."""
    pipeline.process(_batch(0, 50, offset=-BATCH * 200))
    pipeline.process([Message(p, 1, orjson.dumps({"tick": START.isoformat()})) for p in range(PARTITIONS)])
    persons = [pseudonym(pipeline.reader.key, "bench", f"bench-{number}") for number in range(people)]
    with transaction(stage.engine) as connection:
        for start in range(0, people, 50_000):
            connection.execute(
                text(
                    "INSERT INTO person_states (person, state) "
                    "SELECT unnest(CAST(:p AS uuid[])), (SELECT state FROM person_states LIMIT 1) "
                    "ON CONFLICT DO NOTHING"
                ),
                {"p": persons[start : start + 50_000]},
            )
    with stage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE person_states"))
        connection.execute(text("CHECKPOINT"))


def _time_batches(pipeline: Pipeline, people: int, offset: int) -> float:
    times = []
    for number in range(ROUNDS + 3):
        batch = _batch(number, people, offset)
        started = time.perf_counter()
        pipeline.process(batch)
        times.append(time.perf_counter() - started)
    return median(times[3:])


def _batch(number: int, people: int, offset: int) -> list[Message]:
    rng = random.Random(number)
    made = []
    for place, words in enumerate(texts(BATCH)):
        position = offset + number * BATCH + place
        author = f"bench-{rng.randrange(people)}"
        value = {
            "source": "bench", "id": f"{offset}-{position}", "author": author, "text": words,
            "sent_at": (START + position * GAP).isoformat(),
        }  # fmt: skip
        made.append(Message(partition_of(author, PARTITIONS), position, orjson.dumps(value)))
    return made


def memory_growth(stage: Stage, count: int, threads: int) -> dict[str, float]:
    """Resident memory of one worker after a fifth of the posts and after all of them."""
    stage.clear()
    topic = stage.topic()
    chunk = count // 10
    sizes = []
    with stage.workers(topic, 1, threads) as processes:
        worker = psutil.Process(processes[0].pid)
        for step in range(10):
            stage.send(topic, posts(chunk, first=step * chunk, gap=timedelta(seconds=2)))
            wait_until(lambda step=step: stage.stored() >= (step + 1) * chunk)  # type: ignore[misc]
            sizes.append(worker.memory_info().rss / 2**20)
    return {
        "posts": count,
        "mib_after_a_fifth": round(sizes[1], 1),
        "mib_at_the_end": round(sizes[-1], 1),
        "ratio": round(sizes[-1] / sizes[1], 3),
    }
