"""What a challenger's scores lead to: written in the batch's own transaction, and undone alone if it fails."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from alerts.rules import Rules
from alerts.types import Alert
from storage.challenger import Trial
from storage.challenger_points import Both, HourKey, ShadowScored, add_people, add_shadow_points, challenger_scores
from storage.challenger_states import (
    ShadowRun,
    copy_states,
    insert_shadow_alerts,
    lock_shadow_states,
    save_shadow_states,
)
from storage.points import NewPoint
from storage.waiting import WaitingInHour
from stream.challenger.chosen import is_chosen
from stream.hours import HOUR, apply_hour
from stream.transfers import Scale

Found = Mapping[str, Both]  # by key


@dataclass(frozen=True)
class Shadow:
    """One batch as the challenger saw it. `scores` are by post; those of posts that turn out to be known go nowhere."""

    trial: Trial
    rules: Rules
    languages: frozenset[str]
    scale: Scale
    scores: Mapping[str, tuple[int, ...]]
    failed: Callable[[Exception], None]

    def follow(self, connection: Connection, closing: Sequence[WaitingInHour], fresh: Mapping[str, NewPoint]) -> None:
        """Store the new points and let the hours that close pass the rules, as the champion's have just done.

        For the moment before the champion's states are saved, because people enter with what stands in them.
        `closing` is in the order in which hours are applied; nothing that is given is changed.
        """
        try:
            with connection.begin_nested():
                add_shadow_points(connection, self.trial.id, self._points(fresh))
                self._close(connection, [post for post in closing if self._is_chosen(post.person)])
        except (OperationalError, InterfaceError):
            raise  # of the database, not of the challenger: the whole batch is tried again
        except Exception as error:  # the batch goes on as if there were no challenger
            self.failed(error)

    def _is_chosen(self, person: str) -> bool:
        return is_chosen(self.trial.challenger, self.trial.share, person)

    def _points(self, fresh: Mapping[str, NewPoint]) -> list[ShadowScored]:
        """Late posts teach nobody, so there is nothing to compare in them."""
        known = ((fresh[key], scores) for key, scores in self.scores.items() if key in fresh)
        return [_point(point, scores) for point, scores in known if not point.late]

    def _close(self, connection: Connection, closing: Sequence[WaitingInHour]) -> None:
        found = challenger_scores(connection, self.trial.id, closing)
        runs = self._runs(connection, closing, found)
        alerts: list[Alert] = []
        people: Counter[HourKey] = Counter()
        for (person, hour), group in groupby(closing, key=lambda post: (post.person, post.hour)):
            posts = list(group)
            if person in runs:
                alerts += self._apply(runs[person], person, hour, posts, found)
                people.update(_counted(posts, found))
        save_shadow_states(connection, self.trial.id, runs)
        insert_shadow_alerts(connection, self.trial.id, alerts)
        add_people(connection, self.trial.id, people)

    def _runs(self, connection: Connection, closing: Sequence[WaitingInHour], found: Found) -> dict[str, ShadowRun]:
        """Whoever is in the trial, and whoever enters: with the first hour that holds a score of the challenger's."""
        runs = lock_shadow_states(connection, self.trial.id, {post.person for post in closing})
        entering: dict[str, datetime] = {}
        for post in closing:
            if post.person not in runs and post.key in found:
                entering.setdefault(post.person, post.hour)
        copy_states(connection, self.trial.id, entering)
        entered = lock_shadow_states(connection, self.trial.id, entering.keys())
        for person, run in entered.items():
            run.entered = entering[person]
        return runs | entered

    def _apply(
        self, run: ShadowRun, person: str, hour: datetime, posts: Sequence[WaitingInHour], found: Found
    ) -> list[Alert]:
        heard = sum(post.key in found for post in posts)
        if run.entered is not None and hour <= run.entered:  # what was posted before the trial is the champion's
            seen = [self._heard(post, found[post.key]) if post.key in found else post for post in posts]
        else:
            seen = [self._as_seen(post, found) for post in posts]
            run.missed += sum(self._should_score(post) for post in posts) - heard
        run.heard += heard
        applied = apply_hour(self.rules, person, run.state, seen)
        run.state, run.through = applied.state, hour + HOUR
        return applied.alerts if run.entered is None or hour >= run.entered else []

    def _should_score(self, post: WaitingInHour) -> bool:
        return post.scores is not None and post.language in self.languages

    def _as_seen(self, post: WaitingInHour, found: Found) -> WaitingInHour:
        """A post in a language that the challenger does not know keeps its score: the champion would go on with it."""
        if not self._should_score(post):
            return post
        return self._heard(post, found[post.key]) if post.key in found else post._replace(scores=None)

    def _heard(self, post: WaitingInHour, both: Both) -> WaitingInHour:
        version = self.trial.challenger
        return post._replace(scores=self.scale.heard(version, post.language, post.person, both.scores), model=version)


def _counted(posts: Sequence[WaitingInHour], found: Found) -> list[HourKey]:
    """The hour in which a person is counted, if both have scored anything of theirs."""
    both = next((post for post in posts if post.key in found), None)
    return [HourKey(both.hour, both.partition, found[both.key].champion)] if both else []


def _point(point: NewPoint, scores: tuple[int, ...]) -> ShadowScored:
    assert point.scores is not None
    return ShadowScored(
        person=point.person,
        sent_at=point.sent_at,
        key=point.key,
        partition=point.partition,
        language=point.language,
        champion=point.model,
        champion_scores=point.scores,
        challenger_scores=scores,
    )
