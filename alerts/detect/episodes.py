"""From a score in every row to one alert per episode, counted in rows."""

_LULL = 3  # rows under the threshold after which a higher peak may be something else
_HIGHER = 1.0  # by so much


class Episodes:
    """An episode begins when the score reaches the threshold and ends after `quiet` rows under half of it.

    None begins within `apart` rows of the beginning of the last: the ups and downs of one piece of news are
    one alert, the next piece a few hours later is another. Something higher is told sooner: when, after a lull
    of a few rows, the score passes the peak so far by one, that is an episode of its own, so a blip cannot hide
    what comes after it.

    >>> episodes = Episodes(threshold=3, quiet=2, apart=4)
    >>> [episodes.step(score) for score in (1, 3, 5, 1, 1, 4, 4, 1, 1, 3)]
    [False, True, False, False, False, True, False, False, False, True]
    >>> [episodes.step(score) for score in (2, 2, 2, 6)]
    [False, False, False, True]
    """

    __slots__ = ("_apart", "_below", "_calm", "_lulled", "_peak", "_quiet", "_threshold", "ago", "high", "raised")

    def __init__(self, threshold: float, quiet: int = 6, apart: int = 24) -> None:
        self._threshold = threshold
        self._quiet = quiet
        self._apart = apart
        self._calm = 0  # rows under half the threshold, in a row
        self._below = 0  # rows under the threshold, in a row
        self._lulled = False  # whether there was a lull since the last beginning
        self._peak = 0.0  # since then
        self.high = 0  # rows of this episode at the threshold
        self.raised = False
        self.ago = apart  # rows since the last beginning

    def step(self, score: float) -> bool:
        """Take the newest score; true in the row where an episode begins."""
        self.ago += 1
        self._calm = self._calm + 1 if score < self._threshold / 2 else 0
        if self._calm >= self._quiet:
            self.raised, self.high = False, 0
        if score < self._threshold:
            self._below += 1
            self._lulled = self._lulled or self._below >= _LULL
            return False
        self.high += 1
        begins = self._begins(score)
        if begins:
            self.raised, self.ago, self._peak, self._lulled = True, 0, 0.0, False
        self._below, self._peak = 0, max(self._peak, score)
        return begins

    def _begins(self, score: float) -> bool:
        if not self.raised and self.ago >= self._apart:
            return True
        return self._lulled and score >= self._peak + _HIGHER
