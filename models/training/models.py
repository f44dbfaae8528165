"""The models a person asks for by name, and what each of them is here."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

from models.errors import TrainingFailed
from models.training.options import TrainingOptions, defaults_for
from models.training.recipe import Recipe


class Known(NamedTuple):
    """A kind, and where its options differ from the kind's own defaults."""

    kind: str
    options: Mapping[str, Any] = {}


MODELS = {
    "rnn": Known("recurrent", {"cell": "rnn", "bidirectional": False}),
    "lstm": Known("recurrent", {"cell": "lstm", "bidirectional": False}),
    "bilstm": Known("recurrent", {"cell": "lstm", "bidirectional": True}),
    "gru": Known("recurrent", {"cell": "gru", "bidirectional": False}),
    "cnn": Known("cnn"),
    "onehot-cnn": Known("onehot"),
    "grams": Known("grams"),
    "bert": Known("transformer", {"base": "minilm"}),
    "naive-bayes": Known("naive-bayes"),
    "logistic": Known("logistic"),
    "svm": Known("svm"),
    "bagging": Known("bagging"),
    "boosting": Known("boosting"),
    "stacking": Known("stacking"),
}


def recipe_for(model: str, options: Mapping[str, Any] | None = None) -> Recipe:
    """The usual recipe of a model with these options; its training suits them."""
    if model not in MODELS:
        raise TrainingFailed(f"There is no model {model!r}: use one of {', '.join(MODELS)}.")
    known = MODELS[model]
    merged = {**known.options, **(options or {})}
    return Recipe(model, known.kind, options=merged, training=_usual(known.kind, merged))


def _usual(kind: str, options: Mapping[str, Any]) -> TrainingOptions:
    """A small encoder that is fine-tuned whole bears larger steps than a large one."""
    usual = defaults_for(kind, options)
    if kind == "transformer" and options["base"] == "scratch":
        return replace(usual, epochs=12, rate=1e-3, batch=64)
    if kind == "transformer" and options["base"] == "minilm" and not options.get("rank"):
        return replace(usual, epochs=4, rate=1e-4)
    return usual


def is_training_option(key: str) -> bool:
    """Whether it says how to train, and not what."""
    return key in {option.name for option in fields(TrainingOptions)}
