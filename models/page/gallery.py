"""All pictures of a model's page, and the folder of PNG files that holds the same."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.page.cloud import cloud
from models.page.curves import curves
from models.page.cuts import cuts
from models.page.distribution import distribution
from models.page.facts import Facts
from models.page.matrix import matrix
from models.page.picture import Picture
from models.page.reliability import reliability

EMOTION_CUTS, LABEL_CUTS = "thresholds", "label-thresholds"
"""The names of two pictures that each stand beside a table."""


@dataclass(frozen=True)
class Gallery:
    """Empty lists where there was nothing to draw."""

    training: list[Picture]
    data: list[Picture]
    results: list[Picture]
    calibration: list[Picture]
    thresholds: list[Picture]
    words: list[Picture]

    def __iter__(self) -> Iterator[Picture]:
        return iter([*self.training, *self.data, *self.results, *self.calibration, *self.thresholds, *self.words])


def drawn(facts: Facts) -> Gallery:
    manifest, known = facts.manifest, facts.measured
    return Gallery(
        training=curves(manifest.history),
        data=_there(distribution(facts.spreads)),
        results=[matrix(known.single)] if known else [],
        calibration=reliability(known) if known else [],
        thresholds=_there(
            cuts(EMOTION_CUTS, "emotion", manifest.thresholds),
            cuts(LABEL_CUTS, "label of the model's own", manifest.label_thresholds),
        ),
        words=_there(*(cloud(label, words) for label, words in facts.words.items())),
    )


def _there(*pictures: Picture | None) -> list[Picture]:
    return [picture for picture in pictures if picture is not None]
