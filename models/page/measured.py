"""The model asked once about every test row, and what followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.classifier import Classifier
from models.data.rows import Corpus, Row
from models.errors import DataUnusable
from models.evaluation.alignment import Question, aligned
from models.evaluation.asking import Answers, ask
from models.evaluation.judging import Verdict, judged
from models.evaluation.metrics import Floats, best_among
from models.labels import Scheme


@dataclass(frozen=True)
class Measured:
    """Verdicts by data set and of all rows together, in the finest labels that all the sets share.

    `single` is `together` where a row has one label; of rows with several, it is those that show one of the
    seven emotions. `before` are the chances of each set without the temperature. `answers` are to all rows of each
    data set, also to those that mean nothing to the model.
    """

    sets: Mapping[str, Verdict]
    together: Verdict
    single: Verdict
    before: Mapping[str, Floats]
    answers: Mapping[str, Answers]

    @property
    def scheme(self) -> Scheme:
        return self.together.question.scheme


def measured(classifier: Classifier, corpora: Sequence[Corpus]) -> Measured:
    """Raises DataUnusable where the test rows mean nothing to the model."""
    fold = needs_folding(corpora, classifier.scheme)
    answers = {corpus.name: ask(classifier, [row.text for row in corpus.test]) for corpus in corpora}
    sets = {
        corpus.name: judged(question_of(corpus.test, corpus, classifier.scheme, fold), answers[corpus.name], False)
        for corpus in corpora
    }
    together = joined(list(sets.values()))
    single = together if together.truth.ndim == 1 else _folded(classifier, corpora, answers)
    before = {name: _uncalibrated(verdict.question, answers[name]) for name, verdict in sets.items()}
    return Measured(sets, together, single, before, answers)


def _uncalibrated(question: Question, answers: Answers) -> Floats:
    return question.answer(answers.uncalibrated())[list(question.kept)]


def needs_folding(corpora: Sequence[Corpus], scheme: Scheme) -> bool:
    """Whether the data sets would be measured in different labels, were they not folded to the seven."""
    found = {aligned(corpus.test, corpus.scheme, scheme).scheme.labels for corpus in corpora}
    return len(found) > 1


def question_of(rows: Sequence[Row], corpus: Corpus, scheme: Scheme, fold: bool) -> Question:
    return aligned(rows, corpus.scheme, scheme, fold)


def joined(verdicts: Sequence[Verdict]) -> Verdict:
    """Several data sets as one: every label that occurs in any of them may be answered to every row."""
    first = verdicts[0]
    if len(verdicts) == 1:
        return first
    asked = np.unique(np.concatenate([verdict.asked for verdict in verdicts]))
    truth, chances, guess = (
        np.concatenate([getattr(verdict, part) for verdict in verdicts]) for part in ("truth", "chances", "guess")
    )
    rows = tuple(row for verdict in verdicts for row in verdict.question.rows)
    question = replace(first.question, kept=tuple(range(len(rows))), rows=rows)
    guess = best_among(chances, asked) if truth.ndim == 1 else guess
    return Verdict(question, asked, truth, guess, chances)


def _folded(classifier: Classifier, corpora: Sequence[Corpus], answers: Mapping[str, Answers]) -> Verdict:
    questions = [question_of(corpus.test, corpus, classifier.scheme, True) for corpus in corpora]
    return joined(
        [judged(question, answers[corpus.name], False) for question, corpus in zip(questions, corpora, strict=True)]
    )


def usable(corpora: Sequence[Corpus], scheme: Scheme) -> tuple[list[Corpus], list[str]]:
    """The data sets whose test rows mean something to the model, and a sentence for each other one."""
    kept, missing = [], []
    for corpus in corpora:
        try:
            labels = {label for row in aligned(corpus.test, corpus.scheme, scheme).rows for label in row.labels}
        except DataUnusable as error:
            missing.append(f"Not measured on {corpus.name}. {error}")
            continue
        if len(labels) > 1:
            kept.append(corpus)
        else:
            missing.append(f"Not measured on {corpus.name}: its test rows show one label only.")
    return kept, missing
