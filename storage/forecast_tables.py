"""The table of forecasts: the newest of each subject, for people and dashboards to look at. No rule reads it."""

from datetime import date, datetime

from sqlalchemy import REAL, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class ForecastRow(Base):
    """What is expected of one emotion's mean score, 0 to 1, over `horizon` days that begin with `from_day`.

    `low80` to `high95` are for what will be seen, the `level_` ones for what lies behind it.
    """

    __tablename__ = "forecasts"
    subject_kind: Mapped[str] = mapped_column(primary_key=True)  # person, channel
    subject: Mapped[str] = mapped_column(primary_key=True)
    horizon: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # days: 1 or 7
    emotion: Mapped[str] = mapped_column(primary_key=True)
    from_day: Mapped[date]  # everything before it was looked at
    mean: Mapped[float] = mapped_column(REAL)
    median: Mapped[float] = mapped_column(REAL)
    low80: Mapped[float] = mapped_column(REAL)
    high80: Mapped[float] = mapped_column(REAL)
    low95: Mapped[float] = mapped_column(REAL)
    high95: Mapped[float] = mapped_column(REAL)
    level_low80: Mapped[float] = mapped_column(REAL)
    level_high80: Mapped[float] = mapped_column(REAL)
    level_low95: Mapped[float] = mapped_column(REAL)
    level_high95: Mapped[float] = mapped_column(REAL)
    posts: Mapped[int]  # behind it
    days: Mapped[int]  # with posts, behind it
    posts_a_day: Mapped[float] = mapped_column(REAL)  # for so many the interval is meant
    days_a_week: Mapped[float] = mapped_column(REAL)
    version: Mapped[str]  # of the fitted numbers
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # every run writes every row again: with room left on a page and no index on what changes, in place
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)
