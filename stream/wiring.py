"""How the parts are put together from the settings. Heavy imports happen here, when a command needs them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from alerts.rules import load_rules
from models.load import load_classifier
from storage.database import make_engine
from stream.errors import SettingsInvalid
from stream.language import LanguageGate
from stream.offline import Oracle
from stream.pipeline import Pipeline
from stream.reading import Reader
from stream.settings import Settings


def open_engine(settings: Settings) -> Engine:
    return make_engine(settings.require_database().database_url)


def lateness(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.lateness_minutes)


def build_reader(settings: Settings) -> Reader:
    """The model, the gate and the key. Refuses languages the model never learned."""
    settings.require_secrets()
    _limit_threads(settings)
    classifier = load_classifier(settings.model)
    unknown = settings.languages - classifier.languages
    if unknown:
        raise SettingsInvalid(
            f"the model {classifier.version} does not know {', '.join(sorted(unknown))}: "
            f"set TIDELINE_LANGUAGES to a part of {sorted(classifier.languages)}"
        )
    return Reader(
        key=settings.key,
        topic=settings.posts_topic,
        classifier=classifier,
        gate=LanguageGate(settings.languages),
        future=timedelta(minutes=settings.future_minutes),
        clock=lambda: datetime.now(UTC),
    )


def _limit_threads(settings: Settings) -> None:
    if settings.torch_threads and settings.model != "keywords":  # the double needs no torch
        import torch

        torch.set_num_threads(settings.torch_threads)


def build_pipeline(settings: Settings, engine: Engine) -> Pipeline:
    return Pipeline(
        engine=engine,
        reader=build_reader(settings),
        rules=load_rules(settings.rules),
        topic=settings.posts_topic,
        lateness=lateness(settings),
        text_keep=timedelta(days=settings.text_days),
    )


def build_oracle(settings: Settings, partitions: int, opted_out: frozenset[str]) -> Oracle:
    return Oracle(
        reader=build_reader(settings),
        rules=load_rules(settings.rules),
        partitions=partitions,
        lateness=lateness(settings),
        opted_out=opted_out,
    )
