"""Payments in several steps around the provider. The stored order, never the browser, says what is paid by whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from core.accounts import service as accounts
from core.accounts.types import Actor
from core.db import Uow
from core.i18n import N_
from core.ledger import service as ledger
from core.ledger.models import Movement
from core.money import Money
from core.payments import repo, service
from core.payments.errors import AmountMismatch, BadCheckoutSignature, CouponRefused, NotCaptured, PaymentNotKnownYet
from core.payments.types import OpenOrder, PaymentStatus, Settled
from core.ports.errors import PaymentsDown
from core.ports.payments import PaymentEvent, ProviderPayment, ProviderRefund

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

NEW_EVENT_SECONDS = 60
LOOK_AGAIN_SECONDS = 6 * 3_600
"""A refund of money that belongs to no order is looked at again: no payment stays due that would remind of it."""
BY_PROGRESS = ("processed", "pending", "failed")


def open_order(greenroom: "Greenroom", actor: Actor, session_id: str, *, coupon: str | None = None) -> OpenOrder:
    """The order to pay a session with; the same one again while it is open.

    Raises: NotFound, AlreadyPaid, NotPayable, CouponRefused, PaymentsDown, PaymentsRefused.
    """
    if coupon:
        raise CouponRefused
    with greenroom.uow() as uow:
        payment = service.open_payment(uow, actor, session_id)
        email = accounts.email_of(uow, actor.user_id)
    order_id = payment.order_id
    if order_id is None:
        order_id = greenroom.payments.open_order(
            payment.money, receipt=payment.receipt, notes={"session_id": session_id, "payment_id": payment.id}
        )
        with greenroom.uow() as uow:
            order_id = service.keep_order(uow, payment.id, order_id).order_id or order_id
    return OpenOrder(
        payment_id=payment.id,
        order_id=order_id,
        amount=payment.amount,
        currency=payment.currency,
        key_id=greenroom.payments.key_id,
        prefill_name=actor.name,
        prefill_email=email,
    )


def verify(greenroom: "Greenroom", actor: Actor, *, order_id: str, payment_id: str, signature: str) -> Settled:
    """Take what the browser's checkout reports: check it against the stored order and the provider, then settle.

    Safe to repeat. The browser's word alone grants nothing: the provider is asked, and only captured money counts.

    Raises: BadCheckoutSignature (also for an order that is not the caller's), NotCaptured, AmountMismatch,
    PaymentsDown, PaymentsRefused.
    """
    with greenroom.uow() as uow:
        payment = repo.own_by_order(uow, actor.user_id, order_id)
    if payment is None or payment.order_id is None:
        raise BadCheckoutSignature
    if not greenroom.payments.signature_holds(order_id=payment.order_id, payment_id=payment_id, signature=signature):
        raise BadCheckoutSignature
    seen = greenroom.payments.fetch_payment(payment_id)
    if seen.order_id != payment.order_id:
        raise BadCheckoutSignature
    if seen.status == "authorized" and seen.money == payment.money:
        seen = greenroom.payments.capture(payment_id, payment.money)
    if seen.status not in ("captured", "refunded"):
        raise NotCaptured(payment_id, seen.status)
    settled = settle_captured(greenroom, payment.id, seen)
    if settled is None:
        raise NotCaptured(payment_id, "returned")
    return settled


def settle_captured(greenroom: "Greenroom", payment_id: str, captured: ProviderPayment) -> Settled | None:
    """Settle in a transaction of its own; money of the wrong amount is sent back. Safe to repeat.

    Raises: AmountMismatch, after the return of the money has been queued.
    """
    try:
        with greenroom.uow() as uow:
            payment = service.hold(uow, repo.by_id(uow, payment_id))
            return service.settle(uow, payment, captured) if payment else None
    except AmountMismatch:
        with greenroom.uow() as uow:
            uow.enqueue(service.REFUND_STRAY, payment_id=captured.payment_id)
        raise


def handle_payment_event(greenroom: "Greenroom", event: PaymentEvent, *, age_seconds: float) -> str:
    """Apply one event of the payment provider. Safe to repeat, in any order. Returns what came of it.

    Raises: PaymentNotKnownYet while the order may still be on its way into the database, AmountMismatch.
    """
    match event:
        case ProviderPayment():
            return _on_payment(greenroom, event, age_seconds)
        case ProviderRefund():
            return _on_refund(greenroom, event, age_seconds)
        case _:
            return "kept, nothing to do"


def _on_payment(greenroom: "Greenroom", seen: ProviderPayment, age_seconds: float) -> str:
    with greenroom.uow() as uow:
        payment = service.hold(uow, repo.by_order(uow, seen.order_id)) if seen.order_id else None
        if payment is None:
            if seen.order_id and age_seconds < NEW_EVENT_SECONDS:
                raise PaymentNotKnownYet(seen.order_id)
            return "unknown order"
        if seen.status not in ("captured", "refunded"):
            return service.note_progress(uow, payment, seen)
        payment_id = payment.id
    settle_captured(greenroom, payment_id, seen)
    return "settled"


def _on_refund(greenroom: "Greenroom", refund: ProviderRefund, age_seconds: float) -> str:
    with greenroom.uow() as uow:
        payment = service.hold(uow, repo.by_transaction(uow, refund.payment_id))
        if payment is None:
            return _on_refund_of_stray(uow, refund, age_seconds)
        if payment.status is not PaymentStatus.PAID or refund.money == payment.money:
            return service.note_refund(uow, payment, refund)
        payment_id, money = payment.id, payment.money
    # Part of it. With those before it, it may be the last that the whole was wanting.
    standing = _standing(greenroom.payments.refunds_of(refund.payment_id))
    if sum(part.money.amount for part in standing) == money.amount:
        refund = _as_one(standing, money)
    with greenroom.uow() as uow:
        payment = service.hold(uow, repo.by_id(uow, payment_id))
        return service.note_refund(uow, payment, refund) if payment else "payment is gone"


def _on_refund_of_stray(uow: Uow, refund: ProviderRefund, age_seconds: float) -> str:
    """Have it booked once it is carried out. One that failed is followed by another when it is looked at again."""
    if not ledger.is_booked(uow, Movement.STRAY, reference=refund.payment_id):
        if age_seconds < NEW_EVENT_SECONDS:
            raise PaymentNotKnownYet(None)
        return "unknown payment"
    if refund.status == "failed":
        log.error("a refund failed at the provider", refund_id=refund.refund_id, transaction_id=refund.payment_id)
        return "refund failed; another follows"
    if refund.status == "pending" or ledger.is_booked(uow, Movement.REFUNDED, reference=refund.payment_id):
        return "changes nothing"
    uow.enqueue(service.REFUND_STRAY, payment_id=refund.payment_id)
    return "refund is being booked"


def capture(greenroom: "Greenroom", payment_id: str, transaction_id: str) -> str:
    """Take a payment that is only authorised. Safe to repeat."""
    with greenroom.uow() as uow:
        payment = repo.by_id(uow, payment_id)
    if payment is None or payment.status in service.SETTLED:
        return "nothing to capture"
    seen = greenroom.payments.fetch_payment(transaction_id)
    if seen.order_id != payment.order_id:
        return "not of this order"
    if seen.status == "authorized" and seen.money == payment.money:
        seen = greenroom.payments.capture(transaction_id, payment.money)
    if seen.status != "captured":
        return f"payment is {seen.status}"
    settle_captured(greenroom, payment_id, seen)
    return "settled"


def refund_payment(greenroom: "Greenroom", payment_id: str) -> str:
    """Return a payment in full. Safe to repeat: the key stays the same until the provider gives a refund up."""
    with greenroom.uow() as uow:
        payment = repo.by_id(uow, payment_id)
    if payment is None or payment.status is not PaymentStatus.PAID or payment.transaction_id is None:
        return "nothing to refund"
    refund = _refund(greenroom, payment.transaction_id, payment.money, key=f"refund-{payment.id}")
    with greenroom.uow() as uow:
        locked = service.hold(uow, repo.by_id(uow, payment_id))
        return service.note_refund(uow, locked, refund) if locked else "payment is gone"


def _refund(greenroom: "Greenroom", transaction_id: str, money: Money, *, key: str) -> ProviderRefund:
    """The refund that returns this money: what was returned already, by hand for one, and a new one of the rest.

    However many they are, they come out as one over the whole. The key stays the same until the provider gives a refund
    up or part of the money goes back otherwise; the next one is another.
    """
    made = greenroom.payments.refunds_of(transaction_id)
    standing = _standing(made)
    rest = money.amount - sum(refund.money.amount for refund in standing)
    if rest > 0:
        given_up = len(made) - len(standing)
        key = f"{key}-{given_up}" if given_up else key
        key = f"{key}-rest-{rest}" if standing else key
        standing.append(greenroom.payments.refund(transaction_id, Money(rest, money.currency), idempotency_key=key))
    return _as_one(standing, money)


def _standing(made: Sequence[ProviderRefund]) -> list[ProviderRefund]:
    """Those that the provider has carried out, or still may."""
    return [refund for refund in made if refund.status != "failed"]


def _as_one(parts: Sequence[ProviderRefund], money: Money) -> ProviderRefund:
    """Refunds that together return this money, as one: carried out once each is, failed when one of them is."""
    slowest = max(parts, key=lambda refund: BY_PROGRESS.index(refund.status))
    return replace(slowest, money=money)


def refund_stray(greenroom: "Greenroom", transaction_id: str) -> str:
    """Return money that belongs to no open order: paid twice, or in the wrong amount. Safe to repeat.

    Raises: PaymentsDown where the provider gives the refund up at once; the next try asks for another.
    """
    seen = greenroom.payments.fetch_payment(transaction_id)
    if seen.status not in ("captured", "refunded"):
        return f"payment is {seen.status}"
    _book(greenroom, Movement.STRAY, seen)
    refund = _refund(greenroom, transaction_id, seen.money, key=f"stray-{transaction_id}")
    if refund.status == "failed":
        raise PaymentsDown("razorpay", N_("A refund could not be carried out."), refund_id=refund.refund_id)
    if refund.status == "pending":
        with greenroom.uow() as uow:
            uow.enqueue(service.REFUND_STRAY, after_seconds=LOOK_AGAIN_SECONDS, payment_id=transaction_id)
        return "refund is under way"
    _book(greenroom, Movement.REFUNDED, seen)
    log.error("money that belongs to no open order was returned", transaction_id=transaction_id)
    return "returned"


def _book(greenroom: "Greenroom", movement: Movement, seen: ProviderPayment) -> None:
    with greenroom.uow() as uow:
        ledger.book(uow, movement, seen.money, reference=seen.payment_id)


def return_doubles(greenroom: "Greenroom", payment_id: str) -> str:
    """Look at a settled order once more: return what was captured beside its payment, notice what was returned by hand.

    Safe to repeat.
    """
    with greenroom.uow() as uow:
        payment = repo.by_id(uow, payment_id)
    if payment is None or payment.order_id is None or payment.status not in service.SETTLED:
        return "nothing to look at"
    tried = greenroom.payments.payments_of(payment.order_id)
    doubles = [p.payment_id for p in tried if p.status == "captured" and p.payment_id != payment.transaction_id]
    for transaction_id in doubles:
        refund_stray(greenroom, transaction_id)
    if any(p.status == "refunded" and p.payment_id == payment.transaction_id for p in tried):
        refund_payment(greenroom, payment_id)
    return f"{len(doubles)} returned"


def reconcile(greenroom: "Greenroom", payment_id: str) -> str:
    """Ask the provider what became of an order that has waited too long. Safe to repeat."""
    with greenroom.uow() as uow:
        payment = repo.by_id(uow, payment_id)
    if payment is None or payment.status in service.SETTLED or payment.order_id is None:
        return "nothing to ask"
    tried = greenroom.payments.payments_of(payment.order_id)
    returned = [seen for seen in tried if seen.status == "refunded" and seen.money == payment.money]
    taken = [seen for seen in tried if seen.status == "captured"] + returned
    for seen in sorted(taken, key=lambda seen: seen.money != payment.money):
        try:
            settle_captured(greenroom, payment_id, seen)
        except AmountMismatch:
            _note_asked(greenroom, payment_id)  # its return is queued: the next rounds need not queue it, too
            raise
    if taken:
        return "settled"
    for seen in tried:
        if seen.status == "authorized":
            return capture(greenroom, payment_id, seen.payment_id)
    _note_asked(greenroom, payment_id)
    return "not paid"


def _note_asked(greenroom: "Greenroom", payment_id: str) -> None:
    with greenroom.uow() as uow:
        locked = repo.lock_by_id(uow, payment_id)
        if locked is not None and locked.status not in service.SETTLED:
            locked.updated_at = uow.now


def waiting_too_long(greenroom: "Greenroom", since: datetime) -> tuple[list[str], list[str]]:
    """Ids of payments that wait for money, and of those that wait to be returned."""
    with greenroom.uow() as uow:
        made_after = uow.now - service.ASKED_ABOUT_FOR
        waiting = repo.open_since(uow, since, made_after=made_after, longest_wait=service.LONGEST_WAIT)
        return [row.id for row in waiting], [row.id for row in repo.refunds_due(uow, since)]


def session_of(greenroom: "Greenroom", event: ProviderPayment | ProviderRefund) -> str | None:
    """The interview that an event's money is for, None where there is none (any more)."""
    with greenroom.uow() as uow:
        if isinstance(event, ProviderRefund):
            payment = repo.by_transaction(uow, event.payment_id)
        else:
            payment = repo.by_order(uow, event.order_id) if event.order_id else None
        return payment.session_id if payment else None
