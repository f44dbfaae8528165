"""What an answer about a post means beside what a model said of it."""

from models.labels import EMOTIONS
from storage.label_words import VERDICTS
from stream.errors import StreamError

SAYS_NOTHING = ("unsure", "skip")


class LabelRefused(StreamError):
    """A verdict that cannot be stored. `fate` is a short fixed word for it, as imports count it."""

    def __init__(self, fate: str, sentence: str) -> None:
        super().__init__(sentence)
        self.fate = fate


def judged(shown: str | None, verdict: str | None, emotion: str | None) -> tuple[str, str | None]:
    """Verdict and emotion, each made from the other and from what the model put first where one is left out.

    >>> judged("joy", None, "joy"), judged("joy", None, "fear"), judged("joy", "right", None)
    (('right', 'joy'), ('wrong', 'fear'), ('right', 'joy'))
    >>> judged("joy", "wrong", None), judged(None, "skip", None)
    (('wrong', None), ('skip', None))
    """
    require_words(verdict, emotion)
    if verdict is None:
        return ("right" if emotion == shown else "wrong"), emotion
    if verdict in SAYS_NOTHING:
        return verdict, None
    if verdict == "wrong":
        return verdict, _other_than(shown, emotion)
    return verdict, _confirmed(shown, emotion)


def require_words(verdict: str | None, emotion: str | None) -> None:
    """Refuse words that are none of ours, and answers that say nothing or too much."""
    if verdict is None and emotion is None:
        raise LabelRefused("missing", "there is neither a verdict nor an emotion: give one of them.")
    if verdict is not None and verdict not in VERDICTS:
        raise LabelRefused("unknown-verdict", f"no verdict is called that: use one of {', '.join(VERDICTS)}.")
    if emotion is not None and emotion not in EMOTIONS:
        raise LabelRefused("unknown-emotion", f"no emotion is called that: use one of {', '.join(EMOTIONS)}.")
    if verdict in SAYS_NOTHING and emotion is not None:
        raise LabelRefused("contradiction", f"{verdict} names no emotion: leave the emotion out, or the verdict.")


def _other_than(shown: str | None, emotion: str | None) -> str | None:
    if emotion is not None and emotion == shown:
        raise LabelRefused("contradiction", f"the model said {shown} too: that is right, not wrong.")
    return emotion


def _confirmed(shown: str | None, emotion: str | None) -> str:
    if shown is None:
        raise LabelRefused("contradiction", "the model said nothing that could be right: name the emotion alone.")
    if emotion not in (None, shown):
        raise LabelRefused("contradiction", f"the model said {shown}, not {emotion}: that is wrong, not right.")
    return shown
