"""The tables of labels, typed: verdicts about posts and alerts, kept words, golden posts, and who is asked what."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger, UniqueConstraint, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class PostVerdictRow(Base):
    """One person's verdict about what a model made of a post. Only ever added to; the newest of a labeller counts."""

    __tablename__ = "post_verdicts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person: Mapped[str] = mapped_column(Uuid(as_uuid=False), index=True)  # who wrote the post
    sent_at: Mapped[datetime]  # of the post
    language: Mapped[str | None]
    verdict: Mapped[str]
    emotion: Mapped[str | None]  # what the post shows, confirmed or corrected
    reason: Mapped[str | None]
    labeller: Mapped[str]
    at: Mapped[datetime]  # of the verdict
    shown: Mapped[str | None]  # what the model put first
    score: Mapped[int | None] = mapped_column(SmallInteger)  # of that, in thousandths
    model: Mapped[str | None]
    blind: Mapped[bool] = mapped_column(server_default="false")  # the labeller did not see what the model said
    queue: Mapped[str]
    provenance: Mapped[str]
    licence: Mapped[str]
    consent: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        UniqueConstraint("key", "labeller", "at", name="post_verdicts_once"),
        CheckConstraint("verdict IN ('right', 'wrong', 'unsure', 'skip')", name="post_verdicts_verdict"),
        CheckConstraint("emotion IS NULL OR verdict IN ('right', 'wrong')", name="post_verdicts_emotion"),
        Index("post_verdicts_time", "at"),
    )


class AlertVerdictRow(Base):
    """One person's verdict about an alert, with what the alert said. Only ever added to."""

    __tablename__ = "alert_verdicts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    alert_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person: Mapped[str | None] = mapped_column(Uuid(as_uuid=False), index=True)  # whom the alert is about, if a person
    rule: Mapped[str]
    alert_emotion: Mapped[str]
    alert_at: Mapped[datetime]
    statistic: Mapped[float]
    threshold: Mapped[float]
    model: Mapped[str]
    verdict: Mapped[str]
    emotion: Mapped[str | None]  # what it was instead
    reason: Mapped[str | None]
    labeller: Mapped[str]
    at: Mapped[datetime]
    queue: Mapped[str]
    provenance: Mapped[str]
    licence: Mapped[str]
    consent: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        UniqueConstraint("alert_id", "labeller", "at", name="alert_verdicts_once"),
        CheckConstraint("verdict IN ('right', 'wrong', 'unsure', 'skip')", name="alert_verdicts_verdict"),
    )


class LabelText(Base):
    """The words of a judged post whose use was agreed to, apart from `post_texts` and with an expiry of its own."""

    __tablename__ = "label_texts"
    key: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    person: Mapped[str] = mapped_column(Uuid(as_uuid=False), index=True)
    text: Mapped[str]
    language: Mapped[str | None]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class GoldenPost(Base):
    """A post with an agreed label, by which labellers are measured."""

    __tablename__ = "golden_posts"
    key: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    person: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    emotion: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    reason: Mapped[str | None]


class LabelLease(Base):
    """Who is being asked about which post, so that two are not asked at once by accident."""

    __tablename__ = "label_leases"
    key: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    labeller: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    queue: Mapped[str]
    blind: Mapped[bool]
    until: Mapped[datetime]
