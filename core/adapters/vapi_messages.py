"""Reading what Vapi says, in every shape it has been seen in. Nothing here raises on a field that is missing or new."""

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from core.interviews.types import EndedBy
from core.ports.errors import MalformedMessage
from core.ports.voice import CallConnected, CallEnded, CallReport, CallRow, CallState, Incoming, NotForUs, VoiceEvent

FINISHED = ("assistant-ended-call", "assistant-said-end-call-phrase")
LEFT = ("customer-ended-call", "manually-canceled", "call-deleted", "scheduled-call-deleted", "hangup")
TIME = ("exceeded-max-duration", "silence-timed-out")
NEVER_CONNECTED = (
    "customer-did-not-give-microphone-permission",
    "call.in-progress.error-assistant-did-not-receive-customer-audio",
    "assistant-join-timed-out",
    "customer-did-not-answer",
    "customer-busy",
    "call.start.",
    "call-start-",
    "assistant-request-",
    "assistant-not-",
)
SPEAKERS: dict[str, Literal["interviewer", "candidate"]] = {
    "bot": "interviewer",
    "assistant": "interviewer",
    "user": "candidate",
    "customer": "candidate",
}
FLAT_SPEAKERS: dict[str, Literal["interviewer", "candidate"]] = {"AI": "interviewer", "User": "candidate"}
JOIN_MS = 4000
"""Rows of one speaker closer than this are one turn that the provider split."""


def ended_by(reason: str | None) -> EndedBy:
    """Group an open list of reasons by prefix; what is new and unknown is not the candidate's fault."""
    text = reason or ""
    for prefixes, group in (
        (FINISHED, EndedBy.FINISHED),
        (LEFT, EndedBy.CANDIDATE_LEFT),
        (TIME, EndedBy.TIME),
        (NEVER_CONNECTED, EndedBy.NEVER_CONNECTED),
    ):
        if text.startswith(prefixes):
            return group
    return EndedBy.OUR_FAULT


class _Call(TypedDict):
    id: str


class _Message(TypedDict):
    type: Literal["end-of-call-report", "status-update"]
    call: _Call
    status: NotRequired[str | None]


class _Body(TypedDict):
    message: _Message


_BODY = TypeAdapter(_Body)


def recognise(raw: bytes) -> Incoming | None:
    """The identity that `identify` gives to the usual messages of a call, without taking apart what was said in it;
    None where it takes more."""
    try:
        message = _BODY.validate_json(raw)["message"]
    except ValidationError:
        return None
    return identify({"message": message}) if message["call"]["id"] else None


def identify(body: Mapping[str, Any]) -> Incoming:
    """Raises: MalformedMessage."""
    message = body.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise MalformedMessage("vapi", "there is no message with a type")
    kind = message["type"]
    call_id = _call_id(message)
    if call_id and kind == "end-of-call-report":
        return Incoming(f"{call_id}:{kind}", kind)
    if call_id and kind == "status-update":
        return Incoming(f"{call_id}:{kind}:{message.get('status')}", kind)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return Incoming(f"{call_id or 'none'}:{kind}:{digest}", kind)


def read_message(body: Mapping[str, Any]) -> VoiceEvent:
    message = _dict(body.get("message"))
    kind = str(message.get("type"))
    call_id = _call_id(message)
    if call_id is None:
        return NotForUs(kind)
    if kind == "end-of-call-report":
        return _report(call_id, message)
    if kind == "status-update" and message.get("status") == "in-progress":
        return CallConnected(call_id)
    if kind == "status-update" and message.get("status") == "ended":
        reason = _text(message.get("endedReason"))
        return CallEnded(call_id, reason, ended_by(reason))
    return NotForUs(kind, call_id)


def read_call(call_id: str, body: Mapping[str, Any]) -> CallState:
    """A call as GET /call/{id} gives it: the same fields without the wrapper."""
    status = body.get("status")
    if status == "ended":
        report = _report(call_id, body)
        return CallState(call_id, "ended", report if _is_ready(report, body) else None)
    if status in ("in-progress", "forwarding"):
        return CallState(call_id, "in_progress", None)
    if status in ("not-found", "deletion-failed"):
        return CallState(call_id, "gone", None)
    return CallState(call_id, "waiting", None)


def _is_ready(report: CallReport, body: Mapping[str, Any]) -> bool:
    """Whether what was said in a call that ended is there, which takes the provider a while.

    Whatever ended a call that began, there is at least the row of the interviewer's instructions; for one that never
    began there is nothing to wait for.
    """
    if report.started_at is None or report.ended_by is EndedBy.NEVER_CONNECTED:
        return True
    return bool(report.rows or _dict(body.get("artifact")).get("messages"))


