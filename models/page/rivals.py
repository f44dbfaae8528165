"""The model beside others, on the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.classifier import Classifier
from models.data.rows import Corpus, Row
from models.errors import DataUnusable, ModelError
from models.evaluation.alignment import aligned
from models.evaluation.asking import Answers, ask
from models.evaluation.calibration import calibration_error
from models.evaluation.judging import Verdict, figures_of, judged
from models.evaluation.paired import mcnemar
from models.labels import EMOTIONS, Scheme
from models.load import load_classifier, names


@dataclass(frozen=True)
class Line:
    """One model on one data set. `p` is McNemar's, against the page's own model; None for that model itself."""

    version: str
    kind: str
    accuracy: float
    macro_f1: float
    ece: float
    posts_per_second: float
    p: float | None


@dataclass(frozen=True)
class Comparison:
    """All models on one data set's rows, the most accurate first."""

    name: str
    measured_in: str
    rows: int
    lines: tuple[Line, ...]


def compared(
    subject: Classifier,
    corpora: Sequence[Corpus],
    answers: Mapping[str, Answers],
    others: Sequence[str],
    registry: Path | None,
) -> tuple[list[Comparison], list[str]]:
    """One comparison for each data set, and a sentence for each model that could not take part anywhere."""
    rivals, missing = _loaded(others, subject.version, registry)
    boards = [_Board(subject, corpus, answers[corpus.name]) for corpus in corpora]
    for rival in rivals:
        if not sum(board.add(rival) for board in boards):
            missing.append(f"{rival.version} is not compared: it does not know the labels of these rows.")
    return [board.result() for board in boards], missing


def everybody(registry: Path | None) -> list[str]:
    """Every model that can be named, each once."""
    return [name for name in names(registry) if name != "default"]


def _loaded(others: Sequence[str], version: str, registry: Path | None) -> tuple[list[Classifier], list[str]]:
    found: dict[str, Classifier] = {}
    missing = []
    for name in others:
        try:
            classifier = load_classifier(name, registry)
            found.setdefault(classifier.version, classifier)
        except ModelError as error:
            missing.append(f"{name} is not compared: {error}")
    return [classifier for known, classifier in found.items() if known != version], missing


class _Board:
    """Collects the models that answer to every row of one data set that means something to the subject."""

    def __init__(self, subject: Classifier, corpus: Corpus, answers: Answers) -> None:
        self._name, self._scheme = corpus.name, corpus.scheme
        self._fold = _feels(subject.scheme)
        self._mine = judged(aligned(corpus.test, corpus.scheme, subject.scheme, self._fold), answers, False)
        self._rows: list[Row] = [corpus.test[number] for number in self._mine.question.kept]
        self._lines = [_line(subject, self._mine, answers, len(corpus.test), None)]

    def add(self, rival: Classifier) -> bool:
        """False where it lacks labels that the rows have."""
        verdict_answers = self._asked(rival)
        if verdict_answers is None:
            return False
        verdict, answers = verdict_answers
        p = mcnemar(self._mine.right, verdict.right)["p"]
        self._lines.append(_line(rival, verdict, answers, len(self._rows), p))
        return True

    def _asked(self, rival: Classifier) -> tuple[Verdict, Answers] | None:
        try:
            question = aligned(self._rows, self._scheme, rival.scheme, self._fold)
        except DataUnusable:
            return None
        if len(question.kept) < len(self._rows) or question.scheme.labels != self._mine.question.scheme.labels:
            return None
        answers = ask(rival, [row.text for row in self._rows])
        return judged(question, answers, False), answers

    def result(self) -> Comparison:
        ranked = sorted(self._lines, key=lambda line: -line.accuracy)
        return Comparison(self._name, self._mine.question.scheme.name, len(self._rows), tuple(ranked))


def _feels(scheme: Scheme) -> bool:
    """Whether its labels are feelings. The two sides of a polarity are not, though sadness and joy stand for them:
    such a model is compared only with those that have the very same labels."""
    return len(set(scheme.mapping.values())) > 2 or set(scheme.labels) <= set(EMOTIONS)


def _line(classifier: Classifier, verdict: Verdict, answers: Answers, texts: int, p: float | None) -> Line:
    figures = figures_of(verdict)
    return Line(
        classifier.version,
        _kind(classifier),
        figures["accuracy"],
        figures["macro_f1"],
        calibration_error(verdict.chances, verdict.truth),
        texts / max(answers.seconds, 1e-9),
        p,
    )


def _kind(classifier: Classifier) -> str:
    model: object = getattr(classifier, "model", None)
    return str(getattr(model, "kind", "word list"))
