"""What people are told, and how."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

NoticeKind = Literal[
    "receipt",
    "report_ready",
    "refund",
    "redo",
    "failed",
    "invitation",
    "override",
    "comment",
    "assignment",
    "rescored",
    "reviewed",
    "password_reset",
    "confirm_address",
    "password_changed",
]


@dataclass(frozen=True)
class Notice:
    """One line of the in-app inbox."""

    notification_id: str
    kind: NoticeKind
    session_id: str | None
    facts: dict[str, Any]
    """Ids and numbers, for the words."""
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Preferences:
    """What somebody wants beside the inbox. `phone` in E.164 form."""

    mail: bool = True
    sms: bool = False
    phone: str | None = None
