"""The table of what arrived each day, as means over people, typed."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class DriftDay(Base):
    """One measure of one closed day (UTC), each person counted once, and whether it is unlike what it is held to."""

    __tablename__ = "drift_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # a language, or a language and an emotion
    people: Mapped[int]
    value: Mapped[float]
    spread: Mapped[float]  # standard deviation between people
    usual: Mapped[float | None]
    q: Mapped[float | None]  # of the day's tests
    drifted: Mapped[bool]
    told: Mapped[bool]  # it had not drifted in the days before
