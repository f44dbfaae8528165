"""Champion and challenger measured beside each other, as a decision with all its figures."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

from models.classify import ModelClassifier
from models.retraining.answers import Sides, sides
from models.retraining.comparing import Compared, compared
from models.retraining.deciding import FEWEST, AlertFigures, judged
from models.retraining.lessons import Lessons
from models.saved import SavedModel
from storage.decisions import Decision
from stream.retraining.alerts import measured
from stream.retraining.champions import Champion
from stream.retraining.record import decision_id

TESTS, HELD = "the frozen test sets", "held-out labels"


@dataclass(frozen=True)
class Case:
    """What is decided about. Without `data_dir` alerts are not measured."""

    champion: Champion
    challenger: SavedModel
    lessons: Lessons
    language: str
    labels_sha256: str
    now: datetime
    how: Mapping[str, Any]
    data_dir: Path | None


def decision_on(case: Case) -> Decision:
    """Better, equal or worse, with reasons. No word of a post is in it."""
    first, second = ModelClassifier(case.champion.saved), ModelClassifier(case.challenger)
    tests = [sides(each.name, each.test, first, second) for each in case.champion.base]
    sets = list(_sets(case, tests, first, second))
    alerts = measured(first, second, case.language, case.data_dir) if case.data_dir else []
    found = judged(sets, alerts, case.lessons.audit)
    return Decision(
        decision_id(first.version, second.version, case.labels_sha256),
        case.now,
        first.version,
        second.version,
        case.language,
        found.verdict,
        found.reasons,
        _figures(case, sets, [compared(each) for each in tests], alerts),
        case.labels_sha256,
    )


def _sets(case: Case, tests: list[Sides], first: ModelClassifier, second: ModelClassifier) -> Iterator[Compared]:
    """All test sets together, and the held-out labels where they are enough to say anything."""
    yield compared(reduce(lambda one, other: one.joined(other, TESTS), tests)._replace(name=TESTS))
    if len(case.lessons.measuring) >= FEWEST:
        yield compared(sides(HELD, case.lessons.measuring, first, second))


def _figures(case: Case, sets: list[Compared], parts: list[Compared], alerts: list[AlertFigures]) -> dict[str, Any]:
    macro = sets[0].macro
    return {
        "labels": {"used": case.lessons.learned, **case.lessons.account},
        "macro_f1": {"champion": macro.champion, "challenger": macro.challenger},
        "sets": [asdict(each) for each in sets],
        "test_sets": {each.name: asdict(each.macro) for each in parts},
        "alerts": [each._asdict() for each in alerts] if case.data_dir else None,
        "data": list(case.champion.recipe.data),
        "how": dict(case.how),
    }
