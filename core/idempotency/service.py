"""A creating call that is repeated with the same key is answered as it was the first time, and does nothing again.

Only what was done is kept: a call that failed frees its key, so that repeating it is a new try. A call whose process
is killed between its effect and its answer is run again once its lock is over.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core import sealing
from core.db import Uow
from core.idempotency.errors import KeyReused
from core.idempotency.models import IdempotentCall

KEPT = timedelta(hours=24)
LOCKED = timedelta(seconds=90)
"""Longer than any creating call takes, its provider's timeouts and second tries included."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True)
class Answer:
    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Claim:
    """The right to do the call, until somebody else holds it to be lost."""

    call_id: str
    locked_until: datetime


def claim(uow: Uow, *, user_id: str, key: str, route: str, body: bytes) -> Claim | Answer | None:
    """Take a key for one call.

    Returns the claim to do it, the answer it had already, or None while the first call with it is in
    work: then ask again.

    Raises: KeyReused where the key belongs to another body or route.
    """
    _sweep(uow)
    fingerprint = _fingerprint(body)
    call_id = hashlib.sha256(f"{user_id}\n{key}".encode()).hexdigest()
    bound_to = f"{IdempotentCall.__tablename__}.fingerprint:{call_id}"
    statement = insert(IdempotentCall).values(
        id=call_id,
        user_id=user_id,
        route=route[:300],
        fingerprint=sealing.keyring().seal(fingerprint, bound_to=bound_to),
        created_at=uow.now,
        expires_at=uow.now + KEPT,
        locked_until=uow.now + LOCKED,
    )
    if uow.session.scalars(statement.on_conflict_do_nothing().returning(IdempotentCall.id)).one_or_none():
        return Claim(call_id, uow.now + LOCKED)
    call = uow.session.scalars(
        select(IdempotentCall).where(IdempotentCall.id == call_id).with_for_update()
    ).one_or_none()
    if call is None:
        return None  # freed between the two statements: whoever asks again gets it
    if call.expires_at <= uow.now:
        uow.session.delete(call)
        return None
    if call.route != route[:300] or call.fingerprint != fingerprint:
        raise KeyReused
    if call.status is not None:
        return Answer(call.status, call.media_type or "application/json", call.answer)
    if call.locked_until > uow.now:
        return None
    call.locked_until = uow.now + LOCKED
    return Claim(call_id, call.locked_until)


def keep(uow: Uow, mine: Claim, answer: Answer) -> None:
    """Store what the call was answered with. A claim that was lost meanwhile stores nothing."""
    call = _mine(uow, mine)
    if call is not None:
        call.status = answer.status
        call.media_type = answer.media_type[:100]
        call.answer = answer.body


def release(uow: Uow, mine: Claim) -> None:
    """Free the key of a call that failed. Safe to repeat."""
    call = _mine(uow, mine)
    if call is not None:
        uow.session.delete(call)


def _mine(uow: Uow, mine: Claim) -> IdempotentCall | None:
    query = (
        select(IdempotentCall)
        .where(IdempotentCall.id == mine.call_id, IdempotentCall.locked_until == mine.locked_until)
        .where(IdempotentCall.status.is_(None))
        .with_for_update()
    )
    return uow.session.scalars(query).one_or_none()


def _sweep(uow: Uow) -> None:
    """Remove some keys past their end; those that another sweep holds are left to it."""
    old = (
        select(IdempotentCall.id)
        .where(IdempotentCall.expires_at <= uow.now)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    uow.session.execute(delete(IdempotentCall).where(IdempotentCall.id.in_(old.scalar_subquery())))


def _fingerprint(body: bytes) -> str:
    """The same for the same JSON, however it is spaced and ordered."""
    try:
        canonical = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        canonical = body
    return hashlib.sha256(canonical).hexdigest()
