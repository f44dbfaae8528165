"""`tideline models use` where there is a database: the choice is recorded, and what it does to baselines is said."""

from sqlalchemy import Engine

from models.errors import ModelUnusable
from models.manifest import Manifest
from models.registry.folder import Registry
from storage.database import transaction
from storage.migrate import require_newest
from storage.overview import count_versions
from storage.promotions import Change
from stream.promotion.moving import alone, move
from stream.settings import Settings
from stream.transfers import whole_scale
from stream.wiring import open_engine

BECAUSE = "tideline models use"


def use_and_record(settings: Settings, name: str) -> tuple[Manifest, list[str]]:
    """Choose a model as a change of its own kind, which a rollback can take back; and what is to be known of it."""
    registry, engine = Registry(settings.models_folder), open_engine(settings)
    try:
        require_newest(engine)
        choice, manifest = registry.verified(name)
        if not _readable(registry):
            registry.point_to(choice)
            return manifest, ["what was in use could not be read, so this change is not recorded"]
        with alone(engine, registry):
            previous = registry.pointed_to()
            if previous == manifest.version:
                registry.point_to(choice)
                return manifest, []
            move(engine, registry, choice, Change("use", manifest.version, previous, BECAUSE), {})
        return manifest, _notes(engine, manifest)
    finally:
        engine.dispose()


def _readable(registry: Registry) -> bool:
    """A broken pointer is what `use` mends."""
    try:
        registry.pointed_to()
    except ModelUnusable:
        return False
    return True


def _notes(engine: Engine, manifest: Manifest) -> list[str]:
    """Nothing is said where nobody has baselines yet, or where it is known how this version is heard."""
    with transaction(engine) as connection:
        strangers = count_versions(connection).keys() - {manifest.version}
        scale = whole_scale(connection)
    if not strangers or all(scale.transfer_of(manifest.version, language) for language in manifest.languages):
        return []
    return [
        "baselines are not carried over, so trends compare its scores with those of other models for weeks: "
        f"`tideline models promote {manifest.name} --because …` carries them over"
    ]
