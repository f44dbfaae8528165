"""A retraining from the first look at the labels to the stored decision. Nothing is promoted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.retraining.lessons import Terms, lessons
from models.retraining.mixing import Mix
from storage.database import transaction
from storage.decisions import Decision, latest_in
from stream.retraining.champions import champion_name, language_for, opened
from stream.retraining.gathering import fingerprint, gather
from stream.retraining.lock import alone
from stream.retraining.making import Order, Tell, make
from stream.retraining.record import settle
from stream.retraining.wish import Wish
from stream.retraining.workshop import Workshop, left_behind, workshop_for
from stream.settings import Settings

FEWEST = 20
"""Labels, with fewer of which nothing is trained."""


@dataclass(frozen=True)
class Outcome:
    """`decision` and `folder` are None where nothing was trained, for the reason `why`."""

    language: str
    champion: str
    account: dict[str, Any]
    why: str = ""
    decision: Decision | None = None
    folder: Path | None = None


def retrain(settings: Settings, engine: Engine, wish: Wish, now: datetime, tell: Tell) -> Outcome:
    """Make a challenger for one language, or say why there is none to make. Only one runs at a time."""
    shelf = wish.out.resolve().parent if wish.out else settings.models_folder
    with alone(shelf):
        settle(engine, shelf)
        order = _order(settings, engine, wish, now)
        why = _idle(order, engine)
        if why:
            _clear(left_behind(shelf))
        if why or wish.dry_run:
            return _outcome(order, why or "This was a dry run: nothing was trained.")
        work = _workshop(order, shelf, tell)
        decision = make(order, work, engine, tell)
        return _outcome(order, decision=decision, folder=work.folder)


def _order(settings: Settings, engine: Engine, wish: Wish, now: datetime) -> Order:
    gathered = gather(engine, now, wish.since)
    language = language_for(settings, wish, gathered.languages())
    posts = gathered.of(language)
    champion = opened(champion_name(settings, wish, language), settings.models_folder)
    terms = Terms(Mix(wish.copies, wish.base, wish.seed), least=wish.least, weighted=wish.weighted)
    learned = lessons(posts, gathered.golden, gathered.unusable_in(language), champion.base, terms)
    return Order(champion, learned, wish, language, fingerprint(posts), now, settings.data_dir)


def _idle(order: Order, engine: Engine) -> str:
    """Why there is nothing to do; empty where there is something."""
    if order.lessons.learned < FEWEST:
        return f"There are {order.lessons.learned} labels to learn from and {FEWEST} are needed: label more posts."
    with transaction(engine) as connection:
        last = latest_in(connection, order.language)
    if last is None or order.wish.again or last.labels_sha256 != order.labels_sha256:
        return ""
    if order.champion.version not in (last.champion, last.challenger):
        return ""
    return f"There is nothing new: {last.challenger} has learned from these very labels (--again repeats it)."


def _workshop(order: Order, shelf: Path, tell: Tell) -> Workshop:
    """The one that an interrupted retraining of the same labels left, with --resume; else a new one."""
    found = _taken_up(order, shelf, tell)
    stem = re.sub(r"-\d+$", "", order.champion.saved.manifest.name)
    return found or workshop_for(order.wish.out, shelf, stem)


def _clear(works: Iterable[Workshop]) -> None:
    for work in works:
        work.clear()


def _taken_up(order: Order, shelf: Path, tell: Tell) -> Workshop | None:
    """What can be taken up of all that was left behind; the rest is cleared away."""
    found = None
    for work in left_behind(shelf):
        if order.wish.resume and found is None and work.plan() == order.plan() and not work.folder.exists():
            found = work
            tell(f"{work.folder.name} was interrupted and is taken up")
        else:
            work.clear()
    return found


def _outcome(order: Order, why: str = "", decision: Decision | None = None, folder: Path | None = None) -> Outcome:
    return Outcome(order.language, order.champion.version, order.lessons.account, why, decision, folder)
