"""A comparison as lines for a terminal."""

from collections.abc import Iterator

from models.labels import EMOTIONS
from stream.challenger.agreement import Agreement
from stream.challenger.comparison import Comparison, missed_share, verdict
from stream.challenger.rates import Interval, Rates


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Verdict first, then what it rests on."""
    yield from verdict(found)
    yield ""
    yield from _heading(found)
    if found.all is None:
        return
    for name, agreement in found.languages.items():
        yield from _agreement(name or "language unknown", agreement)
    yield from _alerts(found)
    yield from _judged(found)
    yield from _moved(found)


def _heading(found: Comparison) -> Iterator[str]:
    trial, exposed = found.trial, found.exposure
    until = f"until {trial.ended_at:%Y-%m-%d %H:%M}" if trial.ended_at else "still running"
    yield f"{trial.challenger}, {trial.share:.4g} of the people, since {trial.began_at:%Y-%m-%d %H:%M}, {until}"
    yield (
        f"{exposed.people:,} people, {exposed.days:,.1f} person-days, {exposed.heard:,} posts heard by its rules, "
        f"{missed_share(exposed):.1%} missed"
    )
    if trial.transfer:
        yield f"its scores are heard on the scale of the baselines ({', '.join(sorted(trial.transfer))})"
    if found.warm_up:
        yield f"alerts of each person's first {found.warm_up.days} days are left out: its own scale is new to the rules"


def _agreement(name: str, found: Agreement) -> Iterator[str]:
    yield f"{name}: {found.posts:,} posts, same label on {found.same:.1%} (kappa {found.kappa:.2f})"
    yield f"  {'':<10}{'mean shift':>11}{'correlation':>12}{'leads, champion':>17}{'challenger':>12}"
    for emotion in EMOTIONS:
        mine, theirs = found.mix[emotion]
        together = found.correlation[emotion]
        shown = "" if together is None else f"{together:.2f}"
        yield f"  {emotion:<10}{found.shift[emotion]:>+11.3f}{shown:>12}{mine:>17.1%}{theirs:>12.1%}"


def _alerts(found: Comparison) -> Iterator[str]:
    yield "alerts about people: by the champion alone, by both within three days, by the challenger alone"
    for name, rates in [*found.rules.items(), ("all", found.alerts)]:
        yield f"  {name:<24}{rates.only_champion:>6}{rates.both:>6}{rates.only_challenger:>6}   {_shown(rates)}"


def _shown(rates: Rates) -> str:
    sides = f"{_interval(rates.champion)} and {_interval(rates.challenger)} per 1,000 person-days"
    return f"{sides}, ratio {_interval(rates.ratio)}"


def _interval(found: Interval) -> str:
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _judged(found: Comparison) -> Iterator[str]:
    posts, alerts = found.posts_judged, found.alerts_judged
    if posts:
        yield (
            f"labelled posts: {posts['posts']:,}; right: champion {posts['champion']:.1%}, challenger "
            f"{posts['challenger']:.1%}; only one right: {posts['only_champion_right']} and "
            f"{posts['only_challenger_right']}, McNemar p = {posts['p']:.2g}"
        )
    if alerts:
        yield (
            f"judged alerts: of {alerts['right']} that were right the challenger also raised {alerts['right_kept']}, "
            f"of {alerts['wrong']} that were wrong {alerts['wrong_kept']}; what it raised alone nobody has seen"
        )


def _moved(found: Comparison) -> Iterator[str]:
    if found.moved:
        yield "people whose level differs most, beyond what it differs for everybody"
    for row in found.moved:
        yield f"  {row['person']}  {row['emotion']:<9}{row['beyond']:>+7.3f} over {row['posts']:,} posts"
