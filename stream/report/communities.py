"""Communities: the mix of emotions over time, and anger in each channel."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from html import escape
from itertools import count

from models.labels import EMOTIONS
from storage.report import AlertLine, Slot
from stream.report.chart import Axis, Mark, Plot, day_axis, day_words, draw, share_axis
from stream.report.data import MOST_CHANNELS, ReportData
from stream.report.people import across, moment
from stream.report.smooth import daily

ANGER = EMOTIONS.index("anger")
STACKED = ("neutral", "joy", "love", "surprise", "sadness", "fear", "anger")  # calm at the bottom


def mix_chart(data: ReportData, names: "count[int]") -> str:
    """All channels together, day by day, as shares that add up to one."""
    days = _all_days(data)
    if len(days) < 2 or data.first is None or data.last is None:
        return "<p>There are too few days for a chart.</p>"
    plot, lower = Plot(), [(across(day, data), 0.0) for day in days]
    floor = dict.fromkeys(days, 0.0)
    for emotion in STACKED:
        column = EMOTIONS.index(emotion)
        for day, sums in days.items():
            floor[day] = min(floor[day] + sums[column] / (sum(sums) or 1.0), 1.0)
        upper = [(across(day, data), floor[day]) for day in days]
        plot.area(lower, upper, f"area {emotion}")
        lower = upper
    overall = [sum(sums[EMOTIONS.index(emotion)] for sums in days.values()) for emotion in STACKED]
    shares = {emotion: total / (sum(overall) or 1.0) for emotion, total in zip(STACKED, overall, strict=True)}
    words = ", ".join(f"{emotion} {share:.0%}" for emotion, share in reversed(shares.items()))
    keys = "".join(
        f'<li><span class="key {emotion}"></span>{emotion} {share:.0%}</li>'
        for emotion, share in reversed(shares.items())
    )
    chart = draw(
        names,
        plot,
        "Emotions over time",
        f"The mean share of each emotion by day, stacked to 100 %. Over the whole time: {words}.",
        up=Axis(tuple((place / 4, f"{place * 25} %") for place in range(5))),
        along=day_axis(data.first, data.last),
        look="tall",
    )
    return f'<ul class="legend">{keys}</ul>{chart}'


def _all_days(data: ReportData) -> dict[date, list[float]]:
    totals: dict[date, list[float]] = defaultdict(lambda: [0.0] * len(EMOTIONS))
    for slots in data.channels.values():
        for slot in slots:
            day = totals[slot.start.date()]
            for column, value in enumerate(slot.sums):
                day[column] += value
    return dict(sorted(totals.items()))


def channel_cards(data: ReportData, names: "count[int]") -> str:
    """Anger in each channel; those with alerts first, then the busiest."""
    raised: dict[str, list[AlertLine]] = defaultdict(list)
    for alert in data.alerts:
        if alert.subject_kind == "channel":
            raised[alert.subject].append(alert)
    named = {name: slots for name, slots in data.channels.items() if name}
    if not named:
        return "<p>No post names a channel.</p>"
    ranked = sorted(named, key=lambda name: (-len(raised[name]), -sum(slot.posts for slot in named[name]), name))
    shown = ranked[:MOST_CHANNELS]
    highest = _ceiling([value for name in shown for _, value in daily(named[name], ANGER)])
    cards = [_channel(name, named[name], raised[name], highest, data, names) for name in shown]
    more = f"<p>{len(ranked) - len(shown):,} quieter channels are not shown.</p>" if len(ranked) > len(shown) else ""
    return f'<div class="cards">{"".join(cards)}</div>{more}'


def _channel(
    name: str,
    slots: Sequence[Slot],
    alerts: Sequence[AlertLine],
    highest: float,
    data: ReportData,
    names: "count[int]",
) -> str:
    assert data.first is not None
    assert data.last is not None
    means = daily(slots, ANGER)
    plot = Plot()
    plot.line([(across(day, data), value / highest) for day, value in means], "line anger")
    places = [moment(alert.at, data) for alert in alerts]
    for place in places:
        plot.moment(place, "alert")
    top = max(means, key=lambda mean: mean[1], default=(data.first, 0.0))
    raised = f" {len(alerts)} alerts." if alerts else " No alert."
    chart = draw(
        names,
        plot,
        f"Anger in {name}",
        f"Mean anger by day, highest {top[1]:.0%} on {day_words(top[0], True)}.{raised}",
        up=share_axis(highest),
        along=day_axis(data.first, data.last),
        marks=[Mark(place, "▼") for place in places],
        look="short",
    )
    close = "".join(_close_up(alert, data.close_ups[alert.id], names) for alert in alerts if alert.id in data.close_ups)
    posts = sum(slot.posts for slot in slots)
    return (
        f'<article class="card"><h3>{escape(name)}</h3><p class="label"><span class="key anger"></span>'
        f"Anger by day, mean score of {posts:,} posts</p>{chart}{close}</article>"
    )


def _close_up(alert: AlertLine, hours: Sequence[Slot], names: "count[int]") -> str:
    """The hours around one alert: how much anger, from how many posts."""
    if not hours:
        return ""
    first, last = hours[0].start, hours[-1].start + timedelta(hours=1)
    span = max((last - first).total_seconds(), 3600.0)
    most = max(slot.posts for slot in hours)
    width = 3600 / span
    plot = Plot()
    lefts = [((slot.start - first).total_seconds() / span, slot) for slot in hours]
    plot.bars([(left, width * 0.85, slot.posts / most) for left, slot in lefts], "bar posts")
    plot.bars([(left, width * 0.85, slot.sums[ANGER] / most) for left, slot in lefts], "bar anger")
    at = min(max((alert.at - first).total_seconds() / span, 0.0), 1.0)
    plot.moment(at, "alert")
    when = alert.at.astimezone(UTC)
    angry = max(hours, key=lambda slot: slot.sums[ANGER])
    return (
        f'<p class="label"><span class="key posts"></span>Posts an hour, <span class="key anger"></span>'
        f"of them anger, around {day_words(when.date())}, {when:%H:%M} UTC</p>"
        + draw(
            names,
            plot,
            f"Hours around the alert in {alert.subject}",
            f"Posts an hour with the summed anger score in them; the angriest hour has {angry.posts} posts "
            f"with a mean of {angry.sums[ANGER] / angry.posts:.0%}.",
            up=Axis(((0.0, "0"), (1.0, str(most)))),
            along=_hour_axis(first, last),
            marks=[Mark(at, "▼")],
            look="short",
        )
    )


def _hour_axis(first: datetime, last: datetime) -> Axis:
    """Noon as a time and midnight as the day it begins, away from the edges."""
    span = (last - first).total_seconds()
    hours = [(first + timedelta(hours=number)).astimezone(UTC) for number in range(int(span // 3600))]
    return Axis(
        tuple(
            ((hour - first).total_seconds() / span, f"{hour:%H:%M}" if hour.hour else day_words(hour.date()))
            for hour in hours
            if hour.hour % 12 == 0 and 0.1 < (hour - first).total_seconds() / span < 0.9
        )
    )


def _ceiling(values: Sequence[float]) -> float:
    return min(1.0, max(0.2, -(-max(values, default=0.0) * 10 // 1) / 10))
