"""Importing a file of labels: each row meets a fate, the good ones are stored, and all of it in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from storage.database import transaction
from storage.golden import Golden, add_golden, golden_labels
from storage.label_reading import KnownPost, Once, count_wordless, given_before, known_alerts, known_posts
from storage.labels import AT_ONCE, AlertVerdict, PostVerdict, add_alert_verdicts, add_post_verdicts
from storage.people import opted_out
from storage.points import ERASURE_LOCK
from stream.labelling.columns import GOLDEN, Defaults, FileRow, file_row
from stream.labelling.fates import ADDED, KNOWN, TWICE, Fates
from stream.labelling.files import Raw
from stream.labelling.judging import LabelRefused, judged
from stream.progress import Progress

IMPORT_LOCK = 7_404_013  # advisory: two imports of one file must not both think its rows new
Said = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an import goes by: the time it is, how far ahead a clock may be, how long words are kept."""

    defaults: Defaults
    now: datetime
    keep: timedelta
    ahead: timedelta = timedelta(minutes=10)
    strict: bool = False  # one refusal, and nothing is stored
    rehearse: bool = False  # nothing is stored


class Seen(NamedTuple):
    """What a labeller was shown of a model's opinion."""

    shown: str | None
    score: int | None
    model: str | None


class _NotStoredError(Exception):
    """Undoes an import that was only tried."""


def import_rows(engine: Engine, rows: Iterable[Raw], terms: Terms, bar: Progress) -> Fates:
    """Store what can be stored; a failure on the way leaves nothing of the file behind."""
    fates = Fates()
    try:
        with transaction(engine) as connection:
            _Import(connection, terms, fates).run(rows, bar)
            if terms.rehearse or (terms.strict and fates.refused):
                raise _NotStoredError
    except _NotStoredError:
        pass
    fates.rows.sort()
    return fates


@dataclass
class _Around:
    """What the database says about the posts and alerts of some rows."""

    posts: dict[str, KnownPost]
    alerts: set[str]
    given: dict[Once, Said]
    out: set[str]


