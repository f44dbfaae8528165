"""The tables of the community as a whole, and of a day's tests, typed."""

from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, Date, SmallInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class CommunityHour(Base):
    """How everybody felt in an hour; a row per circle and log partition, so that workers never wait."""

    __tablename__ = "community_hours"
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    circle: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # of channels
    people: Mapped[int]  # who had a voice
    newcomers: Mapped[int]  # people whose first hour of the day (UTC) it was
    sums: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # of the voices, in thousandths


class CommunityState(Base):
    """What the detectors remember of everybody: one row. All hours before `through` were evaluated."""

    __tablename__ = "community_state"
    name: Mapped[str] = mapped_column(primary_key=True)
    through: Mapped[datetime]
    state: Mapped[bytes]


class CohortEpisode(Base):
    """A time in which everybody was moved: alerts about people from `since` to `until` are tagged with it."""

    __tablename__ = "cohort_episodes"
    alert_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    emotion: Mapped[str]
    at: Mapped[datetime]  # of the alert
    since: Mapped[datetime]
    until: Mapped[datetime]


class DayTest(Base):
    """A person's largest statistic of an open day under one rule, where it is worth keeping."""

    __tablename__ = "day_tests"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)  # name@version
    person: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    statistic: Mapped[float]
