"""What we need from a provider of voice calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from core.interviews.types import EndedBy, Patience


@dataclass(frozen=True)
class SpokenQuestion:
    """What the interviewer may say: the question and follow-ups, never what a good answer holds."""

    order: int
    text: str
    follow_ups: Sequence[str] = ()


@dataclass(frozen=True)
class CallPlan:
    session_id: str
    attempt: int
    candidate_name: str
    interview_title: str
    """E.g. "technical interview for a backend engineer"."""
    language: str
    questions: Sequence[SpokenQuestion]
    already_asked: Sequence[SpokenQuestion] = ()
    """Questions of an earlier attempt that need not be asked again."""
    max_seconds: int = 1800
    patience: Patience = Patience.NORMAL


@dataclass(frozen=True)
class CreatedCall:
    call_id: str
    web_call_url: str
    control_url: str | None


@dataclass(frozen=True)
class CallRow:
    """One row of a transcript, in the order it was said. Milliseconds count from the first row."""

    speaker: Literal["interviewer", "candidate"]
    text: str
    start_ms: int | None
    end_ms: int | None
    confidence: float | None
    """Mean word confidence, 0 to 1; none where the provider does not say."""


@dataclass(frozen=True)
class CallReport:
    """What is known of a call once it is over."""

    call_id: str
    ended_reason: str | None
    ended_by: EndedBy
    started_at: datetime | None
    ended_at: datetime | None
    rows: Sequence[CallRow]
    cost: float | None
    """US dollars."""
    recording_url: str | None
    """Good for minutes; copied at once."""
    session_ref: str | None
    """Our session's id as it came back in the call's metadata."""


@dataclass(frozen=True)
class CallConnected:
    call_id: str


@dataclass(frozen=True)
class CallEnded:
    """The call is over; its report follows or can be fetched."""

    call_id: str
    ended_reason: str | None
    ended_by: EndedBy


@dataclass(frozen=True)
class NotForUs:
    """A message that is kept and otherwise left alone."""

    type: str
    call_id: str | None = None
    """The call it is about: what it holds is erased with that call's interview."""


VoiceEvent = CallReport | CallConnected | CallEnded | NotForUs


@dataclass(frozen=True)
class CallState:
    """A call as the provider sees it now."""

    call_id: str
    status: Literal["waiting", "in_progress", "ended", "gone"]
    report: CallReport | None
    """Present once the call has ended and its transcript is ready."""


@dataclass(frozen=True)
class Incoming:
    """The identity of an authenticated message: `key` is the same for each delivery of one event."""

    key: str
    type: str


@dataclass(frozen=True)
class Recording:
    content: bytes
    media_type: str


class Voice(Protocol):
    def create_call(self, plan: CallPlan, *, webhook_url: str) -> CreatedCall:
        """Make a web call the browser can join.

        Raises: VoiceDown (the call may be tried again, or typed instead), VoiceRefused (our request is wrong).
        """
        ...

    def fetch_call(self, call_id: str) -> CallState:
        """Raises: VoiceDown, VoiceRefused."""
        ...

    def hang_up(self, call_id: str, control_url: str) -> None:
        """End a running call; one that is over already is no error. Raises: VoiceDown, VoiceRefused."""
        ...

    def delete_call(self, call_id: str) -> None:
        """Erase what the provider keeps of a call; one that is gone is no error. Raises: VoiceDown, VoiceRefused."""
        ...

    def fetch_recording(self, report: CallReport) -> Recording | None:
        """The call's audio, None where there is none. Raises: VoiceDown, VoiceRefused."""
        ...

    def authenticate(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        """Raises: BadSignature when the raw bytes do not carry our secret's signature (or nothing is configured)."""
        ...

    def recognise(self, raw: bytes) -> Incoming | None:
        """What `identify` says of a message, where that can be told from a look at its bytes; else None."""
        ...

    def identify(self, message: Mapping[str, Any]) -> Incoming:
        """What makes the message one event. Raises: MalformedMessage when it is none of the provider's."""
        ...

    def read(self, message: Mapping[str, Any]) -> VoiceEvent:
        """Translate a stored message. Never raises on fields that are missing or new."""
        ...