def _report(call_id: str, source: Mapping[str, Any]) -> CallReport:
    artifact = _dict(source.get("artifact"))
    reason = _text(source.get("endedReason"))
    cost = source.get("cost")
    return CallReport(
        call_id=call_id,
        ended_reason=reason,
        ended_by=ended_by(reason),
        started_at=_time(source.get("startedAt")),
        ended_at=_time(source.get("endedAt")),
        rows=_rows(source, artifact),
        cost=float(cost) if isinstance(cost, int | float) and math.isfinite(cost) else None,
        recording_url=_recording(source, artifact),
        session_ref=_session_ref(source),
    )


def _rows(source: Mapping[str, Any], artifact: Mapping[str, Any]) -> tuple[CallRow, ...]:
    """artifact.messages, else message.messages, else the OpenAI form, else the flat transcript as the last resort."""
    for candidate in (
        artifact.get("messages"),
        source.get("messages"),
        artifact.get("messagesOpenAIFormatted"),
        source.get("messagesOpenAIFormatted"),
    ):
        rows = _merged(_read_rows(candidate))
        if rows:
            return rows
    return _from_flat(_text(artifact.get("transcript")) or _text(source.get("transcript")) or "")


def _read_rows(messages: Any) -> list[CallRow]:
    rows: list[CallRow] = []
    first: float | None = None
    for message in messages if isinstance(messages, list) else []:
        row = _dict(message)
        speaker = SPEAKERS.get(str(row.get("role")))
        text = _text(row.get("message")) or _text(row.get("content"))
        if speaker is None or not text or not text.strip():
            continue
        start, end = _milliseconds(row.get("time")), _milliseconds(row.get("endTime"))
        if start is None and isinstance(row.get("secondsFromStart"), int | float):
            start = float(row["secondsFromStart"]) * 1000
        if start is not None and first is None:
            first = start
        rows.append(CallRow(speaker, text.strip(), _since(start, first), _since(end, first), _confidence(row)))
    return rows


def _since(at: float | None, first: float | None) -> int | None:
    return None if at is None or first is None else max(0, round(at - first))


def _merged(rows: list[CallRow]) -> tuple[CallRow, ...]:
    """Consecutive rows of one speaker that follow closely are one turn."""
    merged: list[CallRow] = []
    for row in rows:
        last = merged[-1] if merged else None
        gap = None if last is None or last.end_ms is None or row.start_ms is None else row.start_ms - last.end_ms
        if last is not None and last.speaker == row.speaker == "candidate" and (gap is None or gap < JOIN_MS):
            known = [c for c in (last.confidence, row.confidence) if c is not None]
            merged[-1] = CallRow(
                row.speaker,
                f"{last.text} {row.text}",
                last.start_ms,
                row.end_ms if row.end_ms is not None else last.end_ms,
                sum(known) / len(known) if known else None,
            )
        else:
            merged.append(row)
    return tuple(merged)


def _from_flat(transcript: str) -> tuple[CallRow, ...]:
    rows: list[CallRow] = []
    for line in transcript.splitlines():
        name, colon, text = line.partition(": ")
        speaker = FLAT_SPEAKERS.get(name) if colon else None
        if speaker is not None:
            rows.append(CallRow(speaker, text.strip(), None, None, None))
        elif rows and line.strip():
            last = rows[-1]
            rows[-1] = CallRow(last.speaker, f"{last.text} {line.strip()}", None, None, None)
    return tuple(row for row in rows if row.text)


def _confidence(row: Mapping[str, Any]) -> float | None:
    """Mean word confidence, from the places where it has been seen."""
    metadata = _dict(row.get("metadata"))
    words = metadata.get("wordLevelConfidence") or metadata.get("wordLevelMetadata") or metadata.get("words")
    values = [
        float(value)
        for word in (words if isinstance(words, list) else [])
        if isinstance(value := _dict(word).get("confidence"), int | float) and 0 <= value <= 1
    ]
    return sum(values) / len(values) if values else None


def _recording(source: Mapping[str, Any], artifact: Mapping[str, Any]) -> str | None:
    recording = artifact.get("recording")
    mono = _dict(_dict(recording).get("mono")).get("combinedUrl")
    for url in (
        artifact.get("presignedMonoUrl"),
        mono,
        artifact.get("recordingUrl"),
        source.get("recordingUrl"),
        recording,
    ):
        if isinstance(url, str) and url.startswith("http"):
            return url
    return None


def _session_ref(source: Mapping[str, Any]) -> str | None:
    call = _dict(source.get("call"))
    for place in (call.get("assistant"), call.get("assistantOverrides"), call, source.get("assistant"), source):
        found = _dict(_dict(place).get("metadata")).get("session_id")
        if isinstance(found, str):
            return found
    return None


def _call_id(message: Mapping[str, Any]) -> str | None:
    for place in (
        _dict(message.get("call")).get("id"),
        message.get("callId"),
        _dict(message.get("chat")).get("callId"),
    ):
        if isinstance(place, str) and place:
            return place[:64]
    return None


def _time(value: Any) -> datetime | None:
    milliseconds = _milliseconds(value)
    try:
        return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _milliseconds(value: Any) -> float | None:
    """Epoch milliseconds, from a number or from an ISO string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
