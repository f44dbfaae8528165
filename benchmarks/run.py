"""`make bench`: every ratio of the spine from one run, printed and kept as JSON in benchmarks/results/."""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import end_to_end, growth, machine, naive
from benchmarks.corpus import posts
from benchmarks.stage import open_stage

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=30_000, help="posts end to end (default 30,000)")
    parser.add_argument("--memory-posts", type=int, default=500_000, help="posts for the memory check; 0 skips it")
    parser.add_argument("--people", type=int, default=1_000_000, help="people for the batch-time check")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1, help="torch threads a worker")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tideline-bench-") as folder, open_stage(Path(folder)) as stage:
        _keep(_measure(stage, options))


def _measure(stage: Any, options: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": machine.describe(), "options": vars(options)}
    workers, threads = options.workers, options.threads
    rates = {threads: _bare(options.posts, threads) for threads in (1, 2)}
    stream = _say("end to end, posts/s", end_to_end.stream_rate(stage, options.posts, workers, threads))
    for count in rates:
        rates[count] = (rates[count] + _bare(options.posts, count)) / 2  # before and after, as machines drift
    bare = max(rates.values())
    simple = _say("naive script, posts/s", naive.naive_rate(stage, posts(1500)))
    empty = _say("Faust with an empty body, posts/s", end_to_end.faust_rate(stage, options.posts))
    found["rates"] = {"bare": bare, "bare_by_threads": rates, "stream": stream, "naive": simple, "faust_empty": empty}
    found["ratios"] = {
        "stream_to_bare": _say("end to end / bare inference (bar 0.5)", stream / bare),
        "stream_to_naive": _say("end to end / naive script (bar 8)", stream / simple),
        "stream_to_faust_empty": _say("end to end / empty Faust", stream / empty),
    }
    found["latency"] = _say("at half load", end_to_end.latency_at(stage, stream / 2, 20, workers, threads))
    found["known_people"] = _say("known people (bar 1.3)", growth.batch_ratio(stage, 1000, options.people))
    if options.memory_posts:
        found["memory"] = _say("worker memory", growth.memory_growth(stage, options.memory_posts, 2))
    return found


def _bare(count: int, threads: int) -> float:
    rate: float = _say(f"bare inference, {threads} threads, posts/s", end_to_end.bare_rate(count, threads))
    return rate


def _say(what: str, value: Any) -> Any:
    shown = f"{value:,.2f}" if isinstance(value, float) else value
    print(f"{time.strftime('%H:%M:%S')}  {what:<42} {shown}", flush=True)
    return value


def _keep(found: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"spine-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(found, indent=2))
    print(f"kept in {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
