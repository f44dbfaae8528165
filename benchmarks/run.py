"""`make bench`: every ratio of the spine from one run, printed and kept as JSON in benchmarks/results/."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import end_to_end, growth, machine, naive
from benchmarks.corpus import posts
from benchmarks.results import keep, say
from benchmarks.stage import open_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=30_000, help="posts end to end (default 30,000)")
    parser.add_argument("--memory-posts", type=int, default=500_000, help="posts for the memory check; 0 skips it")
    parser.add_argument("--people", type=int, default=1_000_000, help="people for the batch-time check")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1, help="torch threads a worker")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tideline-bench-") as folder, open_stage(Path(folder)) as stage:
        keep("spine", _measure(stage, options))


def _measure(stage: Any, options: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": machine.describe(), "options": vars(options)}
    workers, threads = options.workers, options.threads
    rates = {threads: _bare(options.posts, threads) for threads in (1, 2)}
    stream = say("end to end, posts/s", end_to_end.stream_rate(stage, options.posts, workers, threads))
    for count in rates:
        rates[count] = (rates[count] + _bare(options.posts, count)) / 2  # before and after, as machines drift
    bare = max(rates.values())
    simple = say("naive script, posts/s", naive.naive_rate(stage, posts(1500)))
    empty = say("Faust with an empty body, posts/s", end_to_end.faust_rate(stage, options.posts))
    found["rates"] = {"bare": bare, "bare_by_threads": rates, "stream": stream, "naive": simple, "faust_empty": empty}
    found["ratios"] = {
        "stream_to_bare": say("end to end / bare inference (bar 0.5)", stream / bare),
        "stream_to_naive": say("end to end / naive script (bar 8)", stream / simple),
        "stream_to_faust_empty": say("end to end / empty Faust", stream / empty),
    }
    found["latency"] = say("at half load", end_to_end.latency_at(stage, stream / 2, 20, workers, threads))
    found["known_people"] = say("known people (bar 1.3)", growth.batch_ratio(stage, 1000, options.people))
    if options.memory_posts:
        found["memory"] = say("worker memory", growth.memory_growth(stage, options.memory_posts, 2))
    return found


def _bare(count: int, threads: int) -> float:
    rate: float = say(f"bare inference, {threads} threads, posts/s", end_to_end.bare_rate(count, threads))
    return rate


if __name__ == "__main__":
    main()
