"""From a saved model to one that runs as wanted, and how its version says so."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import torch

from models.engine.kept_choice import chosen
from models.engine.network import NetworkModel
from models.engine.paths import Precision, device_of, has_paths, on_path
from models.how import How
from models.saved import SavedModel


def opened(saved: SavedModel, how: How, folder: Path | None) -> tuple[SavedModel, str]:
    """The model, and what its version ends with: `+half`, or nothing where it runs in 32 bits."""
    device = device_of(how.device)
    precision = _precision(saved, how, device, folder)
    model = on_path(saved.model, precision, device)
    return replace(saved, model=model), "" if precision == "single" else f"+{precision}"


def _precision(saved: SavedModel, how: How, device: torch.device, folder: Path | None) -> Precision:
    if not has_paths(saved.model):
        return "single"
    if how.precision == "auto":
        return chosen(cast(NetworkModel, saved.model), saved.manifest.version, device, folder).precision
    return cast(Precision, how.precision)
