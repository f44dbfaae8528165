"""From the settings to the table of models.

A language goes to its route (TIDELINE_ROUTES); else to the main model (TIDELINE_MODEL), if it knows the language;
else to the model that ships for the language; else the settings are refused.
"""

from models.classifier import Classifier
from models.how import How, split, whole
from models.keywords import KeywordClassifier
from models.load import DEFAULT, DEFAULTS, KEYWORDS, folder_of, load_classifier, version_of
from models.routing import Routing
from models.saved import read_manifest
from stream.errors import SettingsInvalid
from stream.settings import Settings

Key = tuple[str, How]


class Router:
    """Opens each model once, however many languages or choices lead to it.

    What is open already is used again, with whatever it remembers; what is no longer used is let go.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[Key, Classifier] = {}

    def route(self) -> Routing:
        """The table as it is now. Raises, and keeps what is open as it was, when any part of it cannot be used."""
        names = model_names(self._settings)
        opened: dict[Key, Classifier] = {}
        # Each name once: somebody may choose again at any moment, and then `default` is not what it was.
        models = {name: self._opened(name, opened) for name in {self._settings.model, *names.values()}}
        table = {language: models[name] for language, name in names.items()}
        for language, classifier in table.items():  # for the same reason, of what was opened
            _require(language, names[language], classifier.version, classifier.languages)
        self._open = opened
        return Routing(models[self._settings.model], table)

    def _opened(self, name: str, opened: dict[Key, Classifier]) -> Classifier:
        """Two names may lead to one model."""
        registry, asked = self._settings.models_folder, split(name, self._settings.how)[1]
        wanted = (version_of(name, registry), asked)
        known = self._open | opened
        found = known[wanted] if wanted in known else load_classifier(name, registry, asked)
        opened[whole(found.version), asked] = found
        return found


def model_names(settings: Settings) -> dict[str, str]:
    """By language, the name of the model that scores it. Reads what the models say of themselves, no weights."""
    if strangers := sorted(settings.routes.keys() - settings.languages):
        raise SettingsInvalid(
            f"TIDELINE_ROUTES has a model for {', '.join(strangers)}, which TIDELINE_LANGUAGES does not name: "
            "add it there, or drop the route"
        )
    names = {language: _name_for(language, settings) for language in sorted(settings.languages)}
    _refuse_an_idle_choice(settings, names)
    return names


def versions_by_language(settings: Settings) -> dict[str, str]:
    """What a worker that starts now would score each language with, told without loading the weights."""
    return {language: version_of(name, settings.models_folder) for language, name in model_names(settings).items()}


def signature_of(settings: Settings) -> str:
    """`Routing.signature`, without loading the weights."""
    return ", ".join(sorted(set(versions_by_language(settings).values())))


def _name_for(language: str, settings: Settings) -> str:
    if language in settings.routes:
        name = settings.routes[language]
        _require(language, name, version_of(name, settings.models_folder), _known_to(name, settings))
        return name
    if language in _known_to(settings.model, settings):
        return settings.model
    if language in DEFAULTS:
        return DEFAULTS[language]
    raise SettingsInvalid(
        f"no model is known for the language {language}: give it one in TIDELINE_ROUTES, "
        "or take it out of TIDELINE_LANGUAGES"
    )


def _known_to(name: str, settings: Settings) -> frozenset[str]:
    if name in (KEYWORDS, KeywordClassifier.version):
        return KeywordClassifier.languages
    return frozenset(read_manifest(folder_of(split(name, settings.how)[0], settings.models_folder)).languages)


def _require(language: str, name: str, version: str, known: frozenset[str]) -> None:
    if language not in known:
        raise SettingsInvalid(
            f"the model {version} does not know {language}, but TIDELINE_ROUTES sends {language} to {name}: "
            f"route it to a model that does (`tideline models list`)"
        )


def _refuse_an_idle_choice(settings: Settings, names: dict[str, str]) -> None:
    """Somebody chose a model on purpose, and it would score nothing: that is a mistake to be told of.

    The shipped default is nobody's choice, and with every language routed the main model is not asked for any.
    """
    unrouted = names.keys() - settings.routes.keys()
    if not unrouted or settings.model in names.values():
        return
    version = version_of(settings.model, settings.models_folder)
    if version.split("@")[0] != DEFAULT:
        raise SettingsInvalid(
            f"the model {version} does not know {' or '.join(sorted(unrouted))}: choose a model that knows one of "
            "them, or set TIDELINE_LANGUAGES to what it knows"
        )
