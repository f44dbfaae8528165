"""The tables, typed. Migrations make them; a test holds the two together.

Scores are whole thousandths, so that sums are exact in any order.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
        list[int]: ARRAY(SmallInteger()),
    }


def _key(**options: Any) -> Mapped[str]:
    return mapped_column(Uuid(as_uuid=False), **options)


class PostKey(Base):
    """One row per post ever stored: what makes storing exactly once hold across the monthly partitions."""

    __tablename__ = "post_keys"
    key: Mapped[str] = _key(primary_key=True)
    sent_at: Mapped[datetime]


class Point(Base):
    """One post scored by one model version. Partitioned by month of event time; null scores: abstained."""

    __tablename__ = "points"
    sent_at: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[str] = _key(primary_key=True)
    person: Mapped[str] = _key()
    channel: Mapped[str | None]
    source: Mapped[str]
    language: Mapped[str | None]
    abstained: Mapped[str | None]  # why there are no scores: no_text, language
    scores: Mapped[list[int] | None]
    model: Mapped[str]
    partition: Mapped[int] = mapped_column(SmallInteger)
    late: Mapped[bool] = mapped_column(Boolean)
    retweet: Mapped[bool] = mapped_column(Boolean)  # somebody else's words
    repeated: Mapped[bool] = mapped_column(Boolean)  # the person's own words again
    digest: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    words: Mapped[int | None] = mapped_column(SmallInteger)  # for drift: models/drift/measuring.py
    unknown: Mapped[int | None] = mapped_column(SmallInteger)
    __table_args__ = (
        Index("points_person_time", "person", "sent_at"),
        {"postgresql_partition_by": "RANGE (sent_at)"},
    )


class PostText(Base):
    """The words of a post, apart from its point and with an expiry of their own."""

    __tablename__ = "post_texts"
    key: Mapped[str] = _key(primary_key=True)
    text: Mapped[str]
    expires_at: Mapped[datetime]
    # rows arrive in the order in which they expire, so a block range is index enough
    __table_args__ = (Index("post_texts_expiry", "expires_at", postgresql_using="brin"),)


class OptOut(Base):
    """People who asked not to be read. Checked before scoring; nothing of theirs is kept."""

    __tablename__ = "opt_outs"
    person: Mapped[str] = _key(primary_key=True)
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class PartitionProgress(Base):
    """How far each partition of the log has been read, in event time."""

    __tablename__ = "partition_progress"
    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    newest: Mapped[datetime | None]  # largest event time seen; the watermark is this less the allowance
    next_offset: Mapped[int] = mapped_column(BigInteger, default=0)  # for people to read, never to decide
    stored_at: Mapped[datetime | None]  # when the last batch was stored; as above


class WaitingPost(Base):
    """A post in a person's open hour. It leaves when the partition's watermark passes the hour."""

    __tablename__ = "waiting_posts"
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    person: Mapped[str] = _key(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[str] = _key(primary_key=True)
    digest: Mapped[int] = mapped_column(BigInteger)
    scores: Mapped[list[int] | None]
    language: Mapped[str | None]
    channel: Mapped[str | None]
    model: Mapped[str | None]


class WaitingChannelPost(Base):
    """A post in a channel's open five minutes. It leaves when every partition's watermark has passed them."""

    __tablename__ = "waiting_channel_posts"
    bucket: Mapped[datetime] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[str] = _key(primary_key=True)
    person: Mapped[str] = _key()
    scores: Mapped[list[int]]


class PersonState(Base):
    """What the detectors remember of one person: constant size, whatever the history."""

    __tablename__ = "person_states"
    person: Mapped[str] = _key(primary_key=True)
    state: Mapped[bytes]  # MessagePack; see storage/states.py
    __table_args__ = ({"postgresql_with": {"fillfactor": 70}},)


class ChannelState(Base):
    """What the detectors remember of one channel."""

    __tablename__ = "channel_states"
    channel: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[bytes]


class ChannelHour(Base):
    """Hourly sums per channel; one row per log partition, so that workers never wait for each other."""

    __tablename__ = "channel_hours"
    channel: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    posts: Mapped[int]
    scored: Mapped[int]
    people: Mapped[int] = mapped_column(server_default="0")  # see storage/rollup_tables.py
    sums: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    __table_args__ = (Index("channel_hours_hour", "hour"),)


class AlertRow(Base):
    """A rule was passed. Exists if and only if its outbox row does."""

    __tablename__ = "alerts"
    id: Mapped[str] = _key(primary_key=True)
    rule: Mapped[str]
    rule_version: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    emotion: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    statistic: Mapped[float]
    threshold: Mapped[float]
    severity: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    model: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]  # a rebuild no longer finds it
    tags: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # cohort; q, rank, tested: of its day
    __table_args__ = (
        Index("alerts_subject", "subject_kind", "subject", "at"),
        Index("alerts_created", "created_at"),
        ForeignKeyConstraint(
            ["id"],
            ["outbox.alert_id"],
            "alerts_have_outbox",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
    )


class OutboxRow(Base):
    """What becomes of an alert; storage/outbox.py lists the states."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    alert_id: Mapped[str] = _key()
    state: Mapped[str] = mapped_column(server_default="pending")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]  # when it was dispatched, silenced or put into a digest
    told_at: Mapped[datetime | None]  # when the first endpoint took it
    silence_id: Mapped[int | None] = mapped_column(BigInteger)
    budget_id: Mapped[str | None] = _key()  # whose digest it is in
    __table_args__ = (
        UniqueConstraint("alert_id", name="outbox_alert"),
        ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            "outbox_has_alert",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("outbox_created", "created_at"),
        Index("outbox_pending", "id", postgresql_where="state = 'pending'"),
        Index("outbox_silence", "silence_id", postgresql_where="state = 'silenced'"),
        Index("outbox_budget", "budget_id", postgresql_where="state = 'digested'"),
    )


class DeadLetter(Base):
    """A message set aside, with where it came from and why. The payload is for redrive, never for display."""

    __tablename__ = "dead_letters"
    id: Mapped[str] = _key(primary_key=True)
    reason: Mapped[str]
    advice: Mapped[str]
    digest: Mapped[str]
    topic: Mapped[str]
    partition: Mapped[int] = mapped_column(SmallInteger)
    log_offset: Mapped[int] = mapped_column(BigInteger)
    log_time: Mapped[datetime | None]
    file: Mapped[str | None]
    line: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[bytes]
    code: Mapped[str]
    model: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="open")  # open, redriven
    published: Mapped[bool] = mapped_column(default=False)
    set_aside_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        Index("dead_letters_unpublished", "id", postgresql_where="NOT published"),
        Index("dead_letters_set_aside", "set_aside_at", postgresql_include=["reason", "state"]),
    )
