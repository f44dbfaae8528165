"""Teaching any network: build it and its encoder, train, keep what a folder would hold."""

from models.engine.network import NetworkModel
from models.training.batching import seeded
from models.training.building import built
from models.training.learners import Learned, Lesson
from models.training.loop import train
from models.training.targets import encoded


def learn(lesson: Lesson) -> Learned:
    """The same seed, data and thread count give the same model."""
    recipe = lesson.recipe
    seeded(recipe.training.seed)
    texts = [row.text for row in lesson.train]
    network, encoder = built(recipe.kind, recipe.options, texts, len(lesson.scheme.labels))
    rows = encoded(lesson.train, encoder, lesson.scheme)
    validation = {corpus.name: encoded(corpus.validation, encoder, lesson.scheme) for corpus in lesson.validation}
    history = train(network, encoder.pad, rows, validation, recipe.training, lesson.quiet, lesson.checkpoint)
    return Learned(NetworkModel(recipe.kind, network.as_loaded(), encoder), history)
