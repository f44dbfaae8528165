"""Training a challenger and putting it, with its record, into the registry: each step may be the last.

The model is staged whole beside its place, then measured as it will be loaded; record and page join it; one rename
shows it; then the database hears of it. Whatever dies in between, a model that shows has its record beside it, and
`settle` tells the database of records it has not heard of.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.registry.shelves import finder
from models.retraining.lessons import Lessons
from models.retraining.recipes import named
from models.retraining.teaching import Course, can_go_on, challenger
from models.saved import SavedModel, load_model, save_model
from models.training.card import card
from models.training.recipe import Recipe
from storage.database import transaction
from storage.decisions import Decision, add_decision
from stream.faults import reach
from stream.retraining.champions import Champion
from stream.retraining.deciding import Case, decision_on
from stream.retraining.page import render
from stream.retraining.record import PAGE, RECORD, as_bytes
from stream.retraining.wish import Wish
from stream.retraining.workshop import Workshop

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is to be made, from what, and for whom."""

    champion: Champion
    lessons: Lessons
    wish: Wish
    language: str
    labels_sha256: str
    now: datetime
    data_dir: Path

    def plan(self) -> dict[str, Any]:
        """Equal for two retrainings of which the second can take up the first."""
        return {
            "champion": self.champion.version,
            "labels": self.labels_sha256,
            "language": self.language,
            **self.wish.decides(),
        }


def make(order: Order, work: Workshop, engine: Engine, tell: Tell) -> Decision:
    """The decision, stored; the challenger lies in `work.folder`."""
    began = time.monotonic()
    work.begin(order.plan())
    reach("retrain_begun")
    recipe = _recipe(order, work.folder.name)
    tell(f"{work.folder.name} is trained from {order.champion.version} with {order.lessons.learned:,} labels")
    staged = _staged(order, recipe, work)
    reach("retrain_trained")
    tell("champion and challenger are compared on held-out rows" + (" and alerts" if order.wish.alerts else ""))
    decision = decision_on(_case(order, staged))
    took = {"seconds": round(time.monotonic() - began, 1)}
    decision = replace(decision, figures={**decision.figures, **took})
    work.add(PAGE, render(decision).encode())
    work.add(RECORD, as_bytes(decision))
    reach("retrain_staged")
    work.put()
    reach("retrain_renamed")
    with transaction(engine) as connection:
        add_decision(connection, decision)
    reach("retrain_recorded")
    work.clear()
    return decision


def _recipe(order: Order, name: str) -> Recipe:
    champion, account = order.champion.saved.manifest, order.lessons.account
    about = (
        f"Retrained from {champion.version} with {account['learned']:,} posts labelled by people, among "
        f"{account['base_rows']:,} rows of what that one learned from. `{PAGE}` beside this file compares the two."
    )
    return named(order.champion.recipe.seeded(order.wish.seed), name, about)


def _staged(order: Order, recipe: Recipe, work: Workshop) -> SavedModel:
    """Trained and written whole, then read back: what is measured is what will be loaded."""
    course = Course(fresh=order.wish.fresh)
    corpora = order.lessons.mixed.corpora
    made = challenger(order.champion.saved, recipe, corpora, course, order.wish.quiet, work.hidden)
    metrics = {**made.manifest.metrics, "retraining": _told(order, course)}
    manifest = made.manifest.model_copy(update={"metrics": metrics})
    save_model(work.whole, SavedModel(manifest, made.model), card(manifest, recipe))
    return load_model(work.whole, finder([work.folder.parent]))


def _told(order: Order, course: Course) -> Mapping[str, Any]:
    warm = not course.fresh and can_go_on(order.champion.saved)
    return {
        "champion": order.champion.version,
        "labels": order.lessons.learned,
        "copies": order.wish.copies,
        "from_champion_weights": warm,
        "epochs": course.epochs if warm else order.champion.recipe.training.epochs,
    }


def _case(order: Order, staged: SavedModel) -> Case:
    how = {**order.wish.decides(), **staged.manifest.metrics["retraining"]}
    data_dir = order.data_dir if order.wish.alerts else None
    return Case(order.champion, staged, order.lessons, order.language, order.labels_sha256, order.now, how, data_dir)
