"""Ensembles read back from their folders."""

from models.ensembles.combination import Pool, Votes
from models.ensembles.ensemble import Ensemble
from models.ensembles.members import Member, member_of, read_inside
from models.ensembles.meta import read_meta
from models.errors import ModelUnusable
from models.kinds import Files, Find
from models.manifest import Manifest
from models.saved import SavedModel


def read_ensemble(manifest: Manifest, _files: Files, find: Find) -> Ensemble:
    """Its members are looked for by version: another version of the same name would be another ensemble."""
    members = [_found(manifest, version, find) for version in manifest.config["members"]]
    return Ensemble(manifest.kind, members, _pool(manifest, len(members)))


def read_bagging(manifest: Manifest, files: Files, find: Find) -> Ensemble:
    members = read_inside(manifest, files, find)
    return Ensemble(manifest.kind, members, _pool(manifest, len(members)))


def read_boosting(manifest: Manifest, files: Files, find: Find) -> Ensemble:
    members, voices = read_inside(manifest, files, find), tuple(manifest.config["voices"])
    if len(voices) != len(members):
        raise ValueError("not every member has a voice")
    return Ensemble(manifest.kind, members, Votes(voices))


def read_stacking(manifest: Manifest, files: Files, find: Find) -> Ensemble:
    members = read_inside(manifest, files, find)
    meta = read_meta(files, len(members), len(manifest.labels), manifest.multi)
    return Ensemble(manifest.kind, members, meta)


def _pool(manifest: Manifest, members: int) -> Pool:
    pool = Pool(manifest.config["how"], manifest.multi, tuple(manifest.config["weights"]))
    if pool.weights and len(pool.weights) != members:
        raise ValueError("not every member has a weight")
    return pool


def _found(manifest: Manifest, version: str, find: Find) -> Member:
    try:
        saved: SavedModel = find(version)
    except ModelUnusable as error:
        raise ModelUnusable(f"The ensemble {manifest.name} lacks its member {version}: {error}") from error
    if saved.manifest.version != version or saved.manifest.label_scheme() != manifest.label_scheme():
        raise ModelUnusable(
            f"The ensemble {manifest.name} was made of {version}, but {saved.manifest.version} was found: "
            "restore that member, or combine anew with `tideline ensemble`."
        )
    return member_of(saved)
