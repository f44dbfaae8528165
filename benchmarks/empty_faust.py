"""Faust with an empty body: the stream alone. Run as `python -m benchmarks.empty_faust KAFKA TOPIC COUNT`."""

import os
import sys
import time

import faust


def main(kafka: str, topic: str, count: int) -> None:
    app = faust.App(
        f"empty-{topic}",
        broker=f"kafka://{kafka}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
    )
    posts = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    seen = 0
    started = 0.0

    @app.agent(posts, concurrency=1)
    async def read(stream: "faust.StreamT[bytes]") -> None:
        nonlocal seen, started
        async for batch in stream.take(512, within=0.5):
            started = started or time.perf_counter()
            seen += len(batch)
            if seen >= count:
                print(count / (time.perf_counter() - started), flush=True)
                os._exit(0)  # nothing to tidy up, and stopping an app from inside its own agent waits for itself

    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
