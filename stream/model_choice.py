"""Which model a command uses: one name, found and run as the worker does."""

from dataclasses import replace

import click

from models.classifier import Classifier
from models.load import load_classifier
from stream.settings import read_settings

model_option = click.option(
    "--model",
    default="default",
    show_default=True,
    metavar="NAME",
    help="A shipped model, one of the registry, a model folder, or `keywords`.",
)


def chosen_model(name: str) -> Classifier:
    """A model by name, version or folder, also from the user's own registry, in the precision and on the device of
    the settings. Nothing is remembered: that pays only where texts come again."""
    settings = read_settings()
    return load_classifier(name, settings.models_folder, replace(settings.how, cache_bytes=0))
