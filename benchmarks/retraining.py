"""What 2,000 labels are worth, and what poisoned ones do. `python -m benchmarks.retraining --help`.

A part of the dair and GoEmotions training rows is held back, a champion is trained by the shipped preset on the rest,
and posts made of held-back rows go the whole way: the pipeline, Postgres, `label import`, `retrain`. The figure is the
macro-F1 of the seven emotions on both test sets together. Champions are kept in --work and used again.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from click.testing import CliRunner

from benchmarks.held_back import Part, prepared
from benchmarks.labellers import Post, label_file, queued
from benchmarks.results import keep, say
from models.manifest import Manifest
from models.retraining.teaching import Course, challenger
from storage.migrate import migrate
from stream.cli import main
from stream.messages import Message
from stream.retraining.champions import opened
from stream.services.postgres import start_postgres, stop_postgres
from stream.settings import read_settings
from stream.topics import partition_of
from stream.wiring import build_pipeline, open_engine

LABELS = 2_000
DAYS = 40
BATCH = 500
SCENES = ("honest", "hostile", "poisoned", "poisoned-unweighted", "no-labels")


@dataclass(frozen=True)
class Plan:
    """One cell: what was held back, who labels, which posts, and how it is retrained."""

    part: Part
    scene: str = "hostile"
    queue: str = "random"
    labels: int = LABELS
    options: tuple[str, ...] = ()


def measured(plan: Plan, work: Path) -> dict[str, Any]:
    """The record of one retraining, in short."""
    folder = prepared(plan.part, work)
    posts = queued(folder, plan.queue, plan.labels, plan.part.seed)
    with tempfile.TemporaryDirectory(prefix="tideline-retraining-") as scratch, _site(Path(scratch), folder):
        _store(posts)
        labels = label_file(Path(scratch) / "labels.csv", posts, plan.scene, plan.part.seed)
        _tideline("label", "import", str(labels))
        unweighted = ("--unweighted",) if plan.scene.endswith("unweighted") else ()
        said = ("--no-alerts", "--quiet", "--json", "--seed", str(plan.part.seed), *unweighted, *plan.options)
        return _short(plan, json.loads(_tideline("retrain", *said)))


def without_labels(plan: Plan, work: Path) -> dict[str, Any]:
    """The same course on the old data alone: what is gained by training longer, and not by labels."""
    folder = prepared(plan.part, work)
    champion = opened(str(folder / "champion"), folder)
    with tempfile.TemporaryDirectory() as scratch:
        recipe = champion.recipe.seeded(plan.part.seed)
        made = challenger(champion.saved, recipe, champion.base, Course(), True, Path(scratch))
    before, after = (_tested(one.manifest) for one in (champion.saved, made))
    return {**asdict(plan), "champion": before, "challenger": after, "gain": round(after - before, 4), "verdict": "-"}


def _tested(manifest: Manifest) -> float:
    found = manifest.metrics["test"]
    return float(found.get("both", next(iter(found.values())))["macro_f1"])


@contextmanager
def _site(scratch: Path, folder: Path) -> Iterator[None]:
    """A Postgres of its own and settings that point to it; the champion is the model in use."""
    database = start_postgres(scratch / "postgres")
    settings = {
        "TIDELINE_MODE": "demo",
        "TIDELINE_DATABASE": database,
        "TIDELINE_DATA_DIR": str(scratch / "data"),
        "TIDELINE_MODEL": str(folder / "champion"),
        "TIDELINE_LANGUAGES": '["en"]',
        "TIDELINE_TEXT_DAYS": "3650",
    }
    os.environ.update(settings)
    try:
        engine = open_engine(read_settings())
        migrate(engine)
        engine.dispose()
        yield
    finally:
        stop_postgres(scratch / "postgres", immediate=True)
        for name in settings:
            os.environ.pop(name)


def _store(posts: Sequence[Post]) -> None:
    """Through the worker's own pipeline, scored by the champion."""
    settings = read_settings()
    engine = open_engine(settings)
    pipeline = build_pipeline(settings, engine)
    log = list(_messages(posts))
    for start in range(0, len(log), BATCH):
        pipeline.process(log[start : start + BATCH])
    engine.dispose()


def _messages(posts: Sequence[Post]) -> Iterator[Message]:
    begun = datetime.now(UTC) - timedelta(days=DAYS)
    offsets: dict[int, int] = {}
    for number, post in enumerate(posts):
        at = begun + timedelta(days=DAYS - 1) * number / len(posts)
        said = {
            "source": "held-back", "id": post.id, "author": post.author, "text": post.text, "language": "en",
            "sent_at": at.isoformat(),
        }  # fmt: skip
        place = partition_of(post.author, 4)
        yield Message(place, offsets.setdefault(place, 0), orjson.dumps(said), at)
        offsets[place] += 1


def _tideline(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["--debug", *arguments], catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
    return result.stdout


def _short(plan: Plan, found: dict[str, Any]) -> dict[str, Any]:
    decision = found["decision"]
    whole = decision["figures"]["sets"][0]
    macro = whole["macro"]
    labels = {label["name"]: round(label["challenger"] - label["champion"], 4) for label in whole["labels"]}
    return {
        **asdict(plan),
        "champion": macro["champion"],
        "challenger": macro["challenger"],
        "gain": round(macro["challenger"] - macro["champion"], 4),
        "interval": [macro["low"], macro["high"]],
        "verdict": decision["verdict"],
        "reasons": decision["reasons"],
        "labels_gain": labels,
        "learned": found["labels"]["learned"],
        "trust": found["labels"]["trust"],
        "left_out": found["labels"]["left_out"],
        "seconds": decision["figures"]["seconds"],
    }


def run() -> None:
    said = _arguments()
    rows = []
    for scene in said.scene:
        for seed in said.seeds:
            plan = Plan(Part(said.kept, seed), scene, said.queue, said.labels, tuple(said.option))
            rows.append((without_labels if scene == "no-labels" else measured)(plan, said.work))
            say(f"{scene}, kept {said.kept}, seed {seed}: gain", f"{rows[-1]['gain']:+.4f} {rows[-1]['verdict']}")
        gains = [row["gain"] for row in rows if row["scene"] == scene]
        say(f"{scene}: mean of {len(gains)} seeds", f"{statistics.fmean(gains):+.4f}")
    keep("retraining", {"rows": rows})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", default="0.5", help="share of the training rows the champion learns, or no-dair")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--scene", choices=SCENES, nargs="+", default=["hostile"])
    parser.add_argument("--queue", choices=["random", "uncertain"], default="random")
    parser.add_argument("--labels", type=int, default=LABELS)
    parser.add_argument("--option", action="append", default=[], help="an option of `tideline retrain`, repeated")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "retrain")
    return parser.parse_args()


if __name__ == "__main__":
    run()
