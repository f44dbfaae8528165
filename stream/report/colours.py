"""Colours by name. The style sheet holds them for light and for dark pages; the dashboards say them as numbers."""

from collections.abc import Sequence

from dashboards.palette import AMBER, BLUE, EMOTION_COLOURS, GREEN, GREY, PINK, RED, SKY, YELLOW

DARK = "#565d64"  # what guides the eye: a baseline, a chart of many
NAMES = {
    BLUE: "blue",
    SKY: "sky",
    GREEN: "green",
    AMBER: "amber",
    RED: "red",
    PINK: "pink",
    YELLOW: "yellow",
    EMOTION_COLOURS["neutral"]: "silver",
    GREY: "grey",
    DARK: "dark",
}
FREE = ("blue", "amber", "dark", "sky", "red", "pink", "yellow", "green")
"""Given in this order to who has none: neighbours differ in lightness for those too who see no red or no green."""


def colour_names(given: Sequence[str | None]) -> list[str]:
    """A name for each series; those without a colour take what is free.

    >>> colour_names([None, "#8b939b", None])
    ['blue', 'grey', 'amber']
    """
    taken = {NAMES.get(colour, "") for colour in given if colour}
    free = [name for name in FREE if name not in taken] or list(FREE)
    names, number = [], 0
    for colour in given:
        if colour in NAMES:
            names.append(NAMES[colour])
            continue
        names.append(free[number % len(free)])
        number += 1
    return names
