"""The operator's view of the whole, and the few things an operator does. Every verb is for admins alone."""

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select, text, union_all
from sqlalchemy.orm import InstrumentedAttribute, defer

from core.accounts.policy import require_admin
from core.accounts.types import Actor
from core.clock import utc_now
from core.db import Uow
from core.errors import NotFound
from core.ids import first_from
from core.interviews.models import InterviewSession
from core.interviews.reconciling import FORGOTTEN_AFTER
from core.interviews.rules import LONGEST_MINUTES
from core.interviews.types import SessionStatus
from core.ledger import proving
from core.notifications.models import Channel, MessageStatus, OutgoingMessage
from core.notifications.service import DELIVER
from core.operations.margins import margins
from core.operations.types import EventView, MessageView, MoneyView, Overview, Stuck, StuckPayment, StuckSession
from core.paging import Page, decode_cursor, page_of
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from core.privacy.audit import Action, note
from core.webhooks.models import EventStatus, WebhookEvent
from core.webhooks.service import HANDLE

K = TypeVar("K")
S = TypeVar("S")

STUCK_AFTER = timedelta(minutes=10)
LISTED = 100
UNDER_WAY = (SessionStatus.IN_PROGRESS, SessionStatus.PROCESSING)
LATELY = timedelta(days=1)
_JOBS = text(
    "SELECT task_name, status::text, count(*) FROM procrastinate_jobs "
    "WHERE status IN ('todo', 'doing', 'failed', 'aborted') GROUP BY 1, 2 ORDER BY 1, 2"
)


def overview(uow: Uow, actor: Actor) -> Overview:
    """What may need somebody, in numbers. Raises: Forbidden."""
    require_admin(actor)
    dead = select(func.count()).where(WebhookEvent.status == EventStatus.DEAD)
    unsent = select(func.count()).where(OutgoingMessage.status == MessageStatus.FAILED)
    ledger = proving.differences(uow)
    return Overview(
        dead_events=uow.session.execute(dead).scalar_one(),
        failed_jobs=sum(count for (_, status), count in _jobs(uow).items() if status in ("failed", "aborted")),
        stuck=_stuck_sessions(uow)[0] + _stuck_payments(uow)[0],
        unsent_messages=uow.session.execute(unsent).scalar_one(),
        differences=ledger.found,
        proven_long_ago=ledger.proven_long_ago,
    )


def stuck(uow: Uow, actor: Actor) -> Stuck:
    """What waits for longer than it should. Raises: Forbidden."""
    require_admin(actor)
    sessions, listed_sessions = _stuck_sessions(uow)
    payments, listed_payments = _stuck_payments(uow)
    return Stuck(sessions + payments, listed_sessions, listed_payments)


def jobs(uow: Uow, actor: Actor) -> dict[tuple[str, str], int]:
    """Counts by job and state, of those that are not done. Raises: Forbidden."""
    require_admin(actor)
    return _jobs(uow)


def events_by_state(uow: Uow, actor: Actor) -> dict[tuple[str, EventStatus], int]:
    """Counts by source and state, of those that are not done with and those that came lately. Raises: Forbidden."""
    require_admin(actor)
    row = WebhookEvent
    not_done = row.status.in_((EventStatus.RECEIVED, EventStatus.DEAD))
    return _by_state(uow, row.source, row.status, not_done, row.id >= first_from(utc_now() - LATELY, "evt"))


def messages_by_state(uow: Uow, actor: Actor) -> dict[tuple[Channel, MessageStatus], int]:
    """Counts by channel and state, of those that have not left and those of lately. Raises: Forbidden."""
    require_admin(actor)
    row = OutgoingMessage
    not_done = row.status.in_((MessageStatus.QUEUED, MessageStatus.FAILED))
    return _by_state(uow, row.channel, row.status, not_done, row.id >= first_from(utc_now() - LATELY, "msg"))


def money(uow: Uow, actor: Actor, *, dollar_price: int) -> MoneyView:
    """What stands on the accounts, and what was earned lately. `dollar_price` in minor units. Raises: Forbidden."""
    require_admin(actor)
    return MoneyView(tuple(proving.balances(uow)), margins(uow, dollar_price=dollar_price))


def _by_state(
    uow: Uow,
    kind: InstrumentedAttribute[K],
    state: InstrumentedAttribute[S],
    not_done: ColumnElement[bool],
    lately: ColumnElement[bool],
) -> dict[tuple[K, S], int]:
    """Counts of what is not done, and of what came lately: each by an index of its own, however much was ever done."""
    halves = union_all(select(kind, state).where(not_done), select(kind, state).where(~not_done, lately)).subquery()
    found = uow.session.execute(select(*halves.c, func.count()).group_by(*halves.c))
    return {(row[0], row[1]): row[2] for row in found}


def _jobs(uow: Uow) -> dict[tuple[str, str], int]:
    return {(name, status): count for name, status, count in uow.session.execute(_JOBS)}


