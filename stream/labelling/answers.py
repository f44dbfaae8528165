"""What a labeller types at the prompt, and what that means."""

from dataclasses import dataclass

from models.labels import EMOTIONS

KEYS = ", ".join(f"{number} {emotion}" for number, emotion in enumerate(EMOTIONS, 1))
_VERDICTS = {"r": "right", "w": "wrong", "u": "unsure", "s": "skip"}
_QUIT = ("q", "quit")


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer with its reason, or the wish to stop."""

    verdict: str | None = None
    emotion: str | None = None
    reason: str | None = None
    stop: bool = False


def help_line(blind: bool) -> str:
    """The keys, on one line."""
    right = "" if blind else "enter right, w wrong, "
    return f"{KEYS}; {right}u unsure, s skip, q quit; words after a key are the reason"


def typed(line: str, blind: bool) -> Typed | None:
    """The answer that was typed; None where it is none.

    >>> typed("5 quotes a film", blind=True)
    Typed(verdict=None, emotion='fear', reason='quotes a film', stop=False)
    >>> typed("", blind=False).verdict, typed("", blind=True), typed("q", blind=True).stop
    ('right', None, True)
    """
    key, _, rest = line.strip().partition(" ")
    key, reason = key.casefold(), rest.strip() or None
    if key in _QUIT:
        return Typed(stop=True)
    if emotion := _emotion(key):
        return Typed(emotion=emotion, reason=reason)
    verdict = _verdict(key)
    if verdict is None or (blind and verdict in ("right", "wrong")):
        return None
    return Typed(verdict=verdict, reason=reason)


def _emotion(key: str) -> str | None:
    if key.isascii() and key.isdigit() and 1 <= int(key) <= len(EMOTIONS):
        return EMOTIONS[int(key) - 1]
    return key if key in EMOTIONS else None


def _verdict(key: str) -> str | None:
    if not key:
        return "right"
    return _VERDICTS.get(key, key if key in _VERDICTS.values() else None)
