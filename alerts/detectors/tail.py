"""How surprising a deviation is, on a scale that does not saturate."""

import math

_FAR = 30.0  # beyond this, erfc runs out of floating point


def surprise(deviations: float) -> float:
    """-log10 of the chance that a normal variable lies this many deviations up, or more.

    One more means ten times rarer. Deviations below zero count as no surprise at all.

    >>> round(surprise(3.0902), 2), round(surprise(50.0), 1), surprise(-1.0)
    (3.0, 545.0, 0.0)
    """
    if deviations <= 0:
        return 0.0
    if deviations < _FAR:
        return -math.log10(0.5 * math.erfc(deviations / math.sqrt(2)))
    return deviations**2 / (2 * math.log(10)) + math.log10(deviations * math.sqrt(2 * math.pi))
