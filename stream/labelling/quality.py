"""How good the labels are, and what they say about the model: everything `tideline label quality` shows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.labelling.agreement import Estimate, cohen_kappa, krippendorff_alpha, shared
from models.labelling.consensus import Consensus, consensus
from models.labelling.judgements import Judgement
from models.labelling.recall import Sample, recall, share
from models.labels import EMOTIONS
from storage.golden import golden_labels
from storage.label_populations import posts_by_first_label
from storage.label_reading import StoredVerdict, first_queues, standing_post_verdicts
from storage.labels import PostVerdict

FEW_SHARED = 5
"""Two labellers are compared from this many posts on that both judged."""

CHOSEN_BY_OUTCOME = ("disputed", "golden")
"""Queues whose posts say nothing of how often a model is right."""


@dataclass(frozen=True)
class Labeller:
    """One labeller: how many posts were judged, how golden ones went, and how far the name is believed."""

    name: str
    judged: int
    golden: Estimate | None
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two labellers on the posts that both judged."""

    first: str
    second: str
    kappa: Estimate


@dataclass(frozen=True)
class Dispute:
    """Two emotions between which labellers differ, and on how many posts."""

    one: str
    other: str
    posts: int


@dataclass(frozen=True)
class Bin:
    """Posts whose best score lay in one tenth: what the model said, and how often people say the same."""

    low: float
    said: float
    right: Estimate


@dataclass(frozen=True)
class Found:
    """For one emotion: of what the model puts first how much is right, and of what is there how much it finds."""

    emotion: str
    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True)
class Quality:
    """Everything together. `unsettled` posts were judged by nobody who can be believed."""

    verdicts: int
    posts: int
    twice: int
    golden: int
    unsettled: int
    alpha: Estimate | None
    labellers: list[Labeller]
    pairs: list[Pair]
    disputes: list[Dispute]
    calibration: list[Bin]
    found: list[Found]


@dataclass(frozen=True)
class Judged:
    """A post with what was shown of it, how it was chosen, and the label that people agree on."""

    verdict: PostVerdict
    queue: str
    sent_at: datetime
    label: str


def quality(connection: Connection) -> Quality:
    """From the newest verdict of each labeller about each post."""
    standing = list(standing_post_verdicts(connection))
    given = [each.given for each in standing]
    said = [Judgement(each.key, each.labeller, each.emotion) for each in given if each.emotion is not None]
    golden = golden_labels(connection)
    agreed = consensus(said, golden, _guesses(given))
    judged = _judged({each.given.key: each for each in reversed(standing)}, first_queues(connection), agreed)
    voices = Counter(judgement.item for judgement in said)
    return Quality(
        verdicts=len(given),
        posts=len(voices),
        twice=sum(count > 1 for count in voices.values()),
        golden=len(golden),
        unsettled=len(agreed.unsettled),
        alpha=krippendorff_alpha(said),
        labellers=_labellers(said, golden, agreed),
        pairs=_pairs(said),
        disputes=_disputes(said),
        calibration=_calibration(judged),
        found=_found(connection, judged),
    )


def _guesses(given: Sequence[PostVerdict]) -> dict[str, dict[str, float]]:
    return {each.key: {each.shown: (each.score or 0) / 1000} for each in given if each.shown is not None}


def _judged(first: dict[str, StoredVerdict], queues: dict[str, str], agreed: Consensus) -> list[Judged]:
    return [
        Judged(each.given, queues[key], each.sent_at, agreed.labels[key].label)
        for key, each in first.items()
        if key in agreed.labels and each.given.shown is not None
    ]


def _labellers(said: Sequence[Judgement], golden: dict[str, str], agreed: Consensus) -> list[Labeller]:
    answers: dict[str, list[bool]] = defaultdict(list)
    counts = Counter(judgement.labeller for judgement in said)
    for item, labeller, label in said:
        if item in golden:
            answers[labeller].append(label == golden[item])
    return [
        Labeller(name, counts[name], share(_sample(answers[name])), weight)
        for name, weight in sorted(agreed.weights.items(), key=lambda each: (-each[1], each[0]))
    ]


def _sample(answers: Sequence[bool], posts: int = 0) -> Sample:
    return Sample(posts, len(answers), sum(answers))


def _pairs(said: Sequence[Judgement]) -> list[Pair]:
    both = ((names, pairs) for names, pairs in shared(said).items() if len(pairs) >= FEW_SHARED)
    found = ((names, cohen_kappa(pairs)) for names, pairs in both)
    return [Pair(*names, kappa) for names, kappa in found if kappa is not None]


def _disputes(said: Sequence[Judgement]) -> list[Dispute]:
    """The most disputed first."""
    counts: Counter[tuple[str, ...]] = Counter()
    for pairs in shared(said).values():
        counts.update(tuple(sorted(pair)) for pair in pairs if pair[0] != pair[1])
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [Dispute(one, other, posts) for (one, other), posts in ordered]


def _calibration(judged: Sequence[Judged]) -> list[Bin]:
    tenths: dict[int, list[Judged]] = defaultdict(list)
    for each in judged:
        if each.verdict.score is not None and each.queue not in CHOSEN_BY_OUTCOME:
            tenths[min(each.verdict.score // 100, 9)].append(each)
    return [_bin(tenth, tenths[tenth]) for tenth in sorted(tenths)]


def _bin(tenth: int, judged: Sequence[Judged]) -> Bin:
    right = share(_sample([each.label == each.verdict.shown for each in judged]))
    assert right is not None
    return Bin(tenth / 10, sum(each.verdict.score or 0 for each in judged) / len(judged) / 1000, right)


def _found(connection: Connection, judged: Sequence[Judged]) -> list[Found]:
    """From the random queue alone: whatever else was judged was chosen for what it is."""
    drawn = [each for each in judged if each.queue == "random"]
    if not drawn:
        return [Found(emotion, None, None) for emotion in EMOTIONS]
    times = [each.sent_at for each in drawn]
    posts = posts_by_first_label(connection, min(times), max(times))
    return [_found_of(emotion, drawn, posts) for emotion in EMOTIONS]


def _found_of(emotion: str, drawn: Sequence[Judged], posts: dict[str, int]) -> Found:
    of_it = [each.label == emotion for each in drawn if each.verdict.shown == emotion]
    of_others = [each.label == emotion for each in drawn if each.verdict.shown != emotion]
    flagged = _sample(of_it, posts[emotion])
    return Found(emotion, share(flagged), recall(flagged, _sample(of_others, sum(posts.values()) - posts[emotion])))
