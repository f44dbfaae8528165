"""Workers take up a newly chosen model between two batches, without a restart."""

import logging
import threading
from collections.abc import Set as AbstractSet
from pathlib import Path

from models.classifier import Classifier
from models.errors import ModelError
from models.how import How, whole
from models.load import AS_SAVED, load_classifier, version_of
from models.registry.pointer import Stamp, stamp
from stream.errors import SettingsInvalid

log = logging.getLogger("tideline.model")


def require_languages(classifier: Classifier, languages: AbstractSet[str]) -> None:
    """A model must have learned every language that is to be scored."""
    if unknown := languages - classifier.languages:
        raise SettingsInvalid(
            f"the model {classifier.version} does not know {', '.join(sorted(unknown))}: "
            f"set TIDELINE_LANGUAGES to a part of {sorted(classifier.languages)}"
        )


class Following:
    """The model that `tideline models use` chose, looked for again whenever it is asked for.

    A look costs one `stat`. A choice that cannot be used is said once, the model at hand goes on, and nothing is
    tried again before somebody chooses again: a worker that works is never stopped by a new model.
    """

    def __init__(
        self,
        registry: Path,
        languages: AbstractSet[str],
        classifier: Classifier,
        seen: Stamp | None,
        how: How = AS_SAVED,
    ) -> None:
        """`seen` is the pointer's stamp from before `classifier` was loaded."""
        self._registry = registry
        self._languages = languages
        self._classifier = classifier
        self._seen = seen
        self._how = how
        self._lock = threading.Lock()
        self.refused: str | None = None

    def now(self) -> Classifier:
        """The model for the next batch."""
        with self._lock:
            found = stamp(self._registry)
            if found != self._seen:
                self._seen = found
                self._take_up()
            return self._classifier

    def _take_up(self) -> None:
        before, self.refused = self._classifier.version, None
        try:
            self._classifier = self._chosen()
        except Exception as error:  # whatever a new model can do must not stop one that works
            why = str(error) if isinstance(error, ModelError | SettingsInvalid) else type(error).__name__
            self.refused = why
            log.warning("still scoring with %s, because the model chosen cannot be used: %s", before, why)
        else:
            log.info("scoring with %s from the next batch on (before: %s)", self._classifier.version, before)

    def _chosen(self) -> Classifier:
        if version_of("default", self._registry) == whole(self._classifier.version):
            return self._classifier
        fresh = load_classifier("default", self._registry, self._how)
        require_languages(fresh, self._languages)
        return fresh
