"""Every query on payments."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.acting import name_unless_known
from core.db import Count, Uow
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus


def lock_of_session(uow: Uow, session_id: str) -> InterviewPayment | None:
    query = select(InterviewPayment).where(InterviewPayment.session_id == session_id)
    return uow.session.scalars(query.with_for_update()).one_or_none()


def by_order(uow: Uow, order_id: str) -> InterviewPayment | None:
    query = select(InterviewPayment).where(InterviewPayment.order_id == order_id)
    return uow.session.scalars(query).one_or_none()


def own_by_order(uow: Uow, user_id: str, order_id: str) -> InterviewPayment | None:
    query = select(InterviewPayment).where(InterviewPayment.order_id == order_id, InterviewPayment.user_id == user_id)
    return uow.session.scalars(query).one_or_none()


def lock_by_id(uow: Uow, payment_id: str) -> InterviewPayment | None:
    query = select(InterviewPayment).where(InterviewPayment.id == payment_id)
    held = query.with_for_update().execution_options(populate_existing=True)
    payment = uow.session.scalars(held).one_or_none()
    if payment is not None and payment.user_id is not None:
        name_unless_known(payment.user_id)
    return payment


def by_id(uow: Uow, payment_id: str) -> InterviewPayment | None:
    return uow.session.get(InterviewPayment, payment_id)


def by_transaction(uow: Uow, transaction_id: str) -> InterviewPayment | None:
    query = select(InterviewPayment).where(InterviewPayment.transaction_id == transaction_id)
    return uow.session.scalars(query).one_or_none()


def page(uow: Uow, user_id: str, *, limit: int, before_id: str | None) -> Sequence[InterviewPayment]:
    query = select(InterviewPayment).where(InterviewPayment.user_id == user_id)
    if before_id:
        query = query.where(InterviewPayment.id < before_id)
    return uow.session.scalars(query.order_by(InterviewPayment.id.desc()).limit(limit)).all()


def open_since(
    uow: Uow, since: datetime, *, made_after: datetime, longest_wait: timedelta, limit: int = 100
) -> Sequence[InterviewPayment]:
    """Orders made after a moment that wait for money since before another, the longest first.

    Each is asked about in growing intervals, as long again as it has waited already, up to the longest.
    """
    waiting = (PaymentStatus.CREATED, PaymentStatus.AUTHORIZED, PaymentStatus.FAILED)
    query = select(InterviewPayment).where(
        InterviewPayment.status.in_(waiting),
        InterviewPayment.order_id.is_not(None),
        InterviewPayment.updated_at < since,
        uow.now - InterviewPayment.updated_at
        >= func.least(InterviewPayment.updated_at - InterviewPayment.created_at, longest_wait),
        InterviewPayment.created_at > made_after,
    )
    return uow.session.scalars(query.order_by(InterviewPayment.updated_at).limit(limit)).all()


def refunds_due(uow: Uow, since: datetime, *, limit: int = 100) -> Sequence[InterviewPayment]:
    """Payments that were to be returned before a moment and still stand as paid."""
    query = select(InterviewPayment).where(
        InterviewPayment.refund_due_at < since, InterviewPayment.status == PaymentStatus.PAID
    )
    return uow.session.scalars(query.order_by(InterviewPayment.refund_due_at).limit(limit)).all()


def orders_counted(user_id: str) -> Count:
    return select(func.count()).where(InterviewPayment.user_id == user_id, InterviewPayment.order_id.is_not(None))
