"""From a model's name to a classifier. torch is imported only when a network is asked for."""

from pathlib import Path

from models.classifier import Classifier
from models.errors import ModelUnusable
from models.keywords import KeywordClassifier

SHIPPED = Path(__file__).parent / "weights"
DEFAULT = "bilstm-en-1"


def load_classifier(name: str) -> Classifier:
    """`keywords`, `default`, a shipped model's name, or a folder written by `save_model`.

    >>> load_classifier("keywords").version
    'keywords-1'
    """
    if name == "keywords":
        return KeywordClassifier()
    from models.engine import NetworkClassifier
    from models.saved import load_model

    return NetworkClassifier(load_model(folder_of(name)))


def folder_of(name: str) -> Path:
    """Where a model lives: shipped ones by their plain name, others by their path."""
    shipped = SHIPPED / (DEFAULT if name == "default" else name)
    if name and shipped.parent == SHIPPED and shipped.is_dir():
        return shipped
    if name and Path(name).is_dir():
        return Path(name)
    known = ", ".join(names())
    raise ModelUnusable(f"There is no model {name!r}: use one of {known}, or the path of a model folder.")


def names() -> list[str]:
    """What can be loaded without a path."""
    shipped = sorted(path.name for path in SHIPPED.iterdir() if path.is_dir()) if SHIPPED.is_dir() else []
    return ["keywords", "default", *shipped]
