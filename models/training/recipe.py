"""Everything that decides a training, in one object that a preset file, a command or a test can state."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from models.data.neutral import CHOICES, KEEP
from models.data.sources import HeldOut, Reading
from models.errors import TrainingFailed
from models.training.options import TrainingOptions

PRESETS = Path(__file__).parents[1] / "presets"


@dataclass(frozen=True)
class Recipe:
    """`data` are names of known data sets or files; `options` are the kind's own (layers, pooling, base, …).

    `published`, for presets that repeat somebody else's run: the figure, its source, what is unknown of it and why
    ours differs. `remarks` is what the model card says beyond its figures, from the `.md` file beside the preset.
    `reading` and `held_out` are what was said of how files are read and split; `neutral` is what becomes of rows
    without a feeling: keep, drop or undersample.
    """

    name: str
    kind: str
    data: tuple[str, ...] = ("emotion",)
    scheme: str = "dair"
    languages: tuple[str, ...] = ("en",)
    options: Mapping[str, Any] = field(default_factory=dict)
    training: TrainingOptions = field(default_factory=TrainingOptions)
    licence: str = "unstated: say under which terms the data may be used"
    published: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    remarks: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)
    held_out: Mapping[str, Any] = field(default_factory=dict)
    neutral: str = KEEP

    def __post_init__(self) -> None:
        if self.neutral not in CHOICES:
            raise TrainingFailed(f"Neutral rows cannot be handled as {self.neutral!r}: use {', '.join(CHOICES)}.")

    def seeded(self, seed: int) -> "Recipe":
        return replace(self, training=replace(self.training, seed=seed))

    def with_changes(self, options: Mapping[str, Any], training: Mapping[str, Any]) -> "Recipe":
        """The same with some choices made otherwise; raises `TrainingFailed` where one is out of its range."""
        try:
            changed = replace(self.training, **training)
        except TypeError as error:
            raise TrainingFailed(f"A training option has a value of the wrong type ({error}): correct it.") from error
        return replace(self, options={**self.options, **options}, training=changed)

    def as_dict(self) -> dict[str, Any]:
        """As a model folder keeps it: enough to train the same again."""
        kept = asdict(self)
        said = {key: kept[key] for key in ("reading", "held_out") if kept[key]}
        said |= {} if self.neutral == KEEP else {"neutral": self.neutral}
        return {key: kept[key] for key in ("kind", "data", "scheme", "languages", "options", "training")} | said


def preset_names() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def preset(name: str) -> Recipe:
    """A shipped preset by its name, or the user's own by the path of its TOML file."""
    path = Path(name) if name.endswith(".toml") else PRESETS / f"{name}.toml"
    try:
        recipe = _recipe(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        return replace(recipe, remarks=_beside(path))
    except TrainingFailed as error:
        raise TrainingFailed(f"{path}: {error}") from error
    except FileNotFoundError as error:
        known = ", ".join(preset_names())
        raise TrainingFailed(f"There is no preset {name!r}: use one of {known}, or a TOML file.") from error
    except OSError as error:
        raise TrainingFailed(f"{path} cannot be read ({error.strerror}): name a preset's TOML file.") from error
    except (ValueError, TypeError) as error:
        raise TrainingFailed(f"{path} is no preset ({error}): compare it with one in {PRESETS}.") from error


def _recipe(name: str, document: dict[str, Any]) -> Recipe:
    known = {one.name for one in fields(Recipe)} - {"remarks"}
    unknown = sorted(set(document) - known)
    if unknown:
        raise ValueError(f"unknown {', '.join(unknown)}")
    lists: dict[str, Any] = {key: tuple(document[key]) for key in ("data", "languages") if key in document}
    training = TrainingOptions(**document.pop("training", {}))
    HeldOut(**document.get("held_out", {}))
    Reading(**document.get("reading", {}))
    stated: dict[str, Any] = {"name": name, **document, **lists, "training": training}
    return Recipe(**stated)


def _beside(path: Path) -> str:
    remarks = path.with_suffix(".md")
    return remarks.read_text(encoding="utf-8").strip() if remarks.is_file() else ""
