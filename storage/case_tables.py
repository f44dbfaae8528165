"""The tables of cases, their history, silences and the alert budget, typed."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class CaseRow(Base):
    """One matter for a moderator. Its id is that of the alert that opened it."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    rule: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    emotion: Mapped[str]
    severity: Mapped[str]  # the highest of its alerts
    state: Mapped[str] = mapped_column(server_default="open")
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    waiting_since: Mapped[datetime] = mapped_column(server_default=func.now())  # for somebody to claim it
    level: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # escalations while it waits
    escalations: Mapped[int] = mapped_column(Integer, server_default="0")  # ever; they name the messages
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("state IN ('open', 'claimed', 'escalated', 'closed')", name="cases_state"),
        CheckConstraint("(state = 'claimed') = (claimed_by IS NOT NULL)", name="cases_claimed"),
        CheckConstraint("(state = 'closed') = (reason IS NOT NULL)", name="cases_closed"),
        # a subject has one standing case of a rule at most
        Index("cases_standing", "rule", "subject_kind", "subject", unique=True, postgresql_where="state <> 'closed'"),
        Index("cases_waiting", "waiting_since", postgresql_where="state IN ('open', 'escalated')"),
        Index("cases_subject", "subject_kind", "subject"),
        Index("cases_opened", "opened_at"),
    )


class CaseAlertRow(Base):
    """Which alerts a case is about."""

    __tablename__ = "case_alerts"
    alert_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)


class CaseHistoryRow(Base):
    """Every change of a case. A trigger refuses to change or delete a row, but for the erasure of a person."""

    __tablename__ = "case_history"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    who: Mapped[str]
    event: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    note: Mapped[str | None]
    __table_args__ = (Index("case_history_at", "at"),)


class SilenceRow(Base):
    """Alerts of a subject, a rule, or both that nobody wants to hear of for a while."""

    __tablename__ = "silences"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    rule: Mapped[str | None]
    subject_kind: Mapped[str | None]
    subject: Mapped[str | None]
    author: Mapped[str]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("rule IS NOT NULL OR subject IS NOT NULL", name="silences_name_something"),
        CheckConstraint("(subject IS NULL) = (subject_kind IS NULL)", name="silences_subject"),
        CheckConstraint("expires_at > created_at", name="silences_end"),
    )


class AlertBudgetRow(Base):
    """One stretch of time, what was sent in it, and whether its page and its digest went out."""

    __tablename__ = "alert_budgets"
    # random, as messages are named by it: a receiver must not take them for those of another database
    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, server_default=func.gen_random_uuid())
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    sent: Mapped[int] = mapped_column(server_default="0")
    paged_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("starts", "ends", name="alert_budgets_period"),)
