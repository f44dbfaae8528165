"""Every kind of model, small, trained on a few real rows; for tests that hold for all of them."""

from dataclasses import replace
from pathlib import Path

from models.data.corpora import load_known
from models.data.rows import Corpus
from models.ensembles.combine import combine
from models.load import load_saved
from models.saved import save_model
from models.training.fit import fit
from models.training.options import TrainingOptions
from models.training.recipe import Recipe
from tests.models.checkpoints import tiny_bert

SHIPPED = ("bilstm-en-1", "minilm-en-1", "logistic-ko-1", "grams-ko-1", "duo-ko-1")
QUICK = TrainingOptions(epochs=1, batch=32, rate=5e-3, average=0.8)
SMALL = {"embedding": 8, "hidden": 8}

KINDS: dict[str, Recipe] = {
    "rnn": Recipe("rnn", "recurrent", options={**SMALL, "cell": "rnn", "pooling": "last", "bidirectional": False}),
    "lstm": Recipe("lstm", "recurrent", options={**SMALL, "cell": "lstm", "layers": 2, "pooling": "mean"}),
    "gru": Recipe("gru", "recurrent", options={**SMALL, "cell": "gru", "pooling": "max"}, scheme="canonical"),
    "cnn": Recipe("cnn", "cnn", options={"embedding": 8, "filters": 4}),
    "onehot": Recipe("onehot", "onehot", options={"words": 50, "length": 16, "filters": 4}),
    "grams": Recipe("grams", "grams", options=SMALL),
    "grams-kote": Recipe("grams-kote", "grams", data=("kote",), scheme="canonical-multi", options=SMALL),
    "bert": Recipe("bert", "transformer", scheme="canonical"),
    "lora": Recipe("lora", "transformer", options={"rank": 2, "alpha": 4, "pooling": "cls"}),
    "naive-bayes": Recipe("naive-bayes", "naive-bayes"),
    "logistic": Recipe("logistic", "logistic", data=("goemotions",), scheme="goemotions"),
    "svm": Recipe("svm", "svm", data=("goemotions",), scheme="ekman"),
    "bagging": Recipe("bagging", "bagging"),
    "boosting": Recipe("boosting", "boosting"),
    "stacking": Recipe("stacking", "stacking"),
}

ENSEMBLES = ("mean", "product", "weighted")
MEMBERS = ("naive-bayes", "lstm")
"""One that looks at words, and one whose 32-bit numbers depend on company."""


def saved_sample(name: str, folder: Path) -> str:
    """Train it on a few hundred rows and save it; returns its folder. Members of ensembles lie beside it."""
    if name in ENSEMBLES:
        return _saved_ensemble(name, folder)
    recipe = replace(KINDS[name], training=QUICK)
    if recipe.kind == "transformer":
        recipe = replace(recipe, options={**recipe.options, "base": str(_shared_base(folder.parent / "tiny-bert"))})
    saved = fit(recipe, [few_rows(recipe.data[0])], quiet=True)
    save_model(folder / name, saved, card=f"# {name}\n")
    return str(folder / name)


def _saved_ensemble(how: str, folder: Path) -> str:
    members = [load_saved(saved_sample(member, folder)) for member in MEMBERS]
    save_model(folder / how, combine(members, how, [few_rows("emotion")], how), card=f"# {how}\n")
    return str(folder / how)


def _shared_base(folder: Path) -> Path:
    """One for all trainings of a test run: where its base lies is part of what a model says of itself."""
    return folder if folder.is_dir() else tiny_bert(folder)


def few_rows(name: str) -> Corpus:
    corpus = load_known(name)
    return replace(corpus, train=corpus.train[:300], validation=corpus.validation[:150], test=corpus.test[:60])
