"""From judged posts to what a challenger learns, is chosen and is measured by, with every post accounted for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.data.rows import Corpus, Row
from models.networks.text import text_key
from models.retraining.agreeing import SURE_ENOUGH, settled
from models.retraining.auditing import Audit, audited
from models.retraining.cleaning import cleaned
from models.retraining.items import Item, Judged, rows_of
from models.retraining.mixing import Mix, Mixed, mixed
from models.retraining.parting import Shares, parted


@dataclass(frozen=True)
class Terms:
    """How labels become lessons."""

    mix: Mix = field(default_factory=Mix)
    shares: Shares = field(default_factory=Shares)
    least: float = SURE_ENOUGH
    weighted: bool = True


class Lessons(NamedTuple):
    """The mixed data, the labels that only measure, and the account of all posts."""

    mixed: Mixed
    measuring: tuple[Row, ...]
    audit: Audit
    account: dict[str, Any]

    @property
    def learned(self) -> int:
        """How many labels are learned from."""
        return int(self.account["learned"])


def lessons(
    posts: Sequence[Judged],
    golden: Mapping[str, str],
    unusable: Mapping[str, int],
    base: Sequence[Corpus],
    terms: Terms,
) -> Lessons:
    """`base` is the champion's data in its scheme. `unusable` are posts already left out, by reason."""
    scheme = base[0].scheme
    said = [one for post in posts for one in post.judgements]
    agreed = settled(posts, golden, weighted=terms.weighted, least=terms.least)
    clean, lost = cleaned(agreed.items, _keys(row for corpus in base for row in corpus.test))
    parts = parted(clean, terms.shares)
    train, validation = rows_of(parts.train, scheme), rows_of(parts.validation, scheme)
    measuring, known = _unseen(parts.test, base)
    held = rows_of(measuring, scheme)
    out = Counter(unusable) + agreed.lost + lost + known
    out += Counter(
        {"no such label in the model": len(_kept(parts, measuring)) - len(train) - len(validation) - len(held)}
    )
    audit = audited(said, golden, agreed.weights)
    mix = mixed(base, train, validation, held, terms.mix)
    account = {
        "judged": len(posts) + sum(unusable.values()),
        "learned": len(train),
        "validation": len(validation),
        "held_out": len(held),
        "later": len(parts.later),
        "left_out": dict(sorted(out.items())),
        "labellers": len(agreed.weights),
        "trust": sorted((round(weight, 3) for weight in agreed.weights.values()), reverse=True),
        "golden": audit._asdict(),
        "cut": parts.cut.isoformat() if parts.cut else None,
        "base_rows": mix.base_rows,
        "base_gave_way": mix.from_train,
        "left_validation": mix.from_validation,
        "emotions": dict(Counter(item.emotion for item in parts.train).most_common()),
    }
    return Lessons(mix, held, audit, account)


def _kept(parts: Any, measuring: Sequence[Item]) -> list[Item]:
    return [*parts.train, *parts.validation, *measuring]


def _unseen(items: Sequence[Item], base: Sequence[Corpus]) -> tuple[list[Item], Counter[str]]:
    """Without what the champion may know by heart: measured on that, no challenger would have a chance."""
    learned = _keys(row for corpus in base for row in (*corpus.train, *corpus.validation))
    fresh = [item for item in items if text_key(item.text) not in learned]
    return fresh, Counter({"known to the champion": len(items) - len(fresh)})


def _keys(rows: Any) -> set[str]:
    return {text_key(row.text) for row in rows}
