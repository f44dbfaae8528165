"""Lines of a lyric to emotions, each by the model of its language, as the routes of the settings say."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.labels import EMOTIONS
from models.routing import Routing
from stream.language import LanguageGate
from stream.routes import Router, versions_by_language
from stream.settings import Settings

Floats = npt.NDArray[np.float64]

_AT_ONCE = 2_048


class RoutedLines:
    """A `LineReader`. No model is looked for before it is asked, and none opened before a line comes."""

    def __init__(self, settings: Settings) -> None:
        """In single precision on whatever device: a kept vector must not depend on where it was made."""
        self._settings = settings.model_copy(update={"precision": "single", "cache_mb": 0})

    @cached_property
    def versions(self) -> dict[str, str]:
        """By language; the weights are not read for it."""
        return versions_by_language(self._settings)

    @property
    def version(self) -> str:
        return ", ".join(f"{language}={version}" for language, version in sorted(self.versions.items()))

    def __call__(self, lines: Sequence[str]) -> Floats:
        """(lines, 7)."""
        rows = np.full((len(lines), len(EMOTIONS)), np.nan)
        spoken = [self._language(line) for line in lines]
        for language in sorted({one for one in spoken if one is not None}):
            places = [place for place, one in enumerate(spoken) if one == language]
            for start in range(0, len(places), _AT_ONCE):
                part = places[start : start + _AT_ONCE]
                rows[part] = self._routing.table[language].emotions([lines[place] for place in part]) / 1000
        return rows

    def _language(self, line: str) -> str | None:
        language, abstained = self._gate.judge(line, None)
        return None if abstained else language

    @cached_property
    def _gate(self) -> LanguageGate:
        return LanguageGate(self._settings.languages)

    @cached_property
    def _routing(self) -> Routing:
        return Router(self._settings).route()
