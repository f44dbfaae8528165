"""Whether promoting an equally good model causes a wave of alerts, with and without baselines carried over.

    python -m benchmarks.promotion                                    about fifteen minutes on one core
    python -m benchmarks.promotion --new my-other-seed --seeds 1,2,3

Composed people write texts of the test split. The old model scores them up to a day, the new one for the thirty days
after it; rules are the shipped ones, about persons and about everybody. `usual` is what the old model would have
gone on to raise for the same people and posts.
"""

import argparse
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from alerts.composed.options import HistoryOptions
from alerts.composed.people import START, compose
from alerts.composed.tracks import MODEL, History, Pool, histories
from alerts.evaluation.trends import Pools
from alerts.rules import Rules, load_rules
from alerts.types import Alert, Observation, Period
from benchmarks.results import keep, say
from models.classifier import Thousandths
from models.labels import EMOTIONS
from models.transfer.offsets import Both, Floats, offsets
from models.transfer.transfer import Transfer, measured
from storage.waiting import WaitingInHour
from stream.alert_evaluation.pools import load_pools
from stream.alert_evaluation.texts import load_texts
from stream.community import apply_hours
from stream.gathered import Gathered
from stream.hours import apply_hour
from stream.model_choice import chosen_model
from stream.offline_tags import summed
from stream.promotion.samples import MOST, MOST_OF_A_PERSON
from stream.settings import read_settings

DAYS = 30
USUAL, NONE, TRANSFER, SHIPPED, RESCORE = "usual", "without", "transfer", "transfer, shipped texts", "rescore"
VARIANTS = (USUAL, NONE, TRANSFER, SHIPPED, RESCORE)
State = dict[str, Any]
Totals = Mapping[str, Counter[str]]  # variant → rule → alerts


class Variant(NamedTuple):
    """Whose scores are heard after the promotion, and how."""

    people: Sequence[History]
    transfer: Transfer | None = None
    own: Mapping[str, tuple[int, ...]] = {}  # by person

    def heard(self, post: Observation) -> tuple[int, ...]:
        return self.transfer.heard(post.scores, self.own.get(post.person)) if self.transfer else post.scores


@dataclass(frozen=True)
class World:
    """The same people and posts as both models score them; `known` are other texts, as (new, old) pairs."""

    old: Sequence[History]
    new: Sequence[History]
    rules: Rules
    known: Both

    def at(self, cuts: Sequence[int], wanted: Collection[str]) -> dict[str, Counter[str]]:
        """Alerts by variant and rule, of all windows together."""
        totals: dict[str, Counter[str]] = {}
        states: list[State] = [{} for _ in self.old]
        heard, everybody, begin = Gathered(), State(), 0
        for cut in cuts:
            _, states, heard = self._run(Variant(self.old), states, heard, begin, cut)
            everybody, _ = self._together(everybody, heard, cut)
            heard.voices.clear()
            for name, variant in self._variants(cut, wanted).items():
                found, _, after = self._run(variant, states, Gathered(), cut, cut + DAYS)
                _, cohorts = self._together(everybody, after, cut + DAYS)
                totals.setdefault(name, Counter()).update(alert.rule for alert in (*found, *cohorts))
            begin = cut
        return totals

    def _run(
        self, variant: Variant, states: Sequence[State], heard: Gathered, begin: int, end: int
    ) -> tuple[list[Alert], list[State], Gathered]:
        """Everybody's hours of these days, as a worker applies them."""
        found: list[Alert] = []
        after = []
        for history, state in zip(variant.people, states, strict=True):
            for period in _between(history, begin, end):
                person = period.posts[0].person
                applied = apply_hour(self.rules, person, state, _waiting(period, variant))
                state = applied.state
                found += applied.alerts
                heard.add(person, applied.heard)
            after.append(state)
        return found, after, heard

    def _together(self, state: State, heard: Gathered, end: int) -> tuple[State, list[Alert]]:
        after, alerts, _ = apply_hours(self.rules, state, summed(heard.voices, START + timedelta(days=end)))
        return after, alerts

    def _variants(self, cut: int, wanted: Collection[str]) -> dict[str, Variant]:
        people = self._retained(cut)
        rows = list(chain.from_iterable(zip(both.new, both.heard, strict=True) for both in people.values()))
        random.Random(cut).shuffle(rows)
        new, old = (np.stack(column) for column in zip(*rows[:MOST], strict=True))
        transfer, shipped = measured(new, old), measured(self.known.new, self.known.heard)
        own = {person: found.values for person, found in offsets(people, transfer).items()}
        found = {
            USUAL: Variant(self.old),
            NONE: Variant(self.new),
            TRANSFER: Variant(self.new, transfer),
            SHIPPED: Variant(self.new, shipped),
            RESCORE: Variant(self.new, transfer, own),
        }
        return {name: found[name] for name in wanted}

    def _retained(self, cut: int) -> dict[str, Both]:
        """What is kept of the last thirty days."""
        found = {}
        for old, new in zip(self.old, self.new, strict=True):
            posts = [_scores(each, cut) for each in (new, old)]
            if posts[0]:
                found[str(new.periods[0].posts[0].person)] = Both(*(np.array(each, dtype=np.int16) for each in posts))
        return found


