"""The inbox. A message is authenticated over its raw bytes, stored once with the job that handles it, then answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, select

from core import sealing, tracing
from core.db import Uow
from core.ids import new_id
from core.jobs import with_trace
from core.ports.errors import MalformedMessage
from core.ports.voice import Incoming
from core.webhooks.models import EventStatus, WebhookEvent

if TYPE_CHECKING:
    from core.wiring import Greenroom

Source = Literal["vapi", "razorpay"]
HANDLE = "webhooks.handle_event"
_PAYLOAD = f"{WebhookEvent.__tablename__}.payload"
_STORE = """
    INSERT INTO webhook_events (id, source, event_key, type, payload, status, attempts, received_at)
    SELECT id, source, event_key, type, payload, 'received', 0, %(now)s
    FROM unnest(%(id)s::text[], %(source)s::text[], %(event_key)s::text[], %(type)s::text[], %(payload)b::bytea[])
        AS arrived (id, source, event_key, type, payload)
    ON CONFLICT (source, event_key) DO NOTHING
    RETURNING id
"""
"""One statement for any number of rows, in the driver's own words, since payloads go in binary (`%b`): as text each
would be escaped, which costs more than everything else here."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An authenticated message that is not stored yet."""

    source: Source
    incoming: Incoming
    raw: bytes
    along: Mapping[str, str] = field(default_factory=tracing.carried)
    """The trace of the request that brought it, which its job goes on with."""


def authenticated(greenroom: "Greenroom", source: Source, raw: bytes, headers: Mapping[str, str]) -> Arrival:
    """Whether a message is the provider's, and which event it is. Touches no store.

    Raises: BadSignature, MalformedMessage.
    """
    if source == "vapi":
        greenroom.voice.authenticate(raw, headers, greenroom.clock())
        return Arrival(source, greenroom.voice.identify(parse(source, raw)), raw)
    greenroom.payments.authenticate(raw, headers)
    return Arrival(source, greenroom.payments.identify(parse(source, raw), headers, raw), raw)


def parse(source: str, raw: bytes) -> dict[str, Any]:
    """Raises: MalformedMessage where the bytes are no JSON object."""
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise MalformedMessage(source, "the body is no JSON") from exc
    if not isinstance(message, dict):
        raise MalformedMessage(source, "the body is no JSON object")
    return message


def record(uow: Uow, source: Source, incoming: Incoming, raw: bytes) -> bool:
    """Store an event and queue its handler. Returns False when it was there already; then nothing is done."""
    return record_all(uow, [Arrival(source, incoming, raw)]) == 1


def record_all(uow: Uow, arrivals: Sequence[Arrival]) -> int:
    """Store events, each with the job that handles it. Returns how many were new.

    Rows go in by their keys' order: two processes that are sent the same events then wait for, not block, each other.
    """
    in_order = sorted(arrivals, key=lambda arrival: (arrival.source, arrival.incoming.key))
    rows = {new_id("evt"): arrival for arrival in in_order}
    ring = sealing.keyring()
    values = {
        "id": list(rows),
        "source": [arrival.source for arrival in rows.values()],
        "event_key": [arrival.incoming.key[:200] for arrival in rows.values()],
        "type": [arrival.incoming.type[:80] for arrival in rows.values()],
        "payload": [ring.seal_bytes(a.raw, bound_to=f"{_PAYLOAD}:{event_id}") for event_id, a in rows.items()],
        "now": uow.now,
    }
    new = uow.session.connection().exec_driver_sql(_STORE, values).scalars().all()
    uow.enqueue_all(HANDLE, [with_trace({"event_id": event_id}, rows[event_id].along) for event_id in new])
    return len(new)


def event_by_id(uow: Uow, event_id: str) -> WebhookEvent | None:
    return uow.session.get(WebhookEvent, event_id)


def close(uow: Uow, event_id: str, status: EventStatus, outcome: str) -> None:
    """Note how an event ended; one that was handled stays handled."""
    event = uow.session.scalars(select(WebhookEvent).where(WebhookEvent.id == event_id).with_for_update()).one_or_none()
    if event is None or event.status is EventStatus.HANDLED:
        return
    event.status = status
    event.outcome = outcome[:200]
    event.attempts += 1
    event.handled_at = uow.now


def forget(uow: Uow, session_id: str) -> None:
    """Remove the stored messages of an interview that is being erased."""
    uow.session.execute(delete(WebhookEvent).where(WebhookEvent.session_id == session_id))


def forget_old(uow: Uow, before: datetime) -> int:
    """Remove messages that came before a moment and are done with. Returns how many."""
    done = (EventStatus.HANDLED, EventStatus.IGNORED)
    statement = delete(WebhookEvent).where(WebhookEvent.received_at < before, WebhookEvent.status.in_(done))
    return len(uow.session.scalars(statement.returning(WebhookEvent.id)).all())


def empty(uow: Uow, event_id: str) -> None:
    """Forget what a message says that is about an interview which is gone: nobody could erase it later."""
    event = uow.session.get(WebhookEvent, event_id)
    if event is not None:
        event.payload = b"{}"


def belongs_to(uow: Uow, event_id: str, session_id: str) -> None:
    """Tie an event to the interview it is about, so that erasing one erases both."""
    event = uow.session.get(WebhookEvent, event_id)
    if event is not None:
        event.session_id = session_id
