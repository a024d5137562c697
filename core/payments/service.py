"""One-transaction verbs on payments. State only moves forward: created → authorized → paid → refunded, or failed.

`failed` is not final: the same order can still be paid (a second card, a late authorisation).
"""

from datetime import timedelta
from typing import Any

import structlog

from core.accounts.types import Actor
from core.analytics import service as analytics
from core.cohorts import sponsoring
from core.db import Count, Uow
from core.errors import NotFound
from core.ids import new_id
from core.interviews import service as interviews
from core.interviews.types import SessionStatus
from core.ledger import service as ledger
from core.ledger.models import Movement
from core.notifications import service as notifications
from core.paging import Page, decode_cursor, page_of
from core.payments import repo
from core.payments.errors import AlreadyPaid, AmountMismatch, NotPayable
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus, PaymentView, Settled
from core.ports.payments import ProviderPayment, ProviderRefund

log = structlog.get_logger(__name__)

SETTLED = (PaymentStatus.PAID, PaymentStatus.REFUNDED)
REFUND = "payments.refund_payment"
REFUND_STRAY = "payments.refund_stray"
RETURN_DOUBLES = "payments.return_doubles"
LOOK_FOR_DOUBLES_AFTER = (60, 4 * 86_400)
"""Seconds after which a paid order is looked at again: a second payment's event may be lost, and come days late."""
ASKED_ABOUT_FOR = interviews.UNPAID_FOR + timedelta(days=5)
"""An open order is asked about until its interview can no longer be paid, and until the provider has returned what was
authorised on the last of those days and not captured."""
LONGEST_WAIT = timedelta(hours=3)
"""Between two such questions: a round a minute with a hundred of them keeps up with 18,000 open orders."""


def open_payment(uow: Uow, actor: Actor, session_id: str) -> InterviewPayment:
    """The one payment of a session, made if there is none. Amount and owner come from the session alone.

    Raises: NotFound, AlreadyPaid, NotPayable.
    """
    session = interviews.lock_own(uow, actor, session_id)
    payment = repo.lock_of_session(uow, session_id)
    if payment is not None and payment.status in SETTLED:
        raise AlreadyPaid(session_id)
    if session.status is not SessionStatus.AWAITING_PAYMENT:
        raise NotPayable(session_id, session.status)
    if payment is None:
        payment_id = new_id("pay")
        payment = InterviewPayment(
            id=payment_id,
            user_id=actor.user_id,
            session_id=session_id,
            amount=session.price_amount,
            currency=session.price_currency,
            status=PaymentStatus.CREATED,
            receipt=payment_id,
            created_at=uow.now,
            updated_at=uow.now,
        )
        uow.session.add(payment)
        uow.session.flush()
    return payment


def hold(uow: Uow, found: InterviewPayment | None) -> InterviewPayment | None:
    """Lock a payment that was read, and before it its session: all who hold both take them in this order."""
    if found is None:
        return None
    if found.session_id:
        interviews.hold(uow, found.session_id)
    return repo.lock_by_id(uow, found.id)


def keep_order(uow: Uow, payment_id: str, order_id: str) -> InterviewPayment:
    """Remember the provider's order; the first one stays."""
    payment = repo.lock_by_id(uow, payment_id)
    if payment is None:
        raise NotFound("payment")
    if payment.order_id is None:
        payment.order_id = order_id
        payment.updated_at = uow.now
    return payment


def settle(uow: Uow, payment: InterviewPayment, captured: ProviderPayment) -> Settled | None:
    """Take captured money for an order and make its session ready; safe to repeat. The payment's row is locked.

    Money that comes twice for one order, or for a session that is gone or can no longer be held, goes back.

    Raises: AmountMismatch; nothing is granted, and the caller has the money returned.
    """
    if captured.money != payment.money:
        raise AmountMismatch(captured.payment_id, expected=payment.money, got=captured.money)
    if payment.status in SETTLED:
        if captured.payment_id != payment.transaction_id:
            uow.enqueue(REFUND_STRAY, payment_id=captured.payment_id)
        return _settled(uow, payment)
    payment.status = PaymentStatus.PAID
    payment.transaction_id = captured.payment_id
    payment.paid_at = payment.updated_at = uow.now
    uow.session.flush()
    ledger.book(uow, Movement.CAPTURED, payment.money, reference=captured.payment_id)
    for seconds in LOOK_FOR_DOUBLES_AFTER:
        uow.enqueue(RETURN_DOUBLES, after_seconds=seconds, payment_id=payment.id)
    ours = captured.status == "captured"
    session_status = interviews.mark_paid(uow, payment.session_id) if payment.session_id and ours else None
    if session_status is not SessionStatus.READY:
        _return_money(uow, payment)
    if payment.user_id:
        analytics.recompute(uow, payment.user_id)
        facts = _facts(payment)
        notifications.tell(uow, payment.user_id, "receipt", payment.id, facts)
    if session_status is None or payment.session_id is None:
        return None
    return Settled(payment.id, payment.status, payment.session_id, session_status)


def _facts(payment: InterviewPayment) -> dict[str, Any]:
    return {
        "amount": payment.amount,
        "currency": payment.currency,
        "sessionId": payment.session_id,
        "paymentId": payment.id,
    }


def _settled(uow: Uow, payment: InterviewPayment) -> Settled | None:
    if payment.session_id is None:
        return None
    status = interviews.status_of(uow, payment.session_id)
    return Settled(payment.id, payment.status, payment.session_id, status)


