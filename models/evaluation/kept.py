"""A model's answers to labelled rows as a file for later analysis: numbers and names of labels, no text, no pickle.

`numpy.load(file)` gives, for every row that was measured: `row` (its number in the data, from 1), `true` and `said`
(numbers into `labels`, or zeros and ones for each label where rows may have several), `chances` (rows, labels), and
of a network `vectors` (rows, width), which are what its last layer reads. `version` is the model's.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from models.classifier import Classifier
from models.evaluation.judging import Verdict
from models.writing import written


def keep_answers(path: Path, verdict: Verdict, classifier: Classifier) -> bool:
    """Written whole or not at all. Whether it has vectors; a model that is no network makes none."""
    question = verdict.question
    arrays: dict[str, npt.NDArray[Any]] = {
        "row": np.array(question.kept, dtype=np.int64) + 1,
        "labels": np.array(question.scheme.labels),
        "true": verdict.truth,
        "said": verdict.guess,
        "chances": verdict.chances.astype(np.float32),
        "version": np.array(classifier.version),
    }
    vectors = _vectors(classifier, [row.text for row in question.rows])
    if vectors is not None:
        arrays["vectors"] = vectors
    written(path, _packed(arrays))
    return vectors is not None


def _packed(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


def _vectors(classifier: Classifier, texts: Sequence[str]) -> npt.NDArray[np.float32] | None:
    model = getattr(classifier, "model", None)
    if getattr(model, "network", None) is None:
        return None
    from models.engine.network import NetworkModel
    from models.engine.vectors import vectors_and_logits

    own = cast(NetworkModel, model)
    return vectors_and_logits(own, texts, own.network.output.weight.device)[0]
