"""A call as the stand-in keeps it."""

import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, Field

from sandbox.vapi.script import Place

UUID_TIME_BITS, UUID_RANDOM_BITS = 48, 74
MILLISECONDS = 1000


class RunSpec(BaseModel):
    """How the candidate of a played call answers, and how the call ends."""

    answers: list[str | None] | Literal["strong", "weak", "silent", "injection"]
    ended_reason: str | None = None
    drop_after: int | None = None
    realtime: bool = False


class Row(BaseModel):
    """Something that was said. Seconds count from the start of the call."""

    role: Literal["bot", "user"]
    text: str
    start: float
    seconds: float

    @property
    def end(self) -> float:
        return self.start + self.seconds


class Call(BaseModel):
    id: str = Field(default_factory=lambda: str(uuid7()))
    room: str = Field(default_factory=lambda: secrets.token_urlsafe(15))
    base_url: str
    """The sandbox's own address, as the creator of the call reached it."""
    assistant: dict[str, Any]
    """As it was sent: it is echoed."""
    overrides: dict[str, Any] | None = None
    created_at: datetime
    updated_at: datetime
    status: Literal["queued", "in-progress", "ended"] = "queued"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None
    rows: list[Row] = []
    place: Place = Field(default_factory=Place)
    run: RunSpec | None = None

    @property
    def is_over(self) -> bool:
        return self.status == "ended"

    @property
    def clock(self) -> float:
        """Seconds from the start to the end of what was said last."""
        return max((row.end for row in self.rows), default=0.0)

    @property
    def started(self) -> datetime:
        return self.started_at or self.created_at

    def at(self, seconds: float) -> datetime:
        return self.started + timedelta(seconds=seconds)


def uuid7() -> uuid.UUID:
    """Time-ordered, as Vapi's own ids are. Source: RFC 9562, 5.7."""
    milliseconds = time.time_ns() // 1_000_000 & (1 << UUID_TIME_BITS) - 1
    random = secrets.randbits(UUID_RANDOM_BITS)
    high = milliseconds << 16 | 7 << 12 | random >> 62
    low = 0b10 << 62 | random & (1 << 62) - 1
    return uuid.UUID(int=high << 64 | low)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(at: datetime) -> float:
    return round(at.timestamp() * MILLISECONDS, 3)
