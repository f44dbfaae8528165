"""The quality of labels as lines for people."""

from collections.abc import Iterator

from models.labelling.agreement import Estimate
from stream.labelling.quality import Found, Quality

WEAK = 0.2
"""Below this weight a labeller is as good as not heard."""

MOST_SHOWN = 10


def lines(found: Quality) -> Iterator[str]:
    yield (
        f"{found.verdicts:,} verdicts with {found.posts:,} posts labelled, {found.twice:,} of them by several; "
        f"{found.golden:,} golden posts"
    )
    if found.unsettled:
        yield f"{found.unsettled:,} posts were judged only by labellers who are not believed: they have no label"
    yield f"agreement of all (Krippendorff's alpha)  {_shown(found.alpha)}"
    yield from _labellers(found)
    yield from _between(found)
    yield from _of_the_model(found)


def _labellers(found: Quality) -> Iterator[str]:
    if found.labellers:
        yield f"{'labeller':<24} {'judged':>7} {'weight':>7}  golden posts right"
    for each in found.labellers:
        note = "  not heard: look at what was judged" if each.weight < WEAK else ""
        yield f"{each.name:<24} {each.judged:>7,} {each.weight:>7.2f}  {_shown(each.golden)}{note}"


def _between(found: Quality) -> Iterator[str]:
    if found.pairs:
        yield "two labellers on the same posts (Cohen's kappa)"
    for pair in sorted(found.pairs, key=lambda pair: pair.kappa.value)[:MOST_SHOWN]:
        yield f"  {pair.first} and {pair.second}  {_shown(pair.kappa)}"
    if found.disputes:
        yield "in dispute"
    for dispute in found.disputes[:MOST_SHOWN]:
        yield f"  {dispute.one} or {dispute.other}  {dispute.posts:,} posts"


def _of_the_model(found: Quality) -> Iterator[str]:
    if found.calibration:
        yield "what the model said, and how often people say the same"
    for each in found.calibration:
        yield f"  {each.low:.1f}-{each.low + 0.1:.1f}  said {each.said:.2f}  right {_shown(each.right)}"
    yield "of what the model puts first how much is right; of what is there how much it finds (random queue)"
    for emotion in found.found:
        yield _emotion(emotion)


def _emotion(found: Found) -> str:
    return f"  {found.emotion:<9} precision {_shown(found.precision)}   recall {_shown(found.recall)}"


def _shown(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f}, {estimate.items:,} posts)"
