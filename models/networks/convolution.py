"""The text CNN: feature detectors a few words wide, the strongest answer of each, one linear layer.

After Y. Kim, Convolutional Neural Networks for Sentence Classification, EMNLP 2014.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.checks import within
from models.networks.embedding import WordVectors
from models.networks.network import Network


@dataclass(frozen=True)
class CnnConfig:
    """The shape of a `TextCnn`; stored beside its weights. `filters` are counted for each of the `widths`."""

    vocabulary: int
    labels: int
    embedding: int = 128
    filters: int = 100
    widths: tuple[int, ...] = (3, 4, 5)
    dropout: float = 0.5
    word_dropout: float = 0.1

    def __post_init__(self) -> None:
        within("embedding", self.embedding, 1, 4096)
        within("filters", self.filters, 1, 4096)
        within("dropout", self.dropout, 0, 0.95)
        within("word_dropout", self.word_dropout, 0, 0.95)
        object.__setattr__(self, "widths", _widths(self.widths))


class TextCnn(Network):
    """Windows reach over both ends of a text into zeros, so a text of one word is read by every filter, and
    windows that lie wholly in the filling are left out: the neighbours' lengths change nothing."""

    def __init__(self, config: CnnConfig) -> None:
        super().__init__()
        self.config: CnnConfig = config
        self.embedding = WordVectors(config.vocabulary, config.embedding, config.word_dropout)
        self.windows = nn.ModuleList(
            nn.Conv1d(config.embedding, config.filters, width, padding=width - 1) for width in config.widths
        )
        self.output = nn.Linear(config.filters * len(config.widths), config.labels)
        self.dropout = nn.Dropout(config.dropout)

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Strongest answers (batch, filters × widths) to word numbers (batch, length), real up to `lengths` (batch)."""
        real = torch.arange(ids.shape[1], device=ids.device)[None, :] < lengths[:, None]  # (batch, length)
        vectors = self.embedding(ids).to(self.output.weight.dtype)  # (batch, length, embedding)
        states = self.dropout(vectors * real[..., None]).transpose(1, 2)  # (batch, embedding, length)
        strongest = [_strongest(window(states), lengths, width) for window, width in self._widths()]
        return torch.cat(strongest, dim=1).relu()

    def _widths(self) -> list[tuple[nn.Module, int]]:
        return list(zip(self.windows, self.config.widths, strict=True))


def _strongest(answers: Tensor, lengths: Tensor, width: int) -> Tensor:
    """The highest answer of each filter (batch, filters) over windows (batch, filters, length + width - 1) that
    touch the text."""
    places = torch.arange(answers.shape[2], device=answers.device)[None, None, :]
    beyond = places >= (lengths + width - 1)[:, None, None]  # (batch, 1, windows)
    return answers.masked_fill(beyond, -torch.inf).amax(dim=2)


def _widths(given: object) -> tuple[int, ...]:
    if not isinstance(given, list | tuple) or not given:
        raise ValueError(f"widths is {given!r}: use a list of whole numbers such as 3,4,5.")
    for width in given:
        within("widths", width, 1, 32)
    return tuple(given)
