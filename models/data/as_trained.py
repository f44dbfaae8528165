"""A model's data, read and split as when the model learned from it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from models.data.corpora import KNOWN
from models.data.neutral import KEEP, handled
from models.data.sources import HeldOut, Loaded, Reading, load_data
from models.labels import Scheme
from models.manifest import Manifest


def trained_on(manifest: Manifest) -> tuple[str, ...]:
    """Names as the training recorded them; older manifests name data sets only beside their figures."""
    recorded: Any = manifest.training.get("data") or ()
    names = (recorded,) if isinstance(recorded, str) else tuple(str(name) for name in recorded)
    return names or tuple(name for name in manifest.metrics.get("test", {}) if name in KNOWN)


def how_read(manifest: Manifest) -> tuple[Reading, HeldOut]:
    """As far as the manifest says."""
    reading = Reading(**_known(Reading, manifest.training.get("reading")))
    return reading, HeldOut(**_known(HeldOut, manifest.training.get("held_out")))


def load_as_trained(name: str, manifest: Manifest, prefer: Scheme | None = None) -> Loaded:
    """One of its data sets, its neutral rows as in the training; labels are read as those of `prefer`, otherwise of
    the model."""
    reading, held_out = how_read(manifest)
    loaded = load_data(name, reading, held_out, prefer=prefer or manifest.label_scheme())
    return Loaded(handled(loaded.corpus, manifest.training.get("neutral", KEEP)), loaded.notes)


def _known(target: type[Any], recorded: Any) -> dict[str, Any]:
    names = {one.name for one in fields(target)}
    return {key: value for key, value in recorded.items() if key in names} if isinstance(recorded, Mapping) else {}
