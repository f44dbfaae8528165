"""Champion and challenger against what people say: labelled posts, and alerts that were judged."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.evaluation.paired import mcnemar
from models.labels import EMOTIONS
from storage.challenger_comparison import JudgedPost


def posts_judged(posts: Sequence[JudgedPost]) -> dict[str, Any] | None:
    """Accuracy of both on the same labelled posts, and McNemar's p; None without any.

    >>> posts = [JudgedPost("en", "joy", 1, 1)] * 3 + [JudgedPost("en", "joy", 0, 1)]
    >>> posts_judged(posts)["champion"], posts_judged(posts)["challenger"]
    (0.75, 1.0)
    """
    if not posts:
        return None
    truth = np.array([EMOTIONS.index(post.emotion) for post in posts])
    mine = np.array([post.champion for post in posts]) == truth
    theirs = np.array([post.challenger for post in posts]) == truth
    test = mcnemar(theirs, mine)
    return {
        "posts": len(posts),
        "champion": float(mine.mean()),
        "challenger": float(theirs.mean()),
        "only_champion_right": test["only_other_right"],
        "only_challenger_right": test["only_this_right"],
        "p": test["p"],
    }


def alerts_judged(verdicts: Mapping[tuple[str, bool], int]) -> dict[str, Any] | None:
    """Of the champion's alerts that people judged: how many were right, and which the challenger raises too.

    Nobody was told of what the challenger alone raised, so nobody has judged it: its precision is that of the alerts
    which it shares with the champion.

    >>> alerts_judged({("right", True): 6, ("right", False): 2, ("wrong", True): 1, ("wrong", False): 3})["challenger"]
    0.8571428571428571
    """
    right, wrong = (sum(verdicts.get((name, each), 0) for each in (True, False)) for name in ("right", "wrong"))
    kept, kept_wrong = verdicts.get(("right", True), 0), verdicts.get(("wrong", True), 0)
    if not right + wrong:
        return None
    return {
        "judged": right + wrong,
        "right": right,
        "right_kept": kept,
        "wrong": wrong,
        "wrong_kept": kept_wrong,
        "champion": right / (right + wrong),
        "challenger": kept / (kept + kept_wrong) if kept + kept_wrong else None,
    }
