"""The in-app inbox, the outbox that mails and text messages are sent from, and how somebody wants to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, primary_id, word_of
from core.sealing import SealedJson, SealedText


class Channel(StrEnum):
    MAIL = "mail"
    SMS = "sms"


class MessageStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    OFF = "off"
    """This installation sends none, or the person wants none: it stands in the inbox alone."""
    FAILED = "failed"


class Notification(Base):
    """Something a person is told once. `facts` carries ids and numbers, never what was said."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "subject_id"),
        Index("ix_notifications_user_id_id", "user_id", "id"),
    )

    id: Mapped[str] = primary_id()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OutgoingMessage(Base):
    """One mail or text message. The key makes it one, however often its cause is handled again."""

    __tablename__ = "outgoing_messages"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("channel IN ('mail', 'sms')", name="channel"),
        CheckConstraint("status IN ('queued', 'sent', 'off', 'failed')", name="status"),
        Index("ix_outgoing_messages_status_id", "status", "id"),
        Index("ix_outgoing_messages_user_id", "user_id"),
    )

    id: Mapped[str] = primary_id()
    key: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(word_of(Channel, 10))
    kind: Mapped[str] = mapped_column(String(40))
    to_sealed: Mapped[str] = mapped_column("to", Text)
    facts_sealed: Mapped[dict[str, Any]] = mapped_column("facts", JSONB)
    status: Mapped[MessageStatus] = mapped_column(word_of(MessageStatus, 10))
    message_id: Mapped[str | None] = mapped_column(String(200))
    """The carrier's."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    to = SealedText[str]()
    facts = SealedJson[dict[str, Any]]()


class NotificationPreference(Base):
    """What somebody wants beside the inbox. Receipts and refunds are always mailed."""

    __tablename__ = "notification_preferences"

    id: Mapped[str] = primary_id()
    """The user's id."""
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    mail: Mapped[bool] = mapped_column(default=True)
    sms: Mapped[bool] = mapped_column(default=False)
    phone_sealed: Mapped[str | None] = mapped_column("phone", Text)
    updated_at: Mapped[datetime]

    phone = SealedText[str | None]()
