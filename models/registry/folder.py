"""The registry: a folder of the user's own models, beside the shipped ones, and which of them all is in use."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.errors import ModelUnusable
from models.load import DEFAULT, KEYWORDS, SHIPPED, folder_of, shelves
from models.manifest import Manifest
from models.registry.admit import Admitted, admit
from models.registry.entries import Entry, entries, in_use
from models.registry.needed import require_unneeded
from models.registry.pack import pack
from models.registry.parts import whole_model
from models.registry.pointer import Choice, forget_choice, read_choice, write_choice
from models.registry.shelves import finder, is_name, model_folders, on_shelves
from models.saved import SavedModel, read_manifest


@dataclass(frozen=True)
class Registry:
    """Each model is a folder in `folder`; work in progress is hidden, so what shows is whole.

    A shipped model's name always means the shipped model.

    >>> registry = Registry(Path("nowhere"))
    >>> registry.current(), registry.own()
    ('bilstm-en-1', [])
    """

    folder: Path

    def names(self) -> list[str]:
        """Shipped models first, then the user's own."""
        return [folder.name for shelf in shelves(self.folder) for folder in model_folders(shelf)]

    def own(self) -> list[str]:
        return [folder.name for folder in model_folders(self.folder)]

    def entries(self) -> list[Entry]:
        return entries(self.folder)

    def folder_of(self, name: str) -> Path:
        return folder_of(name, self.folder)

    def find(self, version: str) -> SavedModel:
        """The model of this very version, whatever its folder is called."""
        found: SavedModel = finder(shelves(self.folder))(version)
        return found

    def current(self) -> str:
        """The name of the model in use."""
        return in_use(self.folder) or folder_of("default", self.folder).name

    def use(self, name: str) -> Manifest:
        """Verify a model whole, then point to it; whatever is wrong with it, the pointer stays.

        `default` goes back to the shipped default.
        """
        choice, manifest = self.verified(name)
        self.point_to(choice)
        return manifest

    def verified(self, name: str) -> tuple[Choice | None, Manifest]:
        """What the pointer would hold to use this model, loaded and tried first; None is the shipped default."""
        if name == "default":
            return None, whole_model(SHIPPED / DEFAULT, [SHIPPED]).saved.manifest
        folder = self._on_shelf(name)
        manifest = whole_model(folder, shelves(self.folder)).saved.manifest
        return Choice(folder.name, manifest.version), manifest

    def point_to(self, choice: Choice | None) -> None:
        """Replace the pointer, whole or not at all."""
        if choice is None:
            forget_choice(self.folder)
        else:
            write_choice(self.folder, choice)

    def pointed_to(self) -> str:
        """The version that the pointer names, whatever lies in its folder now; the shipped default's without one."""
        choice = read_choice(self.folder)
        return choice.version if choice else read_manifest(SHIPPED / DEFAULT).version

    def export(self, name: str, path: Path) -> Manifest:
        """One zip with all that the model needs, ensemble members included."""
        whole = whole_model(self.folder_of(name), shelves(self.folder))
        pack(whole, path)
        return whole.saved.manifest

    def import_(self, source: Path, name: str | None = None) -> Admitted:
        """Take a model in from a zip or a folder, verified before it appears."""
        return admit(self.folder, source, name)

    def remove(self, name: str) -> None:
        """Delete one of the user's own models; not while it is in use, or a member of another."""
        if not is_name(name) or name not in self.own():
            raise ModelUnusable(f"The registry holds no model {name!r}: see `tideline models list`.")
        if self.current() == name:
            raise ModelUnusable(f"{name} is in use: choose another with `tideline models use`, then remove it.")
        require_unneeded(self.folder / name, self.folder)
        try:
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".removed-") as scratch:
                os.rename(self.folder / name, Path(scratch) / name)  # gone at once, deleted at leisure
                shutil.rmtree(Path(scratch) / name)
        except OSError as error:
            raise ModelUnusable(
                f"{self.folder / name} cannot be removed ({error.strerror}): see who owns it."
            ) from error

    def _on_shelf(self, name: str) -> Path:
        if name == KEYWORDS:
            raise ModelUnusable("keywords is for tests: to use it, set TIDELINE_MODEL=keywords.")
        found = on_shelves(name, shelves(self.folder))
        if found is None and "@" in name:
            found = self.folder_of(name)
        if found is None:
            raise ModelUnusable(self._no_model(name))
        return found

    def _no_model(self, name: str) -> str:
        """A folder by its path is not enough: it could change, or go, behind the pointer."""
        folder = Path(name).resolve()
        if name and folder.parent == self.folder.resolve() and folder.name in self.own():
            return f"{name} is in the registry: say `tideline models use {folder.name}`."
        if name and folder.is_dir():
            return f"{name} is not in the registry: say `tideline models import {name}` first."
        return f"There is no model {name!r}: use one of {', '.join(self.names())}, or import it first."