def note_progress(uow: Uow, payment: InterviewPayment, seen: ProviderPayment) -> str:
    """Remember that a payment was authorised or failed; never takes back what was paid."""
    if payment.status in SETTLED:
        return "changes nothing"
    if seen.status == "authorized":
        payment.status = PaymentStatus.AUTHORIZED
        uow.enqueue("payments.capture", payment_id=payment.id, transaction_id=seen.payment_id)
    elif seen.status == "failed" and payment.status is PaymentStatus.CREATED:
        payment.status = PaymentStatus.FAILED
    payment.updated_at = uow.now
    return f"payment is {payment.status}"


def note_delivered(uow: Uow, session_id: str) -> None:
    """The report stands: what was paid for it is earned. Nothing happens where nothing was paid."""
    payment = repo.lock_of_session(uow, session_id)
    if payment is not None and payment.status is PaymentStatus.PAID and payment.transaction_id:
        ledger.book(uow, Movement.DELIVERED, payment.money, reference=payment.transaction_id)


def give_back(uow: Uow, session_id: str) -> None:
    """Return what was paid for a session that will not be delivered; nothing happens where nothing was paid."""
    payment = repo.lock_of_session(uow, session_id)
    if payment is not None and payment.status is PaymentStatus.PAID:
        _return_money(uow, payment)


def was_returned(uow: Uow, session_id: str) -> bool:
    """Whether what was paid for a session went back, by hand for one."""
    payment = repo.lock_of_session(uow, session_id)
    return payment is not None and payment.status is PaymentStatus.REFUNDED


def sponsor(uow: Uow, actor: Actor, session_id: str, cohort_id: str) -> SessionStatus:
    """Have a cohort's credit pay for an interview of the caller's. Money that comes in for it as well goes back.

    Raises: NotFound, AlreadyPaid, NotPayable, NotSponsored.
    """
    payment = open_payment(uow, actor, session_id)
    sponsoring.spend(uow, actor, cohort_id, payment.id, payment.money)
    payment.status = PaymentStatus.PAID
    payment.transaction_id = payment.id
    payment.paid_at = payment.updated_at = uow.now
    uow.session.flush()
    status = interviews.mark_paid(uow, session_id)
    if payment.order_id:
        for seconds in LOOK_FOR_DOUBLES_AFTER:
            uow.enqueue(RETURN_DOUBLES, after_seconds=seconds, payment_id=payment.id)
    if status is None:
        raise NotFound("interview")
    return status


def _return_to_sponsor(uow: Uow, payment: InterviewPayment) -> None:
    payment.status = PaymentStatus.REFUNDED
    payment.refunded_at = payment.updated_at = uow.now
    _book_owed(uow, payment)
    sponsoring.take_back(uow, payment.id, payment.money)


def _return_money(uow: Uow, payment: InterviewPayment) -> None:
    if payment.is_sponsored:
        _return_to_sponsor(uow, payment)
        return
    payment.refund_due_at = uow.now
    _book_owed(uow, payment)
    uow.enqueue(REFUND, payment_id=payment.id)


def _book_owed(uow: Uow, payment: InterviewPayment) -> None:
    if payment.transaction_id:
        ledger.book(uow, Movement.OWED, payment.money, reference=payment.transaction_id)


def note_refund(uow: Uow, payment: InterviewPayment, refund: ProviderRefund) -> str:
    """Book a refund once it is carried out; safe to repeat. The payment's row is locked, and its session before it.

    An interview that is ready and was paid back, by hand for one, can no longer be held. A refund that the provider
    gives up is followed by another: until one is carried out the payment stays due.
    """
    if payment.status is PaymentStatus.REFUNDED:
        return "changes nothing"
    if payment.status is not PaymentStatus.PAID or refund.money != payment.money:
        return "not a refund of the whole payment; left to a person"
    if refund.status == "failed":
        return _note_failed_refund(uow, payment, refund)
    if refund.status == "pending":
        return "refund is under way"
    payment.status = PaymentStatus.REFUNDED
    payment.refund_id = refund.refund_id
    payment.refunded_at = payment.updated_at = uow.now
    uow.session.flush()
    _book_owed(uow, payment)
    ledger.book(uow, Movement.REFUNDED, payment.money, reference=refund.payment_id)
    if payment.session_id:
        interviews.withdraw(uow, payment.session_id)
    if payment.user_id:
        analytics.recompute(uow, payment.user_id)
        facts = _facts(payment)
        notifications.tell(uow, payment.user_id, "refund", payment.id, facts)
    return "refunded"


def _note_failed_refund(uow: Uow, payment: InterviewPayment, refund: ProviderRefund) -> str:
    log.error("a refund failed at the provider", refund_id=refund.refund_id, payment_id=payment.id)
    payment.refund_due_at = payment.refund_due_at or uow.now
    return "refund failed; another follows"


def payments_page(uow: Uow, actor: Actor, *, limit: int = 20, cursor: str | None = None) -> Page[PaymentView]:
    """The caller's payments, newest first. Raises: FieldProblem for a cursor that is none."""
    rows = repo.page(uow, actor.user_id, limit=limit + 1, before_id=decode_cursor(cursor))
    items = [
        PaymentView(
            payment_id=row.id,
            session_id=row.session_id,
            order_id=row.order_id,
            amount=row.amount,
            currency=row.currency,
            status=row.status,
            created_at=row.created_at,
            refunded_at=row.refunded_at,
            is_sponsored=row.is_sponsored,
        )
        for row in rows
    ]
    return page_of(items, limit, lambda item: item.payment_id)


def orders_made(actor: Actor) -> Count:
    """Counts the caller's payments for which the payment provider holds an order."""
    return repo.orders_counted(actor.user_id)
