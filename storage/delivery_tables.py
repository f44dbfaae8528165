"""The tables of delivery, typed: where webhooks go, what is due to each endpoint, and how each attempt ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class EndpointRow(Base):
    """A receiver of webhooks. `url` is sealed; it is null for the endpoint that TIDELINE_WEBHOOK_URL names."""

    __tablename__ = "endpoints"
    name: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[bytes | None]
    host: Mapped[str]  # the only part of the address that is ever shown
    fingerprint: Mapped[str]  # keyed: tells that TIDELINE_WEBHOOK_URL changed, tells nobody what it is
    format: Mapped[str] = mapped_column(server_default="generic")  # generic, slack, discord, alertmanager
    audiences: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    least_severity: Mapped[str] = mapped_column(server_default="low")
    per_minute: Mapped[int | None]  # null: as fast as it takes them
    heartbeat_minutes: Mapped[int | None]  # null: wants none
    enabled: Mapped[bool] = mapped_column(server_default="true")
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None]
    report_at: Mapped[datetime | None]  # when to tell somebody that it was disabled; null: nothing to tell
    blocked_until: Mapped[datetime | None]  # it asked for a pause, or seems dead
    paced_until: Mapped[datetime | None]  # what its rate has promised away already
    heartbeat_at: Mapped[datetime | None]  # when the next is due
    failing_since: Mapped[datetime | None]  # first failure since the last success
    failures: Mapped[int] = mapped_column(server_default="0")  # in a row
    last_success_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EndpointSecret(Base):
    """A signing secret of an endpoint, sealed. Two sign while one is being replaced by the other."""

    __tablename__ = "endpoint_secrets"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    endpoint: Mapped[str] = mapped_column(ForeignKey("endpoints.name", ondelete="CASCADE"), index=True)
    secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]


class DeliveryRow(Base):
    """One message to one endpoint. `state`: pending, delivered, or failed (given up, kept for `recover`)."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[str]
    endpoint: Mapped[str] = mapped_column(ForeignKey("endpoints.name", ondelete="CASCADE"))
    kind: Mapped[str]
    audience: Mapped[str]
    severity: Mapped[str]
    subject: Mapped[str | None]  # messages about one subject arrive in order
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    claimed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("message_id", "endpoint", name="deliveries_message"),
        Index("deliveries_due", "endpoint", "id", postgresql_where="state = 'pending'"),
        Index("deliveries_order", "endpoint", "subject", "id", postgresql_where="state = 'pending'"),
        Index("deliveries_unsettled", "endpoint", postgresql_where="state <> 'delivered'"),  # what lies with whom
        Index("deliveries_subject", "subject"),
        Index("deliveries_created", "created_at"),
    )


class DeliveryAttempt(Base):
    """How one attempt ended: `status` is null when there was no answer, `said` is a cut of it."""

    __tablename__ = "delivery_attempts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    delivery: Mapped[int] = mapped_column(BigInteger, ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    said: Mapped[str]
    __table_args__ = (Index("delivery_attempts_at", "at"),)
