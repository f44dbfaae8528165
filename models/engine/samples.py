"""Short invented texts for timing paths; nothing is learned from them."""

from itertools import product

_WHO = ("i feel so", "My sister is", "@ann you seem", "We were never", "Why is everybody", "honestly they look")
_HOW = ("happy", "sad and lonely", "ANGRY", "scared", "surprised", "in love", "disgusted", "fine", "tired", "grateful")
_WHY = (
    "today",
    "about the new job!!! 😭😭",
    "because the train was late again, 3 hours, and nobody said a word to us",
    "https://example.org/a :)",
    "lol... can't believe it, #monday",
    "when the rain came down over the old town and the lights went out one by one, as if somebody had planned it all "
    "along and only forgotten to tell the people in the street, who stood there laughing with their wet shoes in hand",
)

SAMPLES = tuple(" ".join(parts) for parts in product(_WHO, _HOW, _WHY))
"""360 texts of 6 to 60 pieces."""