@dataclass
class _Import:
    """One file on its way in."""

    connection: Connection
    terms: Terms
    fates: Fates
    said: dict[Once, Said] = field(default_factory=dict)  # earlier in the file
    golden: dict[str, str] = field(default_factory=dict)

    def run(self, rows: Iterable[Raw], bar: Progress) -> None:
        locks = "SELECT pg_advisory_xact_lock(:import), pg_advisory_xact_lock_shared(:erasure)"
        self.connection.execute(text(locks), {"import": IMPORT_LOCK, "erasure": ERASURE_LOCK})
        self.golden = golden_labels(self.connection)
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            self._store(list(self._readable(some)))
            bar.advance(len(some))

    def _readable(self, rows: Iterable[Raw]) -> Iterator[FileRow]:
        for row in rows:
            try:
                yield self._read(row)
            except LabelRefused as refusal:
                self.fates.add(row.line, refusal.fate, str(refusal))

    def _read(self, row: Raw) -> FileRow:
        if row.broken:
            raise LabelRefused("unreadable", f"{row.broken}.")
        found = file_row(row.line, row.cells, self.terms.defaults)
        if found.at > self.terms.now + self.terms.ahead:
            raise LabelRefused("future", "the verdict is from the future: correct its time, or this clock.")
        return found

    def _store(self, rows: list[FileRow]) -> None:
        around = self._around(rows)
        posts, alerts = [], []
        for row in rows:
            try:
                verdict = self._verdict(row, around)
            except LabelRefused as refusal:
                self.fates.add(row.line, refusal.fate, str(refusal))
                continue
            if isinstance(verdict, PostVerdict):
                posts.append(verdict)
            elif isinstance(verdict, AlertVerdict):
                alerts.append(verdict)
        add_post_verdicts(self.connection, posts, self.terms.now, self.terms.keep)
        add_alert_verdicts(self.connection, alerts)
        agreed_to = [verdict.key for verdict in posts if verdict.consent]
        self.fates.wordless += count_wordless(self.connection, agreed_to)

    def _around(self, rows: list[FileRow]) -> _Around:
        keys = [row.key for row in rows if not row.alert]
        ids = [row.key for row in rows if row.alert]
        people = {row.person for row in rows if row.person}
        return _Around(
            known_posts(self.connection, keys),
            known_alerts(self.connection, ids),
            given_before(self.connection, keys, ids),
            opted_out(self.connection, people),
        )

    def _verdict(self, row: FileRow, around: _Around) -> PostVerdict | AlertVerdict | None:
        """What is to be stored of a row, whose fate is noted; nothing where it is there already."""
        if row.person in around.out:
            raise LabelRefused("opted-out", "its author asked not to be read: nothing about them is kept.")
        if row.alert:
            return self._about_alert(row, around)
        post = around.posts.get(row.key)
        if post is None:
            raise LabelRefused("unknown-post", "there is no such post: it was never stored, or its author has left.")
        if row.verdict == GOLDEN:
            self._agree(row)
            return None
        made = post_verdict(row, post)
        return made if self._is_new(row, (made.verdict, made.emotion), around) else None

    def _about_alert(self, row: FileRow, around: _Around) -> AlertVerdict | None:
        if row.key not in around.alerts:
            raise LabelRefused("unknown-alert", "there is no such alert: it was never raised here, or was erased.")
        if row.verdict in (None, GOLDEN):
            raise LabelRefused("unknown-verdict", "an alert is right, wrong, unsure or skip: write one of them.")
        made = alert_verdict(row)
        return made if self._is_new(row, (made.verdict, made.emotion), around) else None

    def _is_new(self, row: FileRow, said: Said, around: _Around) -> bool:
        once = (row.key, row.labeller, row.at)
        before = self.said.get(once)
        earlier = before if before is not None else around.given.get(once)
        if earlier is not None and not _same(row, said, earlier):
            raise LabelRefused(
                "differs", "the same labeller said something else at that very moment: correct its time."
            )
        if earlier is not None:
            self.fates.add(row.line, TWICE if before is not None else KNOWN)
            return False
        self.said[once] = said
        self.fates.add(row.line, ADDED)
        return True

    def _agree(self, row: FileRow) -> None:
        assert row.emotion is not None
        agreed = self.golden.get(row.key)
        if agreed not in (None, row.emotion):
            raise LabelRefused("differs", "another label was agreed on: `tideline label golden remove` takes it away.")
        if agreed is None:
            add_golden(self.connection, Golden(row.key, row.emotion, row.labeller, row.at, row.reason))
            self.golden[row.key] = row.emotion
        self.fates.add(row.line, ADDED if agreed is None else KNOWN)


def post_verdict(row: FileRow, post: KnownPost) -> PostVerdict:
    """The verdict of a row. What the file says the labeller was shown counts before what the post's point says."""
    if row.shown is not None:
        seen = Seen(row.shown, row.score, row.model)
    elif row.verdict == "right" and row.emotion not in (None, post.shown):
        seen = Seen(None, None, None)  # something else was shown, and nobody knows by which model
    else:
        seen = Seen(post.shown, post.score, post.model)
    confirmed = seen.shown or (row.emotion if row.verdict == "right" else None)
    verdict, emotion = judged(confirmed, row.verdict, row.emotion)
    return PostVerdict(
        row.key, verdict, emotion, row.labeller, row.at, row.reason, seen.shown, seen.score, seen.model, row.blind,
        row.queue, row.provenance, row.licence, row.consent,
    )  # fmt: skip


def alert_verdict(row: FileRow) -> AlertVerdict:
    assert row.verdict is not None
    return AlertVerdict(
        row.key, row.verdict, row.labeller, row.at, row.emotion, row.reason, row.queue, row.provenance, row.licence,
        row.consent,
    )  # fmt: skip


def _same(row: FileRow, said: Said, earlier: Said) -> bool:
    """A verdict that was made from the emotion alone may differ: another model may have scored the post since."""
    return said[1] == earlier[1] and (row.verdict is None or said[0] == earlier[0])
