"""Small composed data: sentences whose words tell the label, some of them misleading."""

import random

from models.data.rows import Corpus, Row
from models.labels import Scheme
from models.schemes import scheme

WORDS = {
    "sadness": "sad lonely crying empty grief",
    "joy": "happy glad cheerful smiling great",
    "love": "adore darling tender caring beloved",
    "anger": "furious hate rage annoyed outrage",
    "fear": "scared afraid terrified worried panic",
    "surprise": "amazed shocked unexpected stunned wow",
}
FILLING = "i feel so very today and the a at work home about it all again with my friend"


def sentence(label: str, chance: random.Random) -> str:
    """Two words of its label, one of any label, five that say nothing."""
    own = chance.choices(WORDS[label].split(), k=2)
    other = chance.choice(WORDS[chance.choice(list(WORDS))].split())
    parts = [*own, other, *chance.choices(FILLING.split(), k=5)]
    chance.shuffle(parts)
    return " ".join(parts)


def rows(count: int, seed: int, labels: tuple[str, ...] = tuple(WORDS)) -> tuple[Row, ...]:
    chance = random.Random(seed)
    picked = [labels[place % len(labels)] for place in range(count)]
    return tuple(Row(sentence(label, chance), (label,)) for label in picked)


def feelings(train: int = 240, name: str = "feelings") -> Corpus:
    return Corpus(name, scheme("dair"), rows(train, 1), rows(120, 2), rows(120, 3))


BOTH = Scheme("moods", ("low", "tense", "calm"), {"low": "sadness", "tense": "fear", "calm": "neutral"}, multi=True)


def moods(count: int, seed: int) -> tuple[Row, ...]:
    """Multi-label rows: any of three words, each its own label; none of them is calm."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        labels = tuple(label for label in ("low", "tense") if chance.random() < 0.4) or ("calm",)
        found.append(
            Row(" ".join([*(f"{label}ish" for label in labels), *chance.choices(FILLING.split(), k=4)]), labels)
        )
    return tuple(found)
