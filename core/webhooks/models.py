"""The inbox: every authenticated message of a provider, once, before anything is done about it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of
from core.sealing import SealedBytes


class EventStatus(StrEnum):
    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"
    DEAD = "dead"


class WebhookEvent(Base):
    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("source", "event_key"),
        CheckConstraint("source IN ('vapi', 'razorpay')", name="source"),
        CheckConstraint("status IN ('received', 'handled', 'ignored', 'dead')", name="status"),
        Index("ix_webhook_events_status_id", "status", "id"),
        Index("ix_webhook_events_session_id", "session_id"),
    )

    id: Mapped[str] = primary_id()
    source: Mapped[str] = mapped_column(String(20))
    event_key: Mapped[str] = mapped_column(String(200))
    """What makes the event one event, whatever bytes it comes in."""
    type: Mapped[str] = mapped_column(String(80))
    payload_sealed: Mapped[bytes] = mapped_column("payload", LargeBinary)
    status: Mapped[EventStatus] = mapped_column(word_of(EventStatus, 20))
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(200))
    session_id: Mapped[str | None] = mapped_column(String(40))
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]

    payload = SealedBytes()
