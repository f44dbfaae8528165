"""A zip from anywhere, unpacked with nothing trusted: neither its names, nor its sizes, nor its links."""

import shutil
import stat
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from models.errors import ModelUnusable
from models.registry.pack import MEMBERS
from models.registry.parts import MOST_BYTES, MOST_FILES
from models.saved import MANIFEST


def unpack(path: Path, into: Path) -> Path:
    """Unpack a model's zip and return the folder of the model in it."""
    try:
        with ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(path, entries)
            for entry in entries:
                _extract(archive, entry, into)
    except (BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise ModelUnusable(f"{path} is no whole zip ({type(error).__name__}): fetch or export it again.") from error
    return _model_in(path, into)


def _check(path: Path, entries: Sequence[ZipInfo]) -> None:
    """Declared sizes bind: `zipfile` never yields more of an entry than its declared size."""
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ModelUnusable(
            f"{path} would unpack to more than {MOST_BYTES:,} bytes or {MOST_FILES} files: it is no model."
        )
    for entry in entries:
        if not _harmless(entry):
            raise ModelUnusable(f"{path} holds {entry.filename!r}, which no model needs: do not use this file.")
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise ModelUnusable(f"{path} holds a name twice: export the model again.")


def _harmless(entry: ZipInfo) -> bool:
    """A plain, unencrypted file below the folder it is unpacked to."""
    name = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG) and not entry.flag_bits & 1
    return plain and not name.is_absolute() and ".." not in name.parts and not set(entry.filename) & set("\\:\0")


def _extract(archive: ZipFile, entry: ZipInfo, into: Path) -> None:
    target = into / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1024 * 1024)


def _model_in(path: Path, into: Path) -> Path:
    """The one folder with a manifest: the zip's root, or a folder at its top."""
    found = [manifest.parent for manifest in (*into.glob(MANIFEST), *into.glob(f"*/{MANIFEST}"))]
    found = [folder for folder in found if folder.name != MEMBERS]
    if len(found) != 1:
        raise ModelUnusable(
            f"{path} holds {len(found) or 'no'} models at its top: make it with `tideline models export`."
        )
    return found[0]
