"""Whether the alerts would be as good: the trend rules on the same invented people, scored by either model."""

from collections.abc import Sequence
from pathlib import Path

from alerts.composed.options import HistoryOptions
from alerts.composed.people import compose
from alerts.composed.tracks import MODEL, History, histories
from alerts.evaluation.figures import Figures, figures
from alerts.evaluation.matching import GRACE_DAYS
from alerts.evaluation.tuning import outcomes_at
from alerts.rules import Rule, load_rules
from models.classifier import Classifier
from models.retraining.deciding import AlertFigures
from stream.alert_evaluation.pools import unseen_pool
from stream.alert_evaluation.texts import FILL, load_texts

PEOPLE, SEED = 300, 1
"""Invented people, each watched for 180 days: enough to see a model that is no good, in under a minute."""


def measured(champion: Classifier, challenger: Classifier, language: str, data_dir: Path) -> list[AlertFigures]:
    """Each trend rule at its own threshold. A language without held-out texts is not measured."""
    if language not in FILL:
        return []
    options = HistoryOptions(people=PEOPLE)
    rules = [rule for rule in load_rules(None).person if _measurable(rule, options)]
    first, second = (_lived(each, language, options, data_dir) for each in (champion, challenger))
    return [_both(rule, first, second, options) for rule in rules]


def _measurable(rule: Rule, options: HistoryOptions) -> bool:
    return rule.options.detector == "trend" and rule.options.emotion in options.emotions


def _lived(classifier: Classifier, language: str, options: HistoryOptions, data_dir: Path) -> list[History]:
    """Everybody as this model sees them."""
    pool = unseen_pool(load_texts(FILL[language][-1], classifier), classifier, data_dir)
    return histories(compose(options, SEED, "test"), pool, MODEL, SEED, language)


def _both(rule: Rule, first: Sequence[History], second: Sequence[History], options: HistoryOptions) -> AlertFigures:
    before, after = (_figures(rule, each, options) for each in (first, second))
    return AlertFigures(rule.options.name, before.f1, after.f1, before.f1_interval, after.f1_interval)


def _figures(rule: Rule, people: Sequence[History], options: HistoryOptions) -> Figures:
    found = outcomes_at(rule, people, rule.options.threshold, grace_days=GRACE_DAYS)
    return figures(found, rule.options.threshold, options.days, SEED)
