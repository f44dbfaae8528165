"""How the parts are put together from the settings. Heavy imports happen here, when a command needs them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from alerts.rules import Rules, load_rules
from models.load import KEYWORDS, load_classifier
from models.registry.pointer import stamp
from storage.check import read_versions
from storage.database import make_engine, transaction
from storage.overview import count_versions
from stream.challenger.scoring import Challengers
from stream.following import Following
from stream.language import LanguageGate
from stream.offline import Oracle
from stream.pipeline import Pipeline
from stream.reading import Reader
from stream.routes import Router
from stream.settings import Settings
from stream.transfers import Scale, whole_scale
from stream.versions import VersionedReader


def open_engine(settings: Settings) -> Engine:
    return make_engine(settings.require_database().database_url)


def lateness(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.lateness_minutes)


def build_reader(settings: Settings, router: Router | None = None) -> Reader:
    """The models, the gate and the key. Refuses languages that no model learned."""
    settings.require_secrets()
    if {settings.model, *settings.routes.values()} != {KEYWORDS}:  # they need no torch
        limit_threads(settings)
    return Reader(
        key=settings.key,
        topic=settings.posts_topic,
        routing=(router or Router(settings)).route(),
        gate=LanguageGate(settings.languages),
        future=timedelta(minutes=settings.future_minutes),
        clock=lambda: datetime.now(UTC),
    )


def limit_threads(settings: Settings) -> None:
    """For whatever loads a model. Two threads on two cores that others use too were over ten times slower than one."""
    if settings.torch_threads:
        import torch

        torch.set_num_threads(settings.torch_threads)


def build_pipeline(settings: Settings, engine: Engine) -> Pipeline:
    """A worker follows `tideline models use` unless TIDELINE_MODEL pins one model and no route says `default`."""
    seen = stamp(settings.models_folder)  # before loading, so that a choice made meanwhile is not missed
    router = Router(settings)
    reader = build_reader(settings, router)
    follows = "default" in {settings.model, *settings.routes.values()}
    rules = load_rules(settings.rules)
    return Pipeline(
        engine=engine,
        reader=reader,
        rules=rules,
        topic=settings.posts_topic,
        lateness=lateness(settings),
        text_keep=timedelta(days=settings.text_days),
        following=Following(settings.models_folder, router.route, reader.routing, seen) if follows else None,
        challengers=build_challengers(settings, rules),
    )


def build_challengers(settings: Settings, rules: Rules) -> Challengers:
    """It scores in the precision and on the device in which it would score for real; nothing of it is remembered."""
    how = replace(settings.how, cache_bytes=0)
    return Challengers(
        lambda version: load_classifier(version, settings.models_folder, how), rules, settings.shadow_seconds
    )


def build_oracle(settings: Settings, engine: Engine, partitions: int, opted_out: frozenset[str]) -> Oracle:
    """Posts that are stored already are scored with the versions that scored them."""
    return Oracle(
        reader=stored_reader(build_reader(settings), settings, engine),
        rules=load_rules(settings.rules),
        partitions=partitions,
        lateness=lateness(settings),
        opted_out=opted_out,
        scale=_scale(engine),
    )


def _scale(engine: Engine) -> Scale:
    with transaction(engine) as connection:
        return whole_scale(connection)


def stored_reader(reader: Reader, settings: Settings, engine: Engine) -> VersionedReader:
    """Raises `ModelUnusable` when a version that scored a stored point is no longer here."""
    with transaction(engine) as connection:
        versions = count_versions(connection).keys() - reader.routing.by_version
        stored = read_versions(connection) if versions else {}
    others = {
        version: load_classifier(version, settings.models_folder, replace(settings.how, precision="single"))
        for version in sorted(versions)
    }
    return VersionedReader(reader, stored, reader.routing.by_version | others)
