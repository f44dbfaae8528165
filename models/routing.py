"""Which model scores which language: one table, the same for a whole batch."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.classifier import Classifier


@dataclass(frozen=True)
class Routing:
    """A model for every language that is scored.

    `main` is the model that the settings name. It lends its version to what nobody scores, and may itself score
    nothing when every language goes elsewhere.

    >>> from models.load import load_classifier
    >>> routing = Routing.all_to(load_classifier("keywords"))
    >>> routing.versions, routing.version_for(None)
    ({'en': 'keywords-2', 'ko': 'keywords-2'}, 'keywords-2')
    """

    main: Classifier
    table: Mapping[str, Classifier]  # by ISO 639-1 code

    @property
    def versions(self) -> dict[str, str]:
        """By language."""
        return {language: classifier.version for language, classifier in self.table.items()}

    @property
    def signature(self) -> str:
        """Every version that scores, for what comes of the posts of many people: an alert, a log line."""
        return ", ".join(sorted(set(self.versions.values())))

    @property
    def by_version(self) -> dict[str, Classifier]:
        """Every model, `main` included, under the name that a point stores."""
        return {classifier.version: classifier for classifier in (self.main, *self.table.values())}

    @classmethod
    def all_to(cls, classifier: Classifier) -> "Routing":
        """One model for every language that it knows."""
        return cls(classifier, dict.fromkeys(sorted(classifier.languages), classifier))

    def version_for(self, language: str | None) -> str:
        """What a point in this language stores; None is a post that nobody scores."""
        scorer = self.table.get(language, self.main) if language else self.main
        return scorer.version
