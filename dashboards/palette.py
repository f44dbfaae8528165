"""The colours of every dashboard: Okabe and Ito's, which survive colour blindness, and two greys.

An emotion has one colour everywhere; the HTML report has the same ones under the same names.
"""

from types import MappingProxyType

EMOTION_COLOURS = MappingProxyType(
    {
        "sadness": "#0072b2",
        "joy": "#f0e442",
        "love": "#cc79a7",
        "anger": "#d55e00",
        "fear": "#009e73",
        "surprise": "#e69f00",
        "neutral": "#b4bac0",
    }
)
EMOTIONS = tuple(EMOTION_COLOURS)

BLUE, SKY, GREEN, AMBER, RED, PINK, YELLOW = (
    "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#f0e442",
)  # fmt: skip
GREY = "#8b939b"

SEVERITY_COLOURS = MappingProxyType({"high": RED, "medium": AMBER, "low": SKY})
GOOD, WATCH, BAD = SKY, AMBER, RED
"""Steps of a threshold; blue, not green, stands for good, as red and green look alike to many."""
