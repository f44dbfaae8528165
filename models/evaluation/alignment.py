"""In which labels a model and rows of another scheme can be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.data.rows import Row, projected
from models.errors import DataUnusable, SchemeInvalid
from models.labels import EMOTIONS, Floats, Scheme
from models.schemes import scheme as scheme_called
from models.scores import Scores


@dataclass(frozen=True)
class Question:
    """What the model is measured in. `rows` are the data's `kept` rows with labels of `scheme`.

    `how` says how the two schemes met: "own labels", "data projected" into the model's scheme, "scores added up"
    into the data's scheme, or both "folded" to the canonical seven. `answer` puts a model's scores into `scheme`,
    and `can_say` are the labels that the model has an answer for.
    """

    scheme: Scheme
    how: str
    kept: tuple[int, ...]
    rows: tuple[Row, ...]
    can_say: tuple[str, ...]
    answer: Callable[[Scores], Floats]


def aligned(rows: Sequence[Row], data: Scheme, model: Scheme, fold: bool = False) -> Question:
    """The finest labels that both sides have. Rows that mean nothing there, or nothing to the model, are left out.

    Equal names are not enough to go from single labels to a multi-label model: the joy of six feelings is not
    the joy of twenty-eight. Such pairs meet in the canonical seven.
    """
    tabled = _with_tables(model)
    if fold:
        return _folded(rows, data, model)
    if data.labels == model.labels and data.multi == model.multi:
        return _question(rows, data, model, "own labels", model.labels, _own)
    if (data.name in tabled.sources or _answers_in_the_seven(model)) and data.multi >= model.multi:
        return _question(rows, data, tabled, "data projected", model.labels, _own)
    if model.name in data.sources and not model.multi and not data.multi:
        return _added_up(rows, data, model)
    return _folded(rows, data, model)


def _answers_in_the_seven(model: Scheme) -> bool:
    """Yes or no to each of the canonical emotions, into which rows of any scheme lead."""
    return model.multi and set(model.labels) <= set(EMOTIONS)


def _with_tables(model: Scheme) -> Scheme:
    """A saved model's scheme knows no other data; the shipped scheme of the same name and labels does."""
    try:
        shipped = scheme_called(model.name)
    except SchemeInvalid:
        return model
    return replace(model, sources=shipped.sources) if shipped.labels == model.labels else model


def _own(scores: Scores) -> Floats:
    return scores.own


def _added_up(rows: Sequence[Row], data: Scheme, model: Scheme) -> Question:
    table = data.sources[model.name]
    matrix = np.array([[table.get(mine) == theirs for theirs in data.labels] for mine in model.labels], dtype=float)

    def answer(scores: Scores) -> Floats:
        sums = scores.own @ matrix  # (texts, labels of the data)
        return (sums + 1e-12) / (sums + 1e-12).sum(axis=1, keepdims=True)  # type: ignore[no-any-return]

    can_say = tuple(label for label in data.labels if label in table.values())
    return _question(rows, data, data, "scores added up", can_say, answer)


def _folded(rows: Sequence[Row], data: Scheme, model: Scheme) -> Question:
    seven = scheme_called("canonical")
    can_say = tuple(emotion for emotion in seven.labels if emotion in model.mapping.values())
    return _question(rows, data, seven, "folded", can_say, lambda scores: scores.emotions)


def _question(
    rows: Sequence[Row],
    source: Scheme,
    target: Scheme,
    how: str,
    can_say: tuple[str, ...],
    answer: Callable[[Scores], Floats],
) -> Question:
    meanings = {labels: _meaning(labels, source, target, can_say) for labels in {row.labels for row in rows}}
    kept = tuple(number for number, row in enumerate(rows) if meanings[row.labels])
    if not kept:
        raise DataUnusable(
            f"No row of the data means anything to the model ({source.name} labels against {', '.join(can_say)}): "
            "name the scheme of the data with --scheme, or another model."
        )
    shown = tuple(Row(rows[number].text, meanings[rows[number].labels]) for number in kept)
    return Question(target, how, kept, shown, can_say, answer)


def _meaning(labels: tuple[str, ...], source: Scheme, target: Scheme, can_say: tuple[str, ...]) -> tuple[str, ...]:
    """The same labels in another scheme; none where they have no meaning there."""
    same = source.labels == target.labels and source.multi == target.multi
    found = [Row("", labels)] if same else list(projected([Row("", labels)], source, target))
    return tuple(label for label in found[0].labels if label in can_say) if found else ()
