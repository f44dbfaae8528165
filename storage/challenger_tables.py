"""The tables of a challenger that scores in shadow. Numbers only, and nothing in them reaches anybody by itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Integer, SmallInteger, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


def _uuid(**options: Any) -> Mapped[str]:
    return mapped_column(Uuid(as_uuid=False), **options)


def _trial() -> Mapped[int]:
    return mapped_column(BigInteger, primary_key=True, autoincrement=False)


class ShadowTrial(Base):
    """One challenger that scores one share of the people. The newest is in hand while it has no end."""

    __tablename__ = "shadow_trials"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    challenger: Mapped[str]  # a version, with its precision
    share: Mapped[float]  # of the people, over 0 to 1
    transfer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # to the scale that the baselines are in
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class ShadowPoint(Base):
    """A post that both have scored, in thousandths."""

    __tablename__ = "shadow_points"
    person: Mapped[str] = _uuid(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[str] = _uuid(primary_key=True)
    trial: Mapped[int] = _trial()
    partition: Mapped[int] = mapped_column(SmallInteger)
    language: Mapped[str | None]
    champion: Mapped[str]  # the version that scored the post in `points`
    champion_scores: Mapped[list[int]]
    challenger_scores: Mapped[list[int]]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (Index("shadow_points_stored", "stored_at", postgresql_using="brin"),)


class ShadowState(Base):
    """What the rules remember of a person as the challenger sees them; it began as a copy of the real one."""

    __tablename__ = "shadow_states"
    person: Mapped[str] = _uuid(primary_key=True)
    trial: Mapped[int] = _trial()
    since: Mapped[datetime]  # start of the first hour that the challenger's rules heard
    through: Mapped[datetime]  # end of the last one
    heard: Mapped[int] = mapped_column(Integer)  # posts with a score of the challenger's
    missed: Mapped[int] = mapped_column(Integer)  # posts that it should have scored and did not
    state: Mapped[bytes]  # MessagePack, as in person_states
    __table_args__ = ({"postgresql_with": {"fillfactor": 70}},)


class ShadowAlert(Base):
    """What a rule would have raised had the challenger been in use. It has no outbox row and no case."""

    __tablename__ = "shadow_alerts"
    trial: Mapped[int] = _trial()
    id: Mapped[str] = _uuid(primary_key=True)  # that of the champion's alert, if that comes of the same hour
    person: Mapped[str] = _uuid(index=True)
    rule: Mapped[str]
    rule_version: Mapped[str]
    emotion: Mapped[str]
    at: Mapped[datetime]
    statistic: Mapped[float]
    threshold: Mapped[float]
    severity: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ShadowHour(Base):
    """Sums over shadow points; one row per log partition, so that workers never wait for each other."""

    __tablename__ = "shadow_hours"
    trial: Mapped[int] = _trial()
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    champion: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]
    posts: Mapped[int]
    agree: Mapped[int]  # posts whose best label is the same
    champion_sums: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    challenger_sums: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
