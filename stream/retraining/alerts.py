"""Whether the alerts would be as good: the trend rules on the same invented people, scored by either model."""

from pathlib import Path

from alerts.composed.options import HistoryOptions
from alerts.composed.people import compose
from alerts.composed.tracks import MODEL, histories
from alerts.evaluation.figures import Figures, figures
from alerts.evaluation.matching import GRACE_DAYS
from alerts.evaluation.trends import Pools
from alerts.evaluation.tuning import outcomes_at
from alerts.rules import Rule, load_rules
from models.classifier import Classifier
from models.retraining.deciding import AlertFigures
from stream.alert_evaluation.pools import load_pools
from stream.alert_evaluation.texts import FILL, load_texts

PEOPLE, SEED = 300, 1
"""Invented people, each watched for 180 days: enough to see a model that is no good, in under a minute."""


def measured(champion: Classifier, challenger: Classifier, language: str, data_dir: Path) -> list[AlertFigures]:
    """Each trend rule at its own threshold. A language without held-out texts is not measured."""
    if language not in FILL:
        return []
    options = HistoryOptions(people=PEOPLE)
    rules = [rule for rule in load_rules(None).person if _measurable(rule, options)]
    pools = [_pools(each, language, data_dir) for each in (champion, challenger)]
    return [_both(rule, pools, options) for rule in rules]


def _measurable(rule: Rule, options: HistoryOptions) -> bool:
    return rule.options.detector == "trend" and rule.options.emotion in options.emotions


def _pools(classifier: Classifier, language: str, data_dir: Path) -> Pools:
    return load_pools(load_texts(FILL[language][-1], classifier), classifier, data_dir)


def _both(rule: Rule, pools: list[Pools], options: HistoryOptions) -> AlertFigures:
    first, second = (_figures(rule, each, options) for each in pools)
    return AlertFigures(rule.options.name, first.f1, second.f1, first.f1_interval, second.f1_interval)


def _figures(rule: Rule, pools: Pools, options: HistoryOptions) -> Figures:
    unseen = histories(compose(options, SEED, "test"), pools.test, MODEL, SEED, pools.language)
    found = outcomes_at(rule, unseen, rule.options.threshold, grace_days=GRACE_DAYS)
    return figures(found, rule.options.threshold, options.days, SEED)
