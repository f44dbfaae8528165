"""How fast models score: every ratio from one run, with what this machine's arithmetic allows beside them.

Rivals are measured in turn and medians compared, so that other work on the machine meets all of them alike.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks import arithmetic, machine, rivals
from benchmarks.corpus import texts
from benchmarks.results import keep
from models.engine.cache import Remembering
from models.engine.network import NetworkModel
from models.engine.paths import PRECISIONS, choose, device_of, on_path
from models.load import SHIPPED, load_classifier

Run = Callable[[Sequence[str]], Any]

MINILM, BILSTM = "minilm-en-1", "bilstm-en-1"

_FEW = 40
"""Posts scored one by one; more would take minutes and show no more."""


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    asked = texts(options.posts)
    found: dict[str, Any] = {"machine": machine.describe(), "options": vars(options)}
    found["bert"] = bert(rivals.model(options.model), asked, options)
    found["bilstm"] = bilstm(asked, options.rounds)
    found["cache"] = cache(asked, options.rounds)
    for row in table(found):
        print(f"{row[0]:<36}{row[1]:>12}{row[2]:>9}  {row[3]}")
    keep("inference", found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=400, help="posts a measurement (default 400)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    trained = MINILM if (SHIPPED / MINILM).is_dir() else ""
    parser.add_argument("--model", default=trained, help=f"a trained BERT-shaped model (default {MINILM})")
    return parser.parse_args()


def table(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What was run, posts a second, how many times its rival's, and what to hold that against."""
    yield "what", "posts/s", "ratio", "against"
    for name, row in found["bert"]["paths"].items():
        agreement = f"; {row['agreement']:.4f} agree with single (bar .99)" if "agreement" in row else ""
        share = f"; {found['bert']['shares'][name]:.2f} of the limit" if agreement else ""
        yield f"MiniLM, {name}", _round(row["posts_per_second"]), f"{row['ratio']:.2f}", f"pipeline{agreement}{share}"
    for name, limit in found["bert"]["limits"].items():
        yield f"MiniLM, limit of large products, {name}", _round(limit), "", ""
    yield "MiniLM, chosen by auto", "", "", found["bert"]["auto"]
    for threads, rates in found["bilstm"]["rates"].items():
        ratio = f"{found['bilstm']['ratios'][threads]:.2f}"
        yield f"biLSTM, one by one, threads: {threads}", _round(rates["batch of one"]), "", ""
        yield f"biLSTM, engine, threads: {threads}", _round(rates["engine"]), ratio, "best one by one (bar 15)"
    yield "biLSTM, half reposts, no cache", _round(found["cache"]["off"]), "", ""
    yield "biLSTM, half reposts, cache", _round(found["cache"]["on"]), f"{found['cache']['ratio']:.2f}", "no cache"


def _round(rate: float) -> str:
    return f"{rate:,.1f}"


def bert(model: NetworkModel, asked: Sequence[str], options: argparse.Namespace) -> dict[str, Any]:
    device = device_of(options.device)
    engines: dict[str, Any] = {name: on_path(model, name, device) for name in PRECISIONS}
    runs: dict[str, Run] = {
        "pipeline": rivals.pipeline(model, 1, device),
        "pipeline 32": rivals.pipeline(model, 32, device),
    }
    rates = in_turn(runs | {name: engine.logits for name, engine in engines.items()}, asked, options.rounds)
    rows = {
        name: {"posts_per_second": round(rate, 1), "ratio": round(rate / rates["pipeline"], 2)}
        for name, rate in rates.items()
    }
    single = engines["single"].logits(asked).argmax(axis=1)
    for name, engine in engines.items():
        rows[name]["agreement"] = round(float(np.mean(engine.logits(asked).argmax(axis=1) == single)), 4)
    return {"paths": rows, **_limits(model, asked, device, rates), "auto": choose(model, device).precision}


def _limits(model: NetworkModel, asked: Sequence[str], device: torch.device, rates: dict[str, float]) -> dict[str, Any]:
    """Posts a second if nothing but the large products took time, and the share of that reached (bar .35 on a GPU)."""
    config: Any = model.network.body.config  # type: ignore[union-attr]
    pieces = float(np.mean([len(ids) for ids in model.encoder.encode_all(asked)]))
    products = arithmetic.rates(arithmetic.shapes_of(config), device)
    limits = {name: rate / arithmetic.operations(config, pieces) for name, rate in products.items()}
    share = {name: round(rates[name] / limit, 3) for name, limit in limits.items()}
    return {"pieces": pieces, "products": products, "limits": limits, "shares": share}


def bilstm(asked: Sequence[str], rounds: int) -> dict[str, Any]:
    classifier, before, rates = load_classifier(BILSTM), torch.get_num_threads(), {}
    few, many = asked[:_FEW], list(asked) * 5
    for threads in sorted({1, before}):
        torch.set_num_threads(threads)
        alone = in_turn({"batch of one": partial(_one_by_one, classifier)}, few, rounds)
        rates[threads] = alone | in_turn({"engine": classifier.emotions}, many, rounds)
    torch.set_num_threads(before)
    slow = max(rate["batch of one"] for rate in rates.values())
    return {"rates": rates, "ratios": {threads: rate["engine"] / slow for threads, rate in rates.items()}}


def _one_by_one(classifier: Any, asked: Sequence[str]) -> None:
    for text in asked:
        classifier.emotions([text])


def cache(asked: Sequence[str], rounds: int) -> dict[str, float]:
    """Half of the texts are reposts."""
    plain = load_classifier(BILSTM)
    runs: dict[str, Run] = {"off": plain.emotions, "on": lambda posts: Remembering(plain, 10**7).emotions(posts)}
    rates = in_turn(runs, [*asked, *asked], rounds)
    return {**rates, "ratio": rates["on"] / rates["off"]}


def in_turn(runs: dict[str, Run], asked: Sequence[str], rounds: int) -> dict[str, float]:
    """Texts a second: medians of several rounds, after a few texts that warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(asked[:16])
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.perf_counter()
            run(asked)
            seconds[name].append(time.perf_counter() - began)
    return {name: len(asked) / median(found) for name, found in seconds.items()}


if __name__ == "__main__":
    main()
