"""What a promotion measures before it happens: how the new model's scores are to be heard, and by whose offsets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Engine

from models.classifier import Classifier, Thousandths
from models.how import How
from models.load import load_classifier
from models.transfer.offsets import offsets
from models.transfer.transfer import Transfer, far_apart, measured
from storage.database import transaction
from storage.promotions import Baselines
from storage.retained import Retained, read_retained
from storage.transfers import PersonOffset, StoredTransfer
from stream.promotion.samples import ENOUGH, Pairs, by_person, drawn, scored, shipped_texts
from stream.settings import Settings
from stream.transfers import Scale, whole_scale


@dataclass(frozen=True)
class Measured:
    """One language's transfer, ready to be stored."""

    transfer: StoredTransfer
    offsets: tuple[PersonOffset, ...] = ()


@dataclass(frozen=True)
class Measuring:
    """Measures on the texts that this database keeps; nothing is written."""

    settings: Settings
    engine: Engine
    baselines: Baselines
    _open: dict[str, Classifier] = field(default_factory=dict)

    def of(self, language: str, old: str, new: str) -> Measured | None:
        """From one version to another. None: there are no texts of that language to measure on."""
        with transaction(self.engine) as connection:
            scale = whole_scale(connection)
            posts = drawn(read_retained(connection, old, language))
        pairs = self._pairs(posts, scale, language, old, new)
        if pairs is None:
            return None
        transfer = measured(pairs.new, pairs.heard)
        rescored = self._rescored(transfer, scale, language, old, new) if self.baselines == "rescore" else ()
        return Measured(_stored(transfer, pairs, language, new), tuple(rescored))

    def _pairs(self, posts: list[Retained], scale: Scale, language: str, old: str, new: str) -> Pairs | None:
        if len(posts) >= ENOUGH:
            heard = np.stack([_heard(scale, post, language, old) for post in posts])
            return Pairs("retained", scored(self._classifier(new), [post.text for post in posts]), heard)
        texts = shipped_texts(language)
        if len(texts) < ENOUGH:
            return None
        before, transfer = scored(self._classifier(old), texts), scale.transfer_of(old, language)
        heard = transfer.heard_all(before) if transfer else before
        return Pairs("shipped", scored(self._classifier(new), texts), heard)

    def _rescored(self, transfer: Transfer, scale: Scale, language: str, old: str, new: str) -> list[PersonOffset]:
        """Offsets of everybody of whom words are kept."""
        with transaction(self.engine) as connection:
            posts = read_retained(connection, old, language)
            people = by_person(self._classifier(new), posts, lambda post: _heard(scale, post, language, old))
        found = offsets(people, transfer)
        return [PersonOffset(person, *offset) for person, offset in sorted(found.items())]

    def _classifier(self, version: str) -> Classifier:
        if version not in self._open:
            how = How(device=self.settings.device)
            self._open[version] = load_classifier(version, self.settings.models_folder, how)
        return self._open[version]


def _heard(scale: Scale, post: Retained, language: str, old: str) -> Thousandths:
    return np.array(scale.heard(old, language, post.person, post.scores), dtype=np.int16)


def _stored(transfer: Transfer, pairs: Pairs, language: str, new: str) -> StoredTransfer:
    figures: Mapping[str, Any] = {
        "texts": len(pairs.new),
        "source": pairs.source,
        "means": far_apart(pairs.new, pairs.heard, transfer),
    }
    return StoredTransfer(new, language, transfer.curves, figures)
