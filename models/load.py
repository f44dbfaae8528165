"""From a model's name to a classifier. torch is imported only when a network is asked for."""

from pathlib import Path

from models.classifier import Classifier
from models.errors import ModelUnusable
from models.how import How, split
from models.keywords import KeywordClassifier
from models.registry.pointer import read_choice
from models.registry.shelves import finder, folder_with, model_folders, on_shelves
from models.saved import SavedModel, load_model, read_manifest

SHIPPED = Path(__file__).parent / "weights"
DEFAULT = "bilstm-en-1"
DEFAULTS = {"en": DEFAULT, "ko": "duo-ko-1"}
"""By language, the model that ships for it."""
KEYWORDS = "keywords"
AS_SAVED = How(device="cpu")
RESERVED = frozenset({KEYWORDS, "default"})
"""Names with a meaning of their own, which no model may take."""


def load_classifier(name: str, registry: Path | None = None, how: How = AS_SAVED) -> Classifier:
    """`keywords`, or whatever `folder_of` finds; a version may end in its precision (`name@hash+half`).

    `registry` is the user's own folder of models.

    >>> load_classifier("keywords").version
    'keywords-2'
    """
    if name in (KEYWORDS, KeywordClassifier().version):
        return KeywordClassifier()
    from models.classify import ModelClassifier
    from models.engine.cache import Remembering

    plain, how = split(name, how)
    saved, suffix = _opened(load_saved(plain, registry), how, registry)
    classifier = ModelClassifier(saved, suffix)
    return Remembering(classifier, how.cache_bytes) if how.cache_bytes else classifier


def _opened(saved: SavedModel, how: How, registry: Path | None) -> tuple[SavedModel, str]:
    """Only networks can be run in more than one way; other kinds need no torch."""
    if not hasattr(saved.model, "network"):
        return saved, ""
    from models.engine.opening import opened

    return opened(saved, how, registry)


def load_saved(name: str, registry: Path | None = None) -> SavedModel:
    """A saved model by any of its names; ensembles find their members on the shelves and beside themselves."""
    folder = folder_of(name, registry)
    return load_model(folder, finder([*shelves(registry), folder.resolve().parent]))


def folder_of(name: str, registry: Path | None = None) -> Path:
    """Where a model lives.

    `default` is what `tideline models use` chose, else the shipped default. Then come shipped models and those of
    the registry by name or by version (`name@hash`), then any model folder by its path.
    """
    if name == "default":
        return _chosen(registry)
    if on_shelf := on_shelves(name, shelves(registry)):
        return on_shelf
    if name and Path(name).is_dir():
        return Path(name)
    if "@" in name:
        return folder_with(name, shelves(registry))
    known = ", ".join(names(registry))
    raise ModelUnusable(f"There is no model {name!r}: use one of {known}, or the path of a model folder.")


def names(registry: Path | None = None) -> list[str]:
    """What can be loaded without a path."""
    return [KEYWORDS, "default", *(folder.name for shelf in shelves(registry) for folder in model_folders(shelf))]


def shelves(registry: Path | None = None) -> list[Path]:
    """Where models are looked for; a shipped name always means the shipped model."""
    return [SHIPPED] if registry is None else [SHIPPED, registry]


def version_of(name: str, registry: Path | None = None) -> str:
    """The version that `load_classifier` would give, without loading the weights."""
    if name in (KEYWORDS, KeywordClassifier().version):
        return KeywordClassifier().version
    return read_manifest(folder_of(split(name, AS_SAVED)[0], registry)).version


def _chosen(registry: Path | None) -> Path:
    choice = read_choice(registry) if registry else None
    if choice is None:
        return SHIPPED / DEFAULT
    folder = on_shelves(choice.name, shelves(registry))
    found = read_manifest(folder).version if folder else "nothing"
    if folder is None or found != choice.version:
        raise ModelUnusable(
            f"`tideline models use` chose {choice.version}, but the folder {choice.name} now holds {found}: "
            "choose again with `tideline models use`."
        )
    return folder
