"""What rules would raise, with nothing written and nothing sent: on stored points, or on files never replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.rules import Rules
from alerts.types import Alert
from storage.database import transaction
from storage.overview import count_points
from storage.people import all_opt_outs
from stream.log_order import in_log
from stream.offline import Oracle, Outcome, Reads
from stream.progress import progress_bar
from stream.read_once import ReadOnce
from stream.replay_options import build_options
from stream.sequence import messages, survey
from stream.settings import Settings
from stream.stored import StoredAlerts, snapshot, stored_alerts
from stream.wiring import build_reader, lateness, open_engine

DAY = timedelta(days=1)


@dataclass(frozen=True)
class DryRun:
    """The alerts that would be raised, and the stretch of event time that was looked at."""

    alerts: Sequence[Alert]
    tags: Mapping[str, Mapping[str, Any]]  # by alert
    source: str
    posts: int
    repeats: int  # of these posts: what somebody said before, and retweets; no rule counts them
    first: datetime | None
    last: datetime | None

    def days(self, since: datetime | None, until: datetime | None) -> float:
        """The length of the stretch, or of the part between these."""
        if self.first is None or self.last is None:
            return 0.0
        begin = max(self.first, since) if since else self.first
        end = min(self.last, until) if until else self.last
        return max((end - begin) / DAY, 0.0)


def run_on_points(settings: Settings, plan: Sequence[Rules], *, quiet: bool) -> list[DryRun]:
    """A pass for each of these rules over one snapshot of the database; workers may go on meanwhile."""
    engine = open_engine(settings)
    with snapshot(engine) as connection:
        counted = count_points(connection)
        with progress_bar("trying", len(plan) * counted["people"], " people", show=False if quiet else None) as bar:
            found = [stored_alerts(connection, rules, settings.posts_topic, lateness(settings), bar) for rules in plan]
    engine.dispose()
    return [_on_points(each, counted) for each in found]


def _on_points(found: StoredAlerts, counted: Mapping[str, Any]) -> DryRun:
    stretch = counted["first"], counted["last"]
    return DryRun(found.alerts, found.tags, "stored points", counted["points"], counted["repeats"], *stretch)


def run_on_files(
    settings: Settings, plan: Sequence[Rules], files: tuple[str, ...], *, quiet: bool, **options: str
) -> list[DryRun]:
    """Score the posts of files as a worker would and apply the rules, with no broker; opt-outs are respected."""
    chosen = build_options(settings, **options)  # type: ignore[arg-type]
    found = survey(files, chosen)
    reader: Reads = build_reader(settings)
    if len(plan) > 1:
        reader = ReadOnce(reader)
    away = _away(settings)
    runs = []
    with progress_bar("trying", len(plan) * found.rows, show=False if quiet else None) as bar:
        for rules in plan:
            log = in_log(messages(files, chosen, surveyed=found, watch=bar.advance), settings.partitions)
            outcome = Oracle(reader, rules, settings.partitions, lateness(settings), away).run(log)
            runs.append(_run(outcome, ", ".join(files)))
    return runs


def _run(outcome: Outcome, source: str) -> DryRun:
    times = [point.sent_at for point in outcome.points.values()]
    alerts = list(outcome.alerts.values())
    repeats = sum(point.repeated or point.retweet for point in outcome.points.values())
    return DryRun(alerts, outcome.tags, source, len(times), repeats, min(times, default=None), max(times, default=None))


def _away(settings: Settings) -> frozenset[str]:
    """People who asked not to be read are not read here either, where a database knows of them."""
    if not settings.database_url:
        return frozenset()
    engine = open_engine(settings)
    with transaction(engine) as connection:
        return frozenset(all_opt_outs(connection))
