"""Posts per second from the first byte produced to the last commit, and the latency at half of that."""

import subprocess
import sys
import time
import uuid
from typing import Any

import numpy as np
import torch
from sqlalchemy import text

from benchmarks.corpus import posts, texts
from benchmarks.stage import Stage, wait_until
from models.load import load_classifier
from storage.database import transaction
from stream.posts import post_key

BATCH = 2048  # as the worker


def bare_rate(count: int, threads: int) -> float:
    """Posts per second of the model alone in one process, in the pipeline's batches."""
    torch.set_num_threads(threads)
    classifier = load_classifier("default")
    corpus = texts(count)
    classifier.emotions(corpus[:BATCH])
    started = time.perf_counter()
    for start in range(0, count, BATCH):
        classifier.emotions(corpus[start : start + BATCH])
    return count / (time.perf_counter() - started)


def stream_rate(stage: Stage, count: int, workers: int, threads: int) -> float:
    """Posts per second end to end, producer, broker, Postgres and workers all on this machine."""
    stage.clear()
    topic, corpus = stage.topic(), posts(count)
    with stage.workers(topic, workers, threads):
        started = time.perf_counter()
        stage.send(topic, corpus)
        wait_until(lambda: stage.stored() >= count)
        return count / (time.perf_counter() - started)


def faust_rate(stage: Stage, count: int) -> float:
    """Posts per second of Faust with an empty body over posts already in the log."""
    topic = stage.topic()
    stage.send(topic, posts(count))
    command = [sys.executable, "-m", "benchmarks.empty_faust", stage.kafka, topic, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return float(done.stdout.split()[0])


def latency_at(stage: Stage, rate: float, seconds: int, workers: int, threads: int) -> dict[str, Any]:
    """Seconds from append to commit, by Postgres' own commit timestamps, at a steady rate."""
    stage.clear()
    topic, count = stage.topic(), int(rate * seconds)
    corpus = posts(count)
    sent: dict[str, float] = {}
    with stage.workers(topic, workers, threads):
        started = time.time()

        def pause(number: int) -> None:
            ahead = started + number / rate - time.time()
            if ahead > 0.002:
                time.sleep(ahead)
            sent[post_key("bench", str(number))] = time.time()

        stage.send(topic, corpus, pause)
        wait_until(lambda: stage.stored() >= count)
    with transaction(stage.engine) as connection:
        rows = connection.execute(
            text("SELECT key, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM post_keys")
        )
        waits = np.array([committed - sent[str(uuid.UUID(str(key)))] for key, committed in rows])
    return {
        "posts_per_second": rate,
        "p50_seconds": round(float(np.quantile(waits, 0.5)), 3),
        "p99_seconds": round(float(np.quantile(waits, 0.99)), 3),
    }
