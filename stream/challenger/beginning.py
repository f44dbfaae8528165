"""Beginning a trial: the challenger is loaded and tried, and how its scores are to be heard is measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from models.classifier import Classifier
from models.load import KEYWORDS, folder_of, load_classifier, shelves
from models.registry.parts import whole_model
from storage.challenger import Trial, begin_trial
from storage.database import transaction
from stream.errors import StreamError
from stream.promotion.measuring import Measuring
from stream.routes import versions_by_language
from stream.settings import Settings

Curves = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Begun:
    """A trial, and by language the champion that it goes against."""

    trial: Trial
    against: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        told = {name: getattr(self.trial, name) for name in ("challenger", "share", "began_at")}
        return told | {"against": dict(self.against), "transfer": sorted(self.trial.transfer or {})}


def begin(settings: Settings, engine: Engine, name: str, share: float, *, transfer: bool = True) -> Begun:
    """End the trial that runs, if any, and begin one; running workers take it up between two batches.

    The rules compare people with their own past, and that past is the champion's. So curves are measured, as a
    promotion would measure them, by which the challenger's scores are heard on the same scale.
    """
    classifier = opened(settings, name)
    against = opponents(settings, classifier)
    curves = _measured(settings, engine, classifier.version, against) if transfer else {}
    with transaction(engine) as connection:
        return Begun(begin_trial(connection, classifier.version, share, curves or None), against)


def opened(settings: Settings, name: str) -> Classifier:
    """The model as a worker would open it, with every hash checked and a text tried."""
    if name != KEYWORDS:
        whole_model(folder_of(name, settings.models_folder), shelves(settings.models_folder))
    classifier = load_classifier(name, settings.models_folder, settings.how)
    if name != KEYWORDS:  # by a name that every worker finds, not by a path on this machine
        folder_of(classifier.version.removesuffix("+half"), settings.models_folder)
    return classifier


def opponents(settings: Settings, classifier: Classifier) -> dict[str, str]:
    """By language that both can score, the version in use."""
    used = versions_by_language(settings)
    against = {language: version for language, version in used.items() if language in classifier.languages}
    if not against:
        raise StreamError(
            f"{classifier.version} knows none of the languages that are scored ({', '.join(sorted(used))}): "
            "choose another challenger"
        )
    if classifier.version in against.values():
        raise StreamError(f"{classifier.version} is in use already: a challenger must be another model")
    return against


def _measured(settings: Settings, engine: Engine, version: str, against: Mapping[str, str]) -> Curves:
    """By language; a language with too few texts to measure on has none, and is heard as it is."""
    measuring = Measuring(settings, engine, "transfer")
    found = {language: measuring.of(language, old, version) for language, old in against.items()}
    return {language: dict(each.transfer.curves) for language, each in found.items() if each}