def _stuck_sessions(uow: Uow) -> tuple[int, tuple[StuckSession, ...]]:
    """Under way and unchanged for longer than reconciliation would have left it: how many, and the longest of them.

    By the longest time an interview may take: its own is sealed, and cannot be counted by.
    """
    row = InterviewSession
    called, typed = row.vapi_call_id.is_not(None), row.vapi_call_id.is_(None)
    before = uow.now - STUCK_AFTER
    ran_over = before - timedelta(minutes=LONGEST_MINUTES)
    query = (
        select(func.count().over(), row.id, row.status, row.attempt, row.updated_at, row.vapi_call_id)
        .where(
            row.status.in_(UNDER_WAY),
            ((row.status == SessionStatus.PROCESSING) & (row.updated_at < before))
            | ((row.status == SessionStatus.IN_PROGRESS) & called & (row.updated_at < ran_over))
            | ((row.status == SessionStatus.IN_PROGRESS) & typed & (row.updated_at < ran_over - FORGOTTEN_AFTER)),
        )
        .order_by(row.updated_at)
        .limit(LISTED)
    )
    found = uow.session.execute(query).all()
    listed = tuple(
        StuckSession(session_id, status, attempt, since, call_id)
        for _, session_id, status, attempt, since, call_id in found
    )
    return (found[0][0] if found else 0), listed


def _stuck_payments(uow: Uow) -> tuple[int, tuple[StuckPayment, ...]]:
    """Authorised and not captured, or to be returned and not returned: how many, and the first of them."""
    row = InterviewPayment
    before = uow.now - STUCK_AFTER
    query = (
        select(func.count().over(), row.id, row.status, row.amount, row.currency, row.updated_at, row.refund_due_at)
        .where(
            ((row.status == PaymentStatus.PAID) & (row.refund_due_at < before))
            | ((row.status == PaymentStatus.AUTHORIZED) & (row.updated_at < before))
        )
        .order_by(row.id)
        .limit(LISTED)
    )
    found = uow.session.execute(query).all()
    listed = tuple(
        StuckPayment(payment_id, status, amount, currency, since=due or updated, refund_due=due is not None)
        for _, payment_id, status, amount, currency, updated, due in found
    )
    return (found[0][0] if found else 0), listed


def events_page(
    uow: Uow, actor: Actor, *, status: EventStatus | None = None, limit: int = 20, cursor: str | None = None
) -> Page[EventView]:
    """Providers' messages, newest first; what they say stays where it is.

    Raises: Forbidden, FieldProblem for a cursor that is none.
    """
    require_admin(actor)
    query = select(WebhookEvent).options(defer(WebhookEvent.payload_sealed, raiseload=True))
    if status:
        query = query.where(WebhookEvent.status == status)
    if before := decode_cursor(cursor):
        query = query.where(WebhookEvent.id < before)
    rows = uow.session.scalars(query.order_by(WebhookEvent.id.desc()).limit(limit + 1))
    return page_of([_event_view(row) for row in rows], limit, lambda item: item.event_id)


def _event_view(row: WebhookEvent) -> EventView:
    return EventView(
        event_id=row.id,
        source=row.source,
        type=row.type,
        status=row.status,
        attempts=row.attempts,
        outcome=row.outcome,
        session_id=row.session_id,
        received_at=row.received_at,
        handled_at=row.handled_at,
    )


def replay(uow: Uow, actor: Actor, event_id: str) -> EventView:
    """Have a message handled again; one that had its effect already has no second one.

    Raises: Forbidden, NotFound.
    """
    require_admin(actor)
    event = uow.session.get(WebhookEvent, event_id, with_for_update=True)
    if event is None:
        raise NotFound("event")
    note(uow, actor, Action.EVENT_REPLAYED, event_id)
    event.status = EventStatus.RECEIVED
    event.outcome = None
    event.handled_at = None
    uow.enqueue(HANDLE, event_id=event_id)
    return _event_view(event)


def messages(uow: Uow, actor: Actor, *, status: MessageStatus, limit: int = LISTED) -> list[MessageView]:
    """Mails and text messages in one state, newest first, without address or words. Raises: Forbidden."""
    require_admin(actor)
    unread = (OutgoingMessage.to_sealed, OutgoingMessage.facts_sealed)
    query = select(OutgoingMessage).options(*(defer(column, raiseload=True) for column in unread))
    query = query.where(OutgoingMessage.status == status).order_by(OutgoingMessage.id.desc())
    return [
        MessageView(row.id, row.channel, row.kind, row.status, row.created_at, row.sent_at)
        for row in uow.session.scalars(query.limit(limit))
    ]


def send_again(uow: Uow, actor: Actor, message_id: str) -> None:
    """Try a message that could not be sent once more. Raises: Forbidden, NotFound."""
    require_admin(actor)
    message = uow.session.get(OutgoingMessage, message_id, with_for_update=True)
    if message is None or message.status is not MessageStatus.FAILED:
        raise NotFound("message")
    note(uow, actor, Action.MESSAGE_SENT_AGAIN, message_id)
    message.status = MessageStatus.QUEUED
    uow.enqueue(DELIVER, message_id=message_id)
