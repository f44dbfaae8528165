"""Leaving out what must not, or need not, be learned from: texts of test sets, and the same text again."""

from collections import Counter
from collections.abc import Collection, Iterable

from models.networks.text import text_key
from models.retraining.items import Item


def cleaned(items: Iterable[Item], tested: Collection[str]) -> tuple[list[Item], Counter[str]]:
    """One item for each text, the surest, and none whose `text_key` is in a frozen test set; and what went."""
    lost: Counter[str] = Counter()
    kept: dict[str, Item] = {}
    for item in sorted(items, key=lambda item: (-item.confidence, item.sent_at, item.key)):
        key = text_key(item.text)
        if fate := _fate(key, tested, kept):
            lost[fate] += 1
        else:
            kept[key] = item
    return sorted(kept.values(), key=lambda item: (item.sent_at, item.key)), lost


def _fate(key: str, tested: Collection[str], kept: Collection[str]) -> str | None:
    if not key:
        return "no words"
    if key in tested:
        return "in a test set"
    return "the same text again" if key in kept else None
