"""Networks over words or letter groups, read back from a model folder."""

from collections.abc import Callable
from typing import TypeVar

from safetensors.torch import load as read_tensors

from models.engine.network import NetworkModel
from models.kinds import Files, Find
from models.manifest import Manifest
from models.networks.convolution import CnnConfig, TextCnn
from models.networks.gram_network import GramConfig, GramNetwork
from models.networks.grams import Grams
from models.networks.network import Encoder, Network
from models.networks.onehot import OneHotCnn, OneHotConfig
from models.networks.reading import checked
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.networks.text import Vocabulary
from models.saved import WEIGHTS

Config = TypeVar("Config", RecurrentConfig, CnnConfig, OneHotConfig, GramConfig)


def read_recurrent(manifest: Manifest, files: Files, _find: Find) -> NetworkModel:
    """This and its sisters raise `ValueError` and its like when the files do not fit each other."""
    return _read(Recurrent, RecurrentConfig(**manifest.config), manifest, files)


def read_cnn(manifest: Manifest, files: Files, _find: Find) -> NetworkModel:
    return _read(TextCnn, CnnConfig(**manifest.config), manifest, files)


def read_onehot(manifest: Manifest, files: Files, _find: Find) -> NetworkModel:
    return _read(OneHotCnn, OneHotConfig(**manifest.config), manifest, files)


def read_grams(manifest: Manifest, files: Files, _find: Find) -> NetworkModel:
    return _read(GramNetwork, GramConfig(**manifest.config), manifest, files, Grams.read)


def _read(
    build: Callable[[Config], Network],
    config: Config,
    manifest: Manifest,
    files: Files,
    encoder: Callable[[Files], Encoder] = Vocabulary.read,
) -> NetworkModel:
    vocabulary = encoder(files)
    if (config.vocabulary, config.labels) != (len(vocabulary), len(manifest.labels)):
        raise ValueError("the network's shape is not that of its words and labels")
    network = build(config)
    network.restore(read_tensors(files[WEIGHTS]))
    return NetworkModel(manifest.kind, checked(network, manifest), vocabulary)
