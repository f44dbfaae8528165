"""Which path was chosen, kept in a small file: measured once, and the same for every worker of this machine."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

import torch

from models.engine.network import NetworkModel
from models.engine.paths import PRECISIONS, Choice, Figures, choose, machine_of
from models.writing import write_file

log = logging.getLogger("tideline.model")


def chosen(model: NetworkModel, version: str, device: torch.device, folder: Path | None) -> Choice:
    """As kept in `folder` for this version on this machine, else measured now."""
    path = folder / ".paths" / f"{version}.json" if folder else None
    choice = _kept(path) if path else None
    if choice is None or choice.machine != machine_of(device):
        choice = choose(model, device)
        if path:
            _keep(path, choice)
    log.info("precision of %s: %s", version, json.dumps(asdict(choice)))
    return choice


def _kept(path: Path) -> Choice | None:
    """Nothing where there is no such file, or one that says something else."""
    try:
        found = json.loads(path.read_bytes())
        figures = tuple(Figures(**each) for each in found["figures"])
        return Choice(found["precision"], found["machine"], figures) if found["precision"] in PRECISIONS else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _keep(path: Path, choice: Choice) -> None:
    """Whole or not at all; a folder that cannot be written only means measuring again."""
    try:
        write_file(path, json.dumps(asdict(choice), indent=1).encode())
    except OSError as error:
        log.warning("the precision chosen could not be kept (%s): it will be measured again", error.strerror)
