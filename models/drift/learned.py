"""The profile of a model that was trained before, from the data sets that its manifest names."""

from models.data.apart import disjoint
from models.data.as_trained import load_as_trained, trained_on
from models.drift.profile import Profile, figures_of
from models.errors import ModelUnusable
from models.manifest import Manifest


def profile_as_trained(manifest: Manifest) -> Profile:
    """Its data are read and split as they were then."""
    names, scheme = trained_on(manifest), manifest.label_scheme()
    if not names:
        raise ModelUnusable(f"{manifest.name} does not say what it was trained on: train it again to have a profile.")
    corpora = disjoint(load_as_trained(name, manifest).corpus.in_scheme(scheme) for name in names)
    return Profile(**figures_of(corpora, manifest.mapping, manifest.languages[0]))
