"""The sums that dashboards show, typed: by hour or day of event time, and by minute of the clock.

Each has a row per log partition, so that workers never wait for each other. Scores are in thousandths. `people` are
different persons, counted when an hour has closed: a person's posts lie in one partition, so its rows add up.
"""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class DashboardPolicy(Base):
    """One row: how many people the smallest group has that is shown."""

    __tablename__ = "dashboard_policy"
    single: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default="true")
    k: Mapped[int] = mapped_column(server_default="5")
    __table_args__ = (CheckConstraint("single"), CheckConstraint("k >= 1"))


class _Sums:
    """What was posted: a row for each log partition."""

    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    posts: Mapped[int]
    scored: Mapped[int]
    people: Mapped[int]
    sums: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class _ModelSums(_Sums):
    """What a model version made of the posts in one language."""

    model: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    top: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # posts by their best score, in tenths
    leads: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # posts by the emotion that leads


class ChannelDay(_Sums, Base):
    """What was posted in a channel on a day (UTC)."""

    __tablename__ = "channel_days"
    channel: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[datetime] = mapped_column(primary_key=True)


class EveryoneHour(_Sums, Base):
    """What everybody posted in an hour."""

    __tablename__ = "everyone_hours"
    hour: Mapped[datetime] = mapped_column(primary_key=True)


class EveryoneDay(_Sums, Base):
    """What everybody posted on a day (UTC)."""

    __tablename__ = "everyone_days"
    day: Mapped[datetime] = mapped_column(primary_key=True)


class ModelHour(_ModelSums, Base):
    """What a model version made of the posts of an hour."""

    __tablename__ = "model_hours"
    hour: Mapped[datetime] = mapped_column(primary_key=True)


class ModelDay(_ModelSums, Base):
    """The same of a day (UTC)."""

    __tablename__ = "model_days"
    day: Mapped[datetime] = mapped_column(primary_key=True)


class Abstention(Base):
    """The posts of an hour that got no scores, and why."""

    __tablename__ = "abstentions"
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    posts: Mapped[int]
    people: Mapped[int]


class Throughput(Base):
    """What was stored within a minute of the clock, under the lowest partition of each batch."""

    __tablename__ = "throughput"
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    posts: Mapped[int]
    scored: Mapped[int]
    abstained: Mapped[int]
    late: Mapped[int]
    set_aside: Mapped[int]
    batches: Mapped[int]
    seconds: Mapped[float]  # all of them together
    slowest: Mapped[float]  # the seconds of the slowest batch
