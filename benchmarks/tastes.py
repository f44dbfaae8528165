"""Invented catalogues and tastes: what is hidden about each is known, and the recommender never sees it.

A song has a topic, a genre and a mix of emotions. From these come its lines and the genre it is filed under, both
with noise. A person has a favourite topic, some genres, a mix of emotions, and cares about the three differently.
What suits a person is decided from the hidden things and how much each matters to them. No word, no cosine and no
model takes part in that, and the weights are not those of the recommender.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.labels import EMOTIONS
from models.recommend.items import Item

Floats = npt.NDArray[np.float64]

GENRES = ("rock", "pop", "folk", "jazz", "soul", "hip hop", "electronic", "country")
TOPICS = (
    "harbour boat tide lighthouse rope gull storm sail anchor net pier salt",
    "train platform ticket signal tunnel engine station rail whistle carriage luggage bridge",
    "kitchen kettle bread spoon oven table flour plate candle apron jar window",
    "neon city tram rooftop traffic taxi billboard subway crosswalk skyline hotel lobby",
    "garden tulip spade hedge seed rain orchard bee ladder shed willow moss",
    "screen message phone signal password profile battery keyboard inbox charger headline alarm",
    "school chalk desk corridor bell exam locker teacher bus playground notebook uniform",
    "desert highway motel gasoline canyon cactus dust radio map truck horizon coyote",
)
PHRASES = {
    "sadness": "i miss you|i cried all night|my heart is broken|i feel so alone|nothing is left for me|i am so tired "
    "of hurting|everything reminds me of losing you|i feel hopeless",
    "joy": "i am so happy|we laughed all day|what a wonderful feeling|i feel alive and glad|best day of my life|"
    "i am grateful for this|i cannot stop smiling|everything is great",
    "love": "i love you|hold me close darling|i adore you|your tender hand in mine|i feel so loved by you|"
    "you are my sweetheart|i cherish every kiss|i am in love",
    "anger": "i am furious|i hate your lies|you make me so mad|i am sick of this insult|i feel rage|"
    "how dare you|i am bitter and resentful|you ruined it and i am angry",
    "fear": "i am afraid|i feel terrified|my hands are shaking|i am scared to move|i am nervous and i cannot breathe|"
    "something is following me|i feel so anxious|panic rises in me",
    "surprise": "i am amazed|i did not expect this|wow what a shock|i feel so surprised|suddenly it was strange|"
    "i cannot believe my eyes|it was so unexpected and weird|i am stunned",
    "neutral": "it is seven o clock|the list has four lines|there is a chair|they open at nine|turn left and go on|"
    "it was built in may|the second one is grey|it weighs two pounds",
}
_LINES = (6, 14)
_OWN_TOPIC, _OWN_GENRE = 0.75, 0.85
_NOISE = 0.05
_POSTS = 4


@dataclass(frozen=True)
class Song:
    """`item` is what the recommender sees, the rest is hidden; `mix` are shares of the seven emotions."""

    item: Item
    topic: int
    genre: int
    mix: Floats


@dataclass(frozen=True)
class Taste:
    """`posts` are what the person wrote, `liked` a song, `relevant` the songs that suit them (hidden), and `care`
    how much topic, genre and emotion matter to them (hidden)."""

    posts: list[str]
    liked: int
    relevant: frozenset[int]
    care: Floats


def catalogue(songs: int, chance: np.random.Generator) -> list[Song]:
    """Each topic leans to genres of its own, as songs do."""
    leaning = chance.dirichlet(np.full(len(GENRES), 0.5), size=len(TOPICS))
    return [_song(number, leaning, chance) for number in range(songs)]


def _song(number: int, leaning: Floats, chance: np.random.Generator) -> Song:
    topic = int(chance.integers(len(TOPICS)))
    genre = int(chance.choice(len(GENRES), p=leaning[topic]))
    mix = _mix(chance)
    filed = genre if chance.random() < _OWN_GENRE else int(chance.integers(len(GENRES)))
    lines = [_line(topic, mix, chance) for _line_number in range(int(chance.integers(*_LINES)))]
    return Song(Item(f"song {number}", "", (GENRES[filed],), "\n".join(lines)), topic, genre, mix)


def _mix(chance: np.random.Generator) -> Floats:
    """Mostly one feeling, some neutral, a little of the rest."""
    amounts = np.full(len(EMOTIONS), 0.15)
    amounts[int(chance.integers(len(EMOTIONS) - 1))] = 3.0
    amounts[EMOTIONS.index("neutral")] = 1.0
    found: Floats = chance.dirichlet(amounts)
    return found


def _line(topic: int, mix: Floats, chance: np.random.Generator) -> str:
    emotion = EMOTIONS[int(chance.choice(len(EMOTIONS), p=mix))]
    about = topic if chance.random() < _OWN_TOPIC else int(chance.integers(len(TOPICS)))
    one, other = chance.choice(TOPICS[about].split(), size=2, replace=False)
    return f"{chance.choice(PHRASES[emotion].split('|'))} by the {one} and the {other}"


def taste(songs: list[Song], suiting: int, chance: np.random.Generator) -> Taste:
    """One person; `suiting` songs suit them. The liked song is theirs by topic and genre, whatever it feels like."""
    topic, mix, care = int(chance.integers(len(TOPICS))), _mix(chance), chance.dirichlet([2.0, 1.0, 2.0])
    fond = chance.dirichlet(np.full(len(GENRES), 0.4))
    fits = np.array([(one.topic == topic, fond[one.genre] / fond.max(), _overlap(one.mix, mix)) for one in songs])
    noise = chance.normal(0, _NOISE, size=len(songs))
    liked = int(chance.choice(np.argsort(-(fits[:, :2] @ care[:2] + noise))[:10]))
    order = [int(place) for place in np.argsort(-(fits @ care + noise)) if place != liked]
    return Taste([_post(mix, chance) for _number in range(_POSTS)], liked, frozenset(order[:suiting]), care)


def _overlap(one: Floats, other: Floats) -> float:
    """The mass that two mixes share, 0 to 1; no cosine, which is what is tested."""
    return float(np.minimum(one, other).sum())


def _post(mix: Floats, chance: np.random.Generator) -> str:
    emotion = EMOTIONS[int(chance.choice(len(EMOTIONS), p=mix))]
    return f"{chance.choice(PHRASES[emotion].split('|'))} today"
