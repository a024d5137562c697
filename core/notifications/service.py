"""Telling people something, once: inbox row, outbox row and job in the same transaction as what it is about."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core import sealing
from core.accounts import service as accounts
from core.accounts.types import Actor
from core.db import Count, Uow
from core.errors import FieldProblem
from core.i18n import N_
from core.ids import new_id
from core.notifications.models import (
    Channel,
    MessageStatus,
    Notification,
    NotificationPreference,
    OutgoingMessage,
)
from core.notifications.types import Notice, NoticeKind, Preferences
from core.paging import Page, decode_cursor, page_of

DELIVER = "notifications.deliver"
ALWAYS_MAILED: frozenset[NoticeKind] = frozenset(("receipt", "refund", "failed", "password_changed"))
"""About money, and who can get in: not to be switched off."""
TEXTED: frozenset[NoticeKind] = frozenset(("report_ready", "refund", "redo", "failed"))
_PHONE = re.compile(r"\+[1-9]\d{7,14}")


def tell(uow: Uow, user_id: str, kind: NoticeKind, subject_id: str, facts: dict[str, Any]) -> None:
    """Tell somebody of a subject unless they were told before: in the inbox, by mail, by text message if they want it.

    `facts` hold ids and numbers only.
    """
    statement = insert(Notification).values(
        id=new_id("ntf"), user_id=user_id, kind=kind, subject_id=subject_id, facts=facts, created_at=uow.now
    )
    fresh = uow.session.scalar(
        statement.on_conflict_do_nothing(index_elements=["user_id", "kind", "subject_id"]).returning(Notification.id)
    )
    if fresh is None:
        return
    wants = _preferences(uow, user_id)
    key = f"{user_id}.{kind}.{subject_id}"
    if wants.mail or kind in ALWAYS_MAILED:
        post(uow, key=f"{key}.mail", channel=Channel.MAIL, to=accounts.email_of(uow, user_id), kind=kind, facts=facts,
             user_id=user_id)  # fmt: skip
    if wants.sms and wants.phone and kind in TEXTED:
        post(uow, key=f"{key}.sms", channel=Channel.SMS, to=wants.phone, kind=kind, facts=facts, user_id=user_id)


def post(
    uow: Uow,
    *,
    key: str,
    channel: Channel,
    to: str,
    kind: NoticeKind,
    facts: dict[str, Any],
    user_id: str | None = None,
) -> bool:
    """Put one message into the outbox, with the job that sends it. Returns False where its key is there already.

    Address and facts are sealed; `user_id` ties it to an account, whose deletion takes it along.
    """
    message_id = new_id("msg")
    bound = f"{OutgoingMessage.__tablename__}.{{}}:{message_id}"
    ring = sealing.keyring()
    statement = (
        insert(OutgoingMessage)
        .values(
            id=message_id,
            key=key[:120],
            user_id=user_id,
            channel=channel,
            kind=kind,
            to=ring.seal(to, bound_to=bound.format("to")),
            facts=ring.seal_json(facts, bound_to=bound.format("facts")),
            status=MessageStatus.QUEUED,
            created_at=uow.now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutgoingMessage.id)
    )
    if uow.session.scalar(statement) is None:
        return False
    uow.enqueue(DELIVER, message_id=message_id)
    return True


def inbox(uow: Uow, actor: Actor, *, limit: int = 20, cursor: str | None = None) -> Page[Notice]:
    """What the caller was told, newest first. Raises: FieldProblem for a cursor that is none."""
    query = select(Notification).where(Notification.user_id == actor.user_id)
    if before := decode_cursor(cursor):
        query = query.where(Notification.id < before)
    rows = uow.session.scalars(query.order_by(Notification.id.desc()).limit(limit + 1))
    items = [
        Notice(
            notification_id=row.id,
            kind=row.kind,  # type: ignore[arg-type]  # written by `tell` alone
            session_id=row.facts.get("sessionId"),
            facts=row.facts,
            created_at=row.created_at,
            read_at=row.read_at,
        )
        for row in rows
    ]
    return page_of(items, limit, lambda item: item.notification_id)


def unread(uow: Uow, actor: Actor) -> int:
    query = select(func.count()).where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    return int(uow.session.scalar(query) or 0)


def messages_sent(actor: Actor, channel: Channel) -> Count:
    """Counts the messages that have left by a channel for the caller."""
    query = select(func.count()).where(OutgoingMessage.user_id == actor.user_id, OutgoingMessage.channel == channel)
    return query.where(OutgoingMessage.sent_at.is_not(None))


def mark_read(uow: Uow, actor: Actor) -> None:
    """The caller has seen all of the inbox."""
    statement = update(Notification).where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    uow.session.execute(statement.values(read_at=uow.now))


def preferences(uow: Uow, actor: Actor) -> Preferences:
    return _preferences(uow, actor.user_id)


def _preferences(uow: Uow, user_id: str) -> Preferences:
    row = uow.session.get(NotificationPreference, user_id)
    return Preferences(row.mail, row.sms, row.phone) if row else Preferences()


def prefer(uow: Uow, actor: Actor, *, mail: bool, sms: bool, phone: str | None) -> None:
    """Keep how the caller wants to be told. Raises: FieldProblem for a number that is none."""
    number = re.sub(r"[\s().-]", "", phone or "") or None
    if number and not _PHONE.fullmatch(number):
        raise FieldProblem("phone", N_("Write the number with its country code, as in +91 98123 45678."))
    if sms and number is None:
        raise FieldProblem("phone", N_("Text messages need a number."))
    row = uow.session.get(NotificationPreference, actor.user_id)
    if row is None:
        row = NotificationPreference(id=actor.user_id, user_id=actor.user_id)
        uow.session.add(row)
    row.mail, row.sms, row.phone, row.updated_at = mail, sms, number, uow.now


def forget_old(uow: Uow, before: datetime, limit: int) -> int:
    """Remove messages that left before a moment, or never had to, the oldest first. Returns how many."""
    done = (MessageStatus.SENT, MessageStatus.OFF)
    old = select(OutgoingMessage.id).where(OutgoingMessage.created_at < before, OutgoingMessage.status.in_(done))
    old = old.order_by(OutgoingMessage.id).limit(limit)
    still_done = OutgoingMessage.status.in_(
        done
    )  # asked again once its lock is had: it may just have been taken up anew
    statement = delete(OutgoingMessage).where(OutgoingMessage.id.in_(old), still_done).returning(OutgoingMessage.id)
    return len(uow.session.scalars(statement).all())


def forget(uow: Uow, user_id: str, session_id: str) -> None:
    """Remove every notice about an interview that is being erased; what was sent has left already.

    Whatever names an interview was told to whom it belongs, and is found among theirs alone.
    """
    own = delete(Notification).where(Notification.user_id == user_id)
    uow.session.execute(own.where(Notification.facts["sessionId"].astext == session_id))
