"""What a check of drift needs, from the settings: the watermark's allowance, and what each language's model learned."""

import logging

from models.drift.profile import Profile, profile_for
from models.errors import ModelError
from models.how import split
from models.keywords import KeywordClassifier
from models.load import KEYWORDS, folder_of
from models.saved import read_manifest
from stream.drift.checking import Watch
from stream.errors import SettingsInvalid
from stream.routes import model_names
from stream.settings import Settings
from stream.wiring import lateness

_log = logging.getLogger(__name__)


def watch_of(settings: Settings) -> Watch:
    """By the models in use now. A language whose model has no profile is held against its own past alone."""
    profiles = {language: profile_named(name, settings) for language, name in model_names(settings).items()}
    known = {language: found for language, found in profiles.items() if found and found.language == language}
    return Watch(settings.posts_topic, lateness(settings), known, settings.desk_url)


def watch_or_past_alone(settings: Settings) -> Watch:
    """The same, also where the models are not to be found or not to be used."""
    try:
        return watch_of(settings)
    except (ModelError, SettingsInvalid) as error:
        _log.warning("drift is judged without what the models learned from: %s", error)
        return Watch(settings.posts_topic, lateness(settings), {}, settings.desk_url)


def profile_named(name: str, settings: Settings) -> Profile | None:
    if name in (KEYWORDS, KeywordClassifier.version):  # it has learned from nothing
        return None
    folder = folder_of(split(name, settings.how)[0], settings.models_folder)
    return profile_for(folder, read_manifest(folder))
