"""The inbox. A message is authenticated over its raw bytes, stored once with the job that handles it, then answered."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from psycopg import OperationalError
from psycopg.types.json import Jsonb
from sqlalchemy import delete, select

from core import sealing, tracing
from core.crypto import Keyring
from core.db import LoopConnection, Uow
from core.ids import new_id
from core.jobs import as_queued, with_trace
from core.ports.errors import MalformedMessage
from core.ports.voice import Incoming
from core.webhooks.models import EventStatus, WebhookEvent

if TYPE_CHECKING:
    from core.wiring import Greenroom

Source = Literal["vapi", "razorpay"]
HANDLE = "webhooks.handle_event"
_PAYLOAD = f"{WebhookEvent.__tablename__}.payload"
_SEALED_ASIDE_BYTES = 1_000_000
"""More than this is sealed in a thread: a millisecond and more of the loop's time."""
_STORE = """
    WITH arrived AS (
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset(%(facts)s) AS (id text, source text, event_key text, type text, args jsonb),
            unnest(%(payloads)b::bytea[])
        ) AS rows (id, source, event_key, type, args, payload)
    ), new AS (
        INSERT INTO webhook_events (id, source, event_key, type, payload, status, attempts, received_at)
        SELECT id, source, event_key, type, payload, 'received', 0, %(now)s FROM arrived
        ON CONFLICT (source, event_key) DO NOTHING
        RETURNING id
    )
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW(%(queue)s, %(job)s, %(priority)s, NULL, NULL, args, NULL)::procrastinate_job_to_defer_v1
    ))
    FROM new JOIN arrived USING (id) HAVING count(*) > 0
"""
"""One statement, so one transaction, for any number of messages and the jobs of those that are new.

In the driver's own words, since payloads go in binary (`%b`): as text each would be escaped. Jobs are queued by the
function that the queue itself calls; its interface would take longer over each than everything else here.
"""


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
        incoming = greenroom.voice.recognise(raw) or greenroom.voice.identify(parse(source, raw))
        return Arrival(source, incoming, raw)
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


async def store(connection: LoopConnection, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Have events stored and committed, each with the job that handles it; what was there already is left as it is.

    Rows go in by their keys' order: two processes that are sent the same events then wait for, not block, each other.
    Raises: DataError where one of them holds what no database can, OperationalError where there is no database; then
    nothing is stored.
    """
    values = await _values(sorted(arrivals, key=lambda arrival: (arrival.source, arrival.incoming.key)), now)
    try:
        await connection.execute(_STORE, values)
    except OperationalError:
        if not connection.is_broken:
            raise
        # The database was started anew or failed over. If the first try was committed all the same, this finds it.
        await connection.execute(_STORE, values)


async def _values(arrivals: Sequence[Arrival], now: datetime) -> dict[str, Any]:
    ring = sealing.keyring()
    if ring.is_due:
        await asyncio.to_thread(ring.refresh)
    event_ids = [new_id("evt") for _ in arrivals]
    facts = [
        {
            "id": event_id,
            "source": arrival.source,
            "event_key": arrival.incoming.key[:200],
            "type": arrival.incoming.type[:80],
            "args": with_trace({"event_id": event_id}, arrival.along),
        }
        for event_id, arrival in zip(event_ids, arrivals, strict=True)
    ]
    if sum(len(arrival.raw) for arrival in arrivals) > _SEALED_ASIDE_BYTES:
        payloads = await asyncio.to_thread(_sealed, ring, event_ids, arrivals)
    else:
        payloads = _sealed(ring, event_ids, arrivals)
    return {"facts": Jsonb(facts), "payloads": payloads, "now": now, **as_queued(HANDLE)}


def _sealed(ring: Keyring, event_ids: Sequence[str], arrivals: Sequence[Arrival]) -> list[bytes]:
    return [
        ring.seal_bytes(arrival.raw, bound_to=f"{_PAYLOAD}:{event_id}")
        for event_id, arrival in zip(event_ids, arrivals, strict=True)
    ]


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


def forget_old(uow: Uow, before: datetime, limit: int) -> int:
    """Remove messages that came before a moment and are done with, the oldest first. Returns how many.

    So are those that were given up on: what they say may be about somebody who cannot be told from them.
    """
    done = (EventStatus.HANDLED, EventStatus.IGNORED, EventStatus.DEAD)
    old = select(WebhookEvent.id).where(WebhookEvent.received_at < before, WebhookEvent.status.in_(done))
    old = old.order_by(WebhookEvent.id).limit(limit)
    still_done = WebhookEvent.status.in_(done)  # asked again once its lock is had: it may just have been taken up anew
    statement = delete(WebhookEvent).where(WebhookEvent.id.in_(old), still_done).returning(WebhookEvent.id)
    return len(uow.session.scalars(statement).all())


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
