"""The double that ships: emotions by word lists, for trying and testing everything around a model."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.classifier import Thousandths
from models.labels import EMOTIONS, Scheme
from models.schemes import scheme
from models.scores import Scores

_LISTS = {
    "sadness": """
        sad unhappy miserable hopeless lonely alone cry crying cried depressed grief hurt hurting lost
        tears empty worthless disappointed sorry gloomy heartbroken miss mourning regret numb 😢 😭 😞 😔 💔
    """,
    "joy": """
        happy glad joy joyful great good wonderful awesome fun funny excited thanks thank grateful
        proud relieved amazing delighted cheerful lol haha nice best win won 😀 😃 😄 😂 😊 🎉
    """,
    "love": """
        love loved loving adore caring beloved sweet sweetheart tender affection darling cuddle hug
        hugs romantic fond cherish ❤ 💕 💖 😍 🥰
    """,
    "anger": """
        angry anger mad furious hate hated hates annoyed annoying rage outraged disgusting disgusted
        awful idiot stupid irritated fed liar resent hostile 😠 😡 🤬
    """,
    "fear": """
        afraid fear scared scary terrified terror anxious anxiety nervous worried worry panic
        frightened dread threatened shaky unsafe helpless 😨 😱 😰
    """,
    "surprise": """
        surprised surprise wow shocked shocking unexpected amazed astonished sudden suddenly strange
        weird curious confused wonder really omg 😮 😲 🤯
    """,
}
_EMOTION_OF = {word: EMOTIONS.index(emotion) for emotion, listed in _LISTS.items() for word in listed.split()}
_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")
_NEUTRAL = EMOTIONS.index("neutral")
_HIT = 4


class KeywordClassifier:
    """Counts listed words; what no list claims is neutral. Fast, deterministic, and no good as a judge.

    Each listed word weighs four, and one unit of neutral is always there, so the answer is whole
    thousandths by plain integer arithmetic. It does not understand negation or anything else.

    >>> KeywordClassifier().emotions(["so sad and scared", "a train at noon"]).tolist()
    [[444, 0, 0, 0, 444, 0, 112], [0, 0, 0, 0, 0, 0, 1000]]
    """

    version = "keywords-1"
    languages = frozenset({"en"})

    @property
    def scheme(self) -> Scheme:
        return scheme("canonical")

    def predict(self, texts: Sequence[str]) -> Scores:
        return Scores(self.scheme, self.emotions(texts) / 1000)

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        rows = [_shares(text) for text in texts]
        return np.array(rows, dtype=np.int16).reshape(len(rows), len(EMOTIONS))


def _shares(text: str) -> list[int]:
    """Thousandths that sum to 1,000; what rounding down leaves over goes to neutral."""
    hits = Counter(_EMOTION_OF[word] for word in _WORD.findall(text.lower()) if word in _EMOTION_OF)
    total = 1 + _HIT * hits.total()
    row = [1000 * _HIT * hits[emotion] // total for emotion in range(len(EMOTIONS))]
    row[_NEUTRAL] = 1000 - sum(row)
    return row
