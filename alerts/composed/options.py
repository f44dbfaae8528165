"""Every number of the generator of composed histories. All of them are options of `tideline evaluate-alerts`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from alerts.errors import AlertError
from models.labels import EMOTIONS

USUAL = {"sadness": 0.10, "joy": 0.22, "love": 0.06, "anger": 0.09, "fear": 0.05, "surprise": 0.06, "neutral": 0.42}
"""What people write on an ordinary day: mostly nothing felt, twice as much joy as sadness, little fear."""

Span = tuple[float, float]  # from, to; drawn uniformly between
_MOST_STORIES = 0.9


@dataclass(frozen=True)
class HistoryOptions:
    """How invented people post, feel, and change. Chosen for realism before any detector was measured on them.

    People differ in how much they write far more than in anything else: rates are lognormal, and the middle 95 %
    lie between 0.2 and 12 posts a day. A person's days differ too (a gamma multiplier: half of the days bring
    less than .84 of the usual), posts follow the hours of waking, the weekend, and silences of about a week.
    What somebody writes differs from what others write (with a concentration of 15, sadness is 1 to 29 % of a
    person's posts) and from day to day (posts of one day are more alike than others).

    A planted change moves a share of all posts to one emotion: with .25 a careful reader begins to notice, with
    .6 anyone would. It comes at once or over weeks, lasts one to three months, and may begin when a person has
    been seen for only a month. A mild shift is what a bad patch at work does; nobody should be called for it.
    """

    people: Annotated[int, "How many people, each in validation and in test."] = 600
    days: Annotated[int, "How long each of them is watched."] = 180
    planted: Annotated[float, "Share of people who change, for each emotion in which people change."] = 0.1
    decoys: Annotated[float, "Share of people with something that is no change, in five equal kinds."] = 0.25
    rate_median: Annotated[float, "Posts a day of the middle person."] = 1.55
    rate_spread: Annotated[float, "How people's rates differ: standard deviation of the logarithm."] = 1.04
    rate_bounds: Annotated[Span, "No person's rate lies outside these."] = (0.2, 12.0)
    weekend_spread: Annotated[float, "How people's weekends differ: standard deviation of the logarithm."] = 0.3
    day_shape: Annotated[float, "Gamma shape of a day's activity; small is restless."] = 2.0
    gaps_per_year: Annotated[float, "Silences a year."] = 4.0
    gap_days: Annotated[float, "Mean length of a silence in days."] = 7.0
    mix: Annotated[tuple[float, ...], "Usual shares of the emotions."] = tuple(USUAL[emotion] for emotion in EMOTIONS)
    mix_concentration: Annotated[float, "How alike people are (Dirichlet); large is alike."] = 15.0
    day_concentration: Annotated[float, "How alike one person's days are (Dirichlet)."] = 25.0
    emotions: tuple[str, ...] = ("sadness", "fear")  # those in which people change
    onset_after: Annotated[int, "Days of history before a change, at least."] = 30
    onset_before_end: Annotated[int, "Days that are left after an onset, at least."] = 30
    ramps: Annotated[float, "Share of the changes that come slowly; the others come at once."] = 0.5
    size: Annotated[Span, "Share of the posts that a change moves to its emotion."] = (0.25, 0.6)
    ramp_days: Annotated[Span, "How long a slow change climbs."] = (10, 35)
    length_days: Annotated[Span, "How long a change lasts, its climb included."] = (30, 90)
    mild_size: Annotated[Span, "The same share for a mild shift, a decoy."] = (0.04, 0.10)
    bad_day_posts: Annotated[Span, "Posts that one bad day adds."] = (5, 10)
    burst_days: Annotated[Span, "How long a burst of posts lasts."] = (2, 5)
    burst_times: Annotated[Span, "How many times the usual rate it has."] = (5, 12)
    low_share: Annotated[float, "What somebody always low has of the emotion from the first day on."] = 0.35

    def __post_init__(self) -> None:
        for wrong, advice in _faults(self):
            if wrong:
                raise AlertError(f"these histories cannot be composed: {advice}")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _faults(options: HistoryOptions) -> list[tuple[bool, str]]:
    """What would make no histories, or none that say anything."""
    told = options.planted * len(options.emotions) + options.decoys
    unknown = [emotion for emotion in options.emotions if emotion not in EMOTIONS]
    shares = (options.planted, options.decoys, options.ramps, options.low_share, *options.mix)
    lengths = (options.ramp_days, options.length_days, options.burst_days)
    spans = (*lengths, options.size, options.mild_size, options.bad_day_posts, options.burst_times, options.rate_bounds)
    above = (options.rate_median, options.day_shape, options.mix_concentration, options.day_concentration)
    never = (options.rate_spread, options.weekend_spread, options.gaps_per_year, options.onset_after)
    short = options.days < options.onset_after + options.onset_before_end
    return [
        (options.people < 1 or options.days < 1, "people and days must be at least 1."),
        (bool(unknown), f"there is no emotion {unknown[:1]}; use some of {', '.join(EMOTIONS)}."),
        (not all(0 <= share <= 1 for share in shares), "shares lie between 0 and 1."),
        (told > _MOST_STORIES, "changes and decoys leave too few steady people: together at most nine in ten."),
        (len(options.mix) != len(EMOTIONS) or abs(sum(options.mix) - 1) > 1e-6, "the mix must add up to 1."),
        (not all(0 < low <= high for low, high in spans), "a range goes from a number above 0 to one not below it."),
        (max(options.size[1], options.mild_size[1]) > 1, "a change moves at most all posts: sizes end at 1."),
        (not all(value > 0 for value in above), "rates, shapes and concentrations must be above 0."),
        (min(never) < 0 or options.gap_days < 1, "spreads and gaps cannot be negative, and a gap lasts a day."),
        (options.onset_before_end < 1, "a change needs at least one day after its onset."),
        (short, "the days are fewer than those before and after an onset: give more --days."),
    ]
