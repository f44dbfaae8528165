"""The labels in the database that may be learned from, language by language."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from models.labelling.judgements import Judgement
from models.retraining.items import Judged
from storage.database import transaction
from storage.golden import golden_labels
from storage.labels import LabelledText, eligible_texts
from storage.learnable import not_learnable


@dataclass(frozen=True)
class Gathered:
    """Judged posts, the golden ones among them, and how many others may not be learned from, by language and reason."""

    posts: tuple[Judged, ...]
    golden: dict[str, str]
    unusable: dict[tuple[str, str], int]

    def languages(self) -> list[str]:
        """The one with the most posts first."""
        return [language for language, _ in Counter(post.language for post in self.posts).most_common() if language]

    def of(self, language: str) -> tuple[Judged, ...]:
        """The posts in one language."""
        return tuple(post for post in self.posts if post.language == language)

    def unusable_in(self, language: str) -> dict[str, int]:
        """Reason → posts."""
        return {reason: count for (of, reason), count in self.unusable.items() if of == language}


def gather(engine: Engine, now: datetime, since: datetime | None) -> Gathered:
    """Everything eligible now; `since` leaves out what was judged before."""
    with transaction(engine) as connection:
        posts = [_judged(found, since) for found in eligible_texts(connection, now)]
        unusable = not_learnable(connection, now)
        golden = golden_labels(connection)
    early = Counter((post.language, "judged before --since") for post in posts if not post.judgements)
    return Gathered(tuple(post for post in posts if post.judgements), golden, unusable | early)


def _judged(found: LabelledText, since: datetime | None) -> Judged:
    said = (one for one in found.judgements if since is None or one.at >= since)
    judgements = tuple(Judgement(found.key, one.labeller, one.emotion) for one in said)
    return Judged(found.key, found.person, found.sent_at, found.language or "", found.text, judgements)


def fingerprint(posts: Iterable[Judged]) -> str:
    """Which labels these are; no word of a post is in it."""
    lines = sorted(f"{one.item} {one.labeller} {one.label}" for post in posts for one in post.judgements)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
