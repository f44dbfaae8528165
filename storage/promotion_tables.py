"""Promotions, how new models' scores are heard on the old scale, and what was measured for single people."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ForeignKey, Identity, Index, Integer, SmallInteger, Text, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class ModelPromotion(Base):
    """One change of the model in use. It is begun before the pointer moves and settled by what the pointer says."""

    __tablename__ = "model_promotions"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    kind: Mapped[str]  # promote, rollback, use
    model: Mapped[str]  # versions
    previous: Mapped[str]
    because: Mapped[str]
    forced: Mapped[bool] = mapped_column(Boolean)
    objections: Mapped[list[str]] = mapped_column(ARRAY(Text()))  # what would have stopped it without force
    decision: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    baselines: Mapped[str]  # transfer, rescore, kept
    state: Mapped[str] = mapped_column(server_default="begun")  # begun, done, undone
    settled_at: Mapped[datetime | None]
    __table_args__ = (Index("model_promotions_begun", "state", unique=True, postgresql_where="state = 'begun'"),)


class ModelTransfer(Base):
    """How detectors hear the scores of a model version in one language. Never changed while the version is used."""

    __tablename__ = "model_transfers"
    version: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    promotion: Mapped[int] = mapped_column(BigInteger, ForeignKey("model_promotions.id"))
    curves: Mapped[dict[str, Any]]  # by emotion, knots (own score, heard score) in thousandths, straight between
    figures: Mapped[dict[str, Any]]  # texts, where they come from, how far apart the models were
    people: Mapped[int] = mapped_column(Integer)  # how many have offsets of their own


class ModelOffset(Base):
    """What one person's scores are moved by after the curves, measured on texts of theirs that both models scored."""

    __tablename__ = "model_offsets"
    version: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    posts: Mapped[int] = mapped_column(Integer)
    offsets: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger()))  # thousandths, in the order of EMOTIONS
    __table_args__ = (Index("model_offsets_person", "person"),)
