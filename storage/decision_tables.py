"""The table of decisions about retrained models. Only ever added to; migration 0010 makes the database refuse else."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class ModelDecision(Base):
    """What a retraining found: a challenger beside the champion of its language, measured on the same rows."""

    __tablename__ = "model_decisions"
    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    champion: Mapped[str]  # versions
    challenger: Mapped[str]
    language: Mapped[str]
    verdict: Mapped[str]  # better, equal, worse
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    figures: Mapped[dict[str, Any]]
    labels_sha256: Mapped[str]  # of the labels that were eligible: the same again is nothing new
    __table_args__ = (Index("model_decisions_challenger", "challenger", "made_at"),)
