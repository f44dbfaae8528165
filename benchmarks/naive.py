"""How one would write it on a first afternoon: consume one, score one, insert one. The bar to beat."""

import time

import orjson
import psycopg2
import torch
from kafka import KafkaConsumer, TopicPartition
from sqlalchemy.engine import make_url

from benchmarks.stage import PARTITIONS, Stage
from models.load import load_classifier

TABLE = "CREATE TABLE IF NOT EXISTS naive (source text, id text, author text, sent_at timestamptz, scores smallint[])"
INSERT = "INSERT INTO naive VALUES (%s, %s, %s, %s, %s)"


def naive_rate(stage: Stage, posts: list[tuple[str, bytes]]) -> float:
    """Posts per second of the naive script over posts already in the log."""
    topic = stage.topic()
    stage.send(topic, posts)
    classifier = load_classifier("default")
    torch.set_num_threads(1)  # faster for one text at a time, so fairer to it
    connection = _connect(stage.database)
    consumer = KafkaConsumer(bootstrap_servers=stage.kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
    started = time.perf_counter()
    for done, message in enumerate(consumer, 1):
        value = orjson.loads(message.value)
        scores = classifier.emotions([value["text"]])[0].tolist()
        with connection, connection.cursor() as cursor:
            cursor.execute(INSERT, (value["source"], value["id"], value["author"], value["sent_at"], scores))
        if done == len(posts):
            break
    seconds = time.perf_counter() - started
    consumer.close()
    connection.close()
    return len(posts) / seconds


def _connect(url: str) -> "psycopg2.extensions.connection":
    parts = make_url(url)
    connection = psycopg2.connect(
        host=parts.host, port=parts.port, user=parts.username, password=parts.password, dbname=parts.database
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    return connection
