"""From a recipe's options to a network and its encoder, ready to be trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from models.errors import TrainingFailed
from models.networks.bases import MINILM, SCRATCH, base_folder
from models.networks.checks import within
from models.networks.convolution import CnnConfig, TextCnn
from models.networks.embedding import WordVectors
from models.networks.gram_network import GramConfig, GramNetwork
from models.networks.grams import Grams
from models.networks.network import Encoder, Network
from models.networks.onehot import OneHotCnn, OneHotConfig
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.networks.scratch import SCRATCH_OPTIONS, ScratchOptions, build_scratch
from models.networks.text import Vocabulary
from models.networks.transformer import TransformerConfig
from models.networks.transformer_model import build_transformer
from models.training.starting_vectors import start_from, starting_vectors

C = TypeVar("C")
Options = Mapping[str, Any]


@dataclass(frozen=True)
class WordOptions:
    """Which words (or letter groups) a network knows: those that occur `minimum` times, the most frequent `words`.

    `vectors` names the encoder whose idea of each word its vectors start from; empty for chance.
    """

    minimum: int = 2
    words: int = 1_000_000
    vectors: str = ""

    def __post_init__(self) -> None:
        within("minimum", self.minimum, 1, 1_000_000)
        within("words", self.words, 1, 1_000_000)


_WORD_KINDS: dict[str, tuple[Callable[[Any], Network], type[Any], Options]] = {
    "recurrent": (Recurrent, RecurrentConfig, {}),
    "cnn": (TextCnn, CnnConfig, {}),
    "onehot": (OneHotCnn, OneHotConfig, {"words": 998}),  # with filling and unknown: 1,000
    "grams": (GramNetwork, GramConfig, {"words": 65_534}),
}
_NO_WORDS = 2
"""Filling and unknown alone."""

_FOUND_OUT = {"vocabulary", "labels", "base_sha256"}
"""What a config holds that nobody chooses."""


def built(kind: str, options: Options, texts: Sequence[str], labels: int) -> tuple[Network, Encoder]:
    """Raises `TrainingFailed` for an option that the kind does not have, or a value that it cannot take."""
    unknown = sorted(set(options) - set(options_of(kind)))
    if unknown:
        raise TrainingFailed(f"A {kind} model has no option {unknown[0]!r}: use one of {', '.join(options_of(kind))}.")
    if kind == "transformer":
        return _transformer(options, texts, labels)
    return _over_words(kind, options, texts, labels)


def options_of(kind: str) -> tuple[str, ...]:
    """The names of what can be chosen for a kind of network."""
    shapes = (TransformerConfig, ScratchOptions) if kind == "transformer" else (_WORD_KINDS[kind][1], WordOptions)
    return tuple(one.name for shape in shapes for one in fields(shape) if one.name not in _FOUND_OUT)


def _transformer(options: Options, texts: Sequence[str], labels: int) -> tuple[Network, Encoder]:
    chosen = {"base": MINILM, **options, "labels": labels}
    shape = {name: chosen.pop(name) for name in SCRATCH_OPTIONS if name in chosen}
    config = _configured(TransformerConfig, chosen)
    if config.base == SCRATCH:
        return build_scratch(config, _configured(ScratchOptions, shape), texts)
    if shape:
        raise TrainingFailed(
            f"The encoder {config.base!r} has its own {next(iter(shape))}: leave the option out, or use base {SCRATCH}."
        )
    return build_transformer(config)


def _over_words(kind: str, options: Options, texts: Sequence[str], labels: int) -> tuple[Network, Encoder]:
    build, shape, defaults = _WORD_KINDS[kind]
    chosen = {**defaults, **options}
    words = _configured(WordOptions, {one.name: chosen.pop(one.name, one.default) for one in fields(WordOptions)})
    known = Grams if kind == "grams" else Vocabulary
    vocabulary = known.of(texts, words.minimum, words.words)
    if len(vocabulary) == _NO_WORDS:
        raise TrainingFailed(f"No word occurs {words.minimum} times: give more rows, or a lower minimum.")
    network = build(_configured(shape, {**chosen, "vocabulary": len(vocabulary), "labels": labels}))
    if words.vectors:
        _start(network, vocabulary, words.vectors)
    return network, vocabulary


def _configured(shape: type[C], chosen: Options) -> C:
    try:
        return shape(**chosen)
    except (ValueError, TypeError) as error:
        raise TrainingFailed(str(error)) from error


def _start(network: Network, vocabulary: Encoder, encoder: str) -> None:
    embedding = getattr(network, "embedding", None)
    if not (isinstance(embedding, WordVectors) and isinstance(vocabulary, Vocabulary)):
        raise TrainingFailed("This kind of network has no word vectors to start from: leave out the option vectors.")
    start_from(embedding, starting_vectors(vocabulary.words, embedding.embedding_dim, base_folder(encoder)))
