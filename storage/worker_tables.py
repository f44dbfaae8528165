"""The table of live workers. One row per process; nothing in it is needed for correctness."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Integer, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class WorkerRow(Base):
    """What one worker process runs. It says so again every few seconds; a row that grows old is of a dead one."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    host: Mapped[str]
    pid: Mapped[int] = mapped_column(Integer)
    code: Mapped[str]
    rules: Mapped[str]  # version of the rules file as a whole
    rule_keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))  # name@version of each rule
    models: Mapped[dict[str, Any]]  # language → version
    challenger: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # how the one in shadow fares, if there is one
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
