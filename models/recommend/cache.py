"""Items' emotion vectors, kept by the hash of the lyrics and of what read them: no text is kept."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from models.labels import EMOTIONS
from models.recommend.lyrics import LineReader, emotions_of
from models.writing import write_file

Floats = npt.NDArray[np.float64]

FORMAT = "tideline-vectors-1"
"""To be raised when lyrics are cut into lines, or lines made into a vector, in another way."""

MOST = 500_000
"""Vectors kept in the file, the ones read last: 36 MB."""

AT_ONCE = 2_000
"""Lyrics read before the file is written again, so that an interrupted run of a long list is not lost."""

_KEY = 16


class KeptVectors:
    """Reads a lyric once for each version of the models; a changed lyric or model is another key.

    A file that is missing, broken or not ours is an empty one. `unkept` is why the file could not be written.
    """

    def __init__(self, path: Path, reader: LineReader) -> None:
        self._path, self._reader = path, reader
        self._known = _read(path)
        self.unkept: OSError | None = None

    def __call__(self, lyrics: Sequence[str]) -> Floats:
        """(lyrics, 7)."""
        keys = [self._key(one) for one in lyrics]
        missing = {key: one for key, one in zip(keys, lyrics, strict=True) if key not in self._known}
        asked = list(missing)
        for start in range(0, len(asked), AT_ONCE):
            part = asked[start : start + AT_ONCE]
            self._learn(part, [missing[key] for key in part])
        found = np.array([self._known[key] for key in keys], dtype=np.float64)
        return found.reshape(len(keys), len(EMOTIONS))

    def _learn(self, keys: Sequence[bytes], lyrics: Sequence[str]) -> None:
        self._known.update(zip(keys, emotions_of(lyrics, self._reader), strict=True))
        try:
            write_file(self._path, _packed(self._known))
        except OSError as error:
            self.unkept = error

    def _key(self, lyrics: str) -> bytes:
        parts = (FORMAT, self._reader.version, lyrics)
        digest = hashlib.blake2b(digest_size=_KEY)
        for part in parts:
            content = part.encode("utf-8", "surrogatepass")
            digest.update(len(content).to_bytes(8, "little") + content)
        return digest.digest()


def _packed(known: dict[bytes, Floats]) -> bytes:
    keys = list(known)[-MOST:]
    tensors: dict[str, npt.NDArray[Any]] = {
        "keys": np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, _KEY),
        "vectors": np.array([known[key] for key in keys], dtype=np.float64).reshape(-1, len(EMOTIONS)),
    }
    return save(tensors, {FORMAT: _hash(tensors["keys"], tensors["vectors"])})  # one entry: their order varies


def _read(path: Path) -> dict[bytes, Floats]:
    try:
        with safe_open(path, framework="numpy") as file:
            said = file.metadata() or {}
            keys, vectors = file.get_tensor("keys"), file.get_tensor("vectors")
    except (OSError, SafetensorError, ValueError):
        return {}
    whole = said.get(FORMAT) == _hash(keys, vectors)
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)} if whole else {}


def _hash(*arrays: npt.NDArray[Any]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.tobytes())
    return digest.hexdigest()
