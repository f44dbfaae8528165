"""The double that ships: emotions by word lists, for trying and testing everything around a model."""

import re
from collections import Counter
from collections.abc import Sequence
from unicodedata import normalize

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
_STEMS = {
    "sadness": "슬프 슬퍼 슬픔 슬펐 우울 외로 외롭 눈물 울었 힘들 힘드 괴로 괴롭 절망 허무 그립 실망 죽고싶 ㅠㅠ ㅜㅜ",
    "joy": "기쁘 기뻐 기쁨 행복 즐거 즐겁 신나 신난 재밌 재미있 최고 좋아요 좋다 감사 고마 고맙 축하 ㅋㅋ ㅎㅎ",
    "love": "사랑 좋아해 설레 설렘 애정 그대 귀여 귀엽 보고싶",
    "anger": "화나 화난 화가 분노 짜증 열받 빡치 빡쳐 미친 싫어 싫다 혐오 역겨 역겹 억울 한심",
    "fear": "무서 무섭 두려 두렵 불안 걱정 겁나 겁이 공포 긴장 초조 떨려",
    "surprise": "놀라 놀랐 놀랍 깜짝 헐 대박 세상에 충격 뜻밖 갑자기 신기 어머",
}  # fmt: skip
"""Korean words change at the end, so their beginnings are looked for, anywhere in the text."""
_EMOTION_OF = {word: EMOTIONS.index(emotion) for emotion, listed in _LISTS.items() for word in listed.split()}
_EMOTION_OF_STEM = {stem: EMOTIONS.index(emotion) for emotion, listed in _STEMS.items() for stem in listed.split()}
_STEM = re.compile("|".join(sorted(_EMOTION_OF_STEM, key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")
_NEUTRAL = EMOTIONS.index("neutral")
_HIT = 4


class KeywordClassifier:
    """Counts listed English and Korean words; what no list claims is neutral. Fast, deterministic, no good as a judge.

    Each listed word weighs four, and one unit of neutral is always there, so the answer is whole
    thousandths by plain integer arithmetic. It does not understand negation or anything else.

    >>> KeywordClassifier().emotions(["so sad and scared", "a train at noon", "너무 슬퍼요"]).tolist()
    [[444, 0, 0, 0, 444, 0, 112], [0, 0, 0, 0, 0, 0, 1000], [800, 0, 0, 0, 0, 0, 200]]
    """

    version = "keywords-2"
    languages = frozenset({"en", "ko"})

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
    if not text.isascii():
        hits.update(_EMOTION_OF_STEM[stem] for stem in _STEM.findall(normalize("NFC", text)))
    total = 1 + _HIT * hits.total()
    row = [1000 * _HIT * hits[emotion] // total for emotion in range(len(EMOTIONS))]
    row[_NEUTRAL] = 1000 - sum(row)
    return row
