"""Named moments at which a test may kill this process, to prove that nothing is lost there.

Off unless TIDELINE_FAULT is set, e.g. `after_score:3:KILL` for SIGKILL the third time a batch was scored.
"""

import os
import signal
from collections import Counter
from typing import Literal

Moment = Literal[
    "after_poll",
    "after_score",
    "in_transaction",
    "after_commit",
    "delivering",
    "retrain_begun",
    "retrain_trained",
    "retrain_staged",
    "retrain_renamed",
    "retrain_recorded",
    "promotion_measured",
    "promotion_begun",
    "promotion_pointed",
    "promotion_done",
]

_reached: Counter[str] = Counter()


def reach(moment: Moment) -> None:
    """Note that a moment was reached; die here if that was asked for."""
    plan = os.environ.get("TIDELINE_FAULT")
    if not plan:
        return
    wanted, count, name = plan.split(":")
    _reached[moment] += 1
    if wanted == moment and _reached[moment] == int(count):
        os.kill(os.getpid(), signal.Signals[f"SIG{name}"])