def _scores(history: History, cut: int) -> list[tuple[int, ...]]:
    posts = [post.scores for period in _between(history, cut - DAYS, cut) for post in period.posts]
    return posts[:MOST_OF_A_PERSON]


def _between(history: History, begin: int, end: int) -> Iterable[Period]:
    low, high = START + timedelta(days=begin), START + timedelta(days=end)
    return (period for period in history.periods if low <= period.start < high)


def _waiting(period: Period, variant: Variant) -> list[WaitingInHour]:
    """No text repeats another here."""
    return [
        WaitingInHour(p.person, period.start, p.sent_at, p.key, 0, variant.heard(p), 0, p.language, None, MODEL)
        for p in period.posts
    ]


def shifted(pool: Pool, mix: Sequence[float], power: float) -> dict[str, Thousandths]:
    """The same model as if it had learned from texts with another balance: rare emotions are called more readily.

    With power 0 it is as it was; with 1 as if all emotions had been equally frequent.
    """
    weights = np.array(mix) ** -power
    return {emotion: _shares(np.maximum(rows, 0.5) * weights) for emotion, rows in pool.items()}


def _shares(odds: Floats) -> Thousandths:
    return np.rint(1000 * odds / odds.sum(axis=1, keepdims=True)).astype(np.int16)


def mixed(new: Pool, old: Pool, mix: Sequence[float], count: int, seed: int) -> Both:
    """Texts as people would write them on an ordinary day, scored by both."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(count, mix)
    picks = {name: rng.integers(len(old[name]), size=n) for name, n in zip(EMOTIONS, counts, strict=True)}
    return Both(*(np.concatenate([pool[name][picks[name]] for name in EMOTIONS]) for pool in (new, old)))


def compared(
    old: Pool,
    new: Pool,
    known: Both,
    options: HistoryOptions,
    seed: int,
    cuts: Sequence[int],
    rules: Rules | None = None,
    wanted: Collection[str] = VARIANTS,
) -> Totals:
    """One cohort of people: alerts by variant and rule, of all windows together."""
    lives = [life for life in compose(options, seed) if len(life.moments)]
    both = (histories(lives, pool, MODEL, seed, "en") for pool in (old, new))
    return World(*both, rules or load_rules(None), known).at(cuts, wanted)


def ratios(totals: Totals) -> dict[str, float]:
    """Alerts of all rules together, by variant, beside the usual ones."""
    usual = totals[USUAL].total()
    return {name: round(counts.total() / usual, 3) for name, counts in totals.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", default="bilstm-en-1")
    parser.add_argument("--new", action="append", help="models; balanced:0.5 is the old one, shifted")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--cuts", default="60,90,120,150", help="days on which the model is promoted")
    asked = parser.parse_args()
    options = HistoryOptions(people=asked.people)
    found: dict[str, Any] = {"options": vars(asked), "histories": options.as_dict()}
    for name in asked.new or ["minilm-en-1", "balanced:0.5"]:
        found[name] = _measured(asked, name, options)
    keep("promotion", found)


def _measured(asked: argparse.Namespace, name: str, options: HistoryOptions) -> dict[str, Any]:
    old, new = _pools(asked.old, name, options.mix)
    known = mixed(new.validation, old.validation, options.mix, MOST, 1)
    cuts = [int(cut) for cut in asked.cuts.split(",")]
    seeds = {}
    for seed in map(int, asked.seeds.split(",")):
        seeds[seed] = compared(old.test, new.test, known, options, seed, cuts)
        say(f"{name}, seed {seed}", ratios(seeds[seed]))
    together = {variant: sum((each[variant] for each in seeds.values()), Counter[str]()) for variant in VARIANTS}
    days = options.people * DAYS * len(cuts) * len(seeds)
    for variant, counts in together.items():
        say(f"{name}, {variant}: alerts per 1,000 user-days", round(1000 * counts.total() / days, 3))
    say(f"{name}, beside the usual (bar 1.2)", ratios(together))
    return {"ratios": ratios(together), "alerts": together, "seeds": seeds, "user_days": days}


def _pools(old: str, new: str, mix: Sequence[float]) -> tuple[Pools, Pools]:
    first = chosen_model(old)
    texts, folder = load_texts("emotion", first), read_settings().data_dir
    pools = load_pools(texts, first, folder)
    if new.startswith("balanced:"):
        both = (shifted(pool, mix, float(new.partition(":")[2])) for pool in (pools.validation, pools.test))
        return pools, Pools(*both, pools.language)
    return pools, load_pools(texts, chosen_model(new), folder)


if __name__ == "__main__":
    main()
