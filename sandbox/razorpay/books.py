"""Orders, payments and refunds, and the events that each change sends."""

import copy
import hashlib
import hmac
from typing import Any, Literal, TypeVar

from sandbox.deliveries import Deliveries, Delivery
from sandbox.razorpay.entities import Notes, Order, Payment, Refund, RefundKey, new_id, now
from sandbox.razorpay.errors import Refusal
from sandbox.settings import SandboxSettings
from sandbox.state import Table, Vault

Entity = TypeVar("Entity")
ACCOUNT = "acc_GreenroomSandb"
EVENT_TIMEOUT_SECONDS = 5.0
RETRY_AFTER = [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 60.0]
"""Razorpay retries for 24 hours; the sandbox, whose day is short, for two and a half minutes."""
Outcome = Literal["captured", "authorized", "failed"]


class Books:
    """What Razorpay knows."""

    def __init__(self, settings: SandboxSettings, vault: Vault, deliveries: Deliveries) -> None:
        self._settings, self._deliveries = settings, deliveries
        self.orders = Table(vault, "order", Order)
        self.payments = Table(vault, "payment", Payment)
        self.refunds = Table(vault, "refund", Refund)
        self.refund_keys = Table(vault, "refund_key", RefundKey)
        deliveries.speak_for("razorpay", self._sign)

    def clear(self) -> None:
        for table in (self.orders, self.payments, self.refunds, self.refund_keys):
            table.clear()

    def payments_of(self, order_id: str) -> list[Payment]:
        return [payment for payment in self.payments.all() if payment.order_id == order_id]

    def signature(self, order_id: str, payment_id: str) -> str:
        """What the checkout hands to the merchant: HMAC-SHA256 by the key's secret, in hex."""
        key = self._settings.razorpay_key_secret.get_secret_value().encode()
        return hmac.new(key, f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()

    def open_order(self, *, amount: int, currency: str, receipt: str | None, notes: Notes) -> Order:
        order = Order(amount=amount, amount_due=amount, currency=currency, receipt=receipt, notes=notes or [])
        return self.orders.put(order.id, order)

    def pay(
        self,
        order: Order,
        outcome: Outcome,
        *,
        amount: int | None = None,
        details: dict[str, Any] | None = None,
        failure: tuple[str, str] = ("Payment failed", "payment_failed"),
    ) -> Payment:
        """The customer pays, or fails to.

        `details` are the payment's fields that the way of paying decides, `failure` is the description and the reason
        of a payment that fails.
        """
        paid = amount or order.amount
        about: dict[str, Any] = {"vpa": "success@razorpay", "upi": {"vpa": "success@razorpay", "flow": "collect"}}
        payment = Payment(
            amount=paid,
            base_amount=paid,
            currency=order.currency,
            status="created",
            order_id=order.id,
            notes=copy.deepcopy(order.notes),
            **{"email": "customer@example.com", "contact": "+919900000000", **(details or about)},
        )
        order.attempts += 1
        if order.status == "created":
            order.status = "attempted"
        if outcome == "failed":
            payment.fail(failure[0], source="customer" if details else "issuer", reason=failure[1])
            payment.acquirer_data = {"rrn": None}
            self._keep(payment, order)
            self._announce("payment.failed", payment)
            return payment
        payment.status = "authorized"
        payment.acquirer_data = {"rrn": str(new_rrn(payment.id))}
        self._keep(payment, order)
        self._announce("payment.authorized", payment)
        if outcome == "captured":
            self.capture(payment)
        return payment

    def capture(self, payment: Payment) -> Payment:
        payment.charge()
        order = self.orders.find(payment.order_id)
        was_paid = order is not None and order.status == "paid"
        if order is not None:
            order.amount_paid += payment.amount
            order.amount_due = max(0, order.amount - order.amount_paid)
            order.status = "paid" if order.amount_due == 0 else "attempted"
        self._keep(payment, order)
        self._announce("payment.captured", payment)
        if order is not None and order.status == "paid" and not was_paid:
            self._announce("order.paid", payment, order=order)
        return payment

    def refund(self, payment: Payment, *, amount: int, body: dict[str, Any]) -> Refund:
        refund = Refund(
            amount=amount,
            currency=payment.currency,
            payment_id=payment.id,
            notes=body.get("notes") or [],
            receipt=body.get("receipt"),
            speed_requested=body.get("speed") or "normal",
        )
        payment.amount_refunded += amount
        payment.refund_status = "full" if payment.amount_refunded >= payment.amount else "partial"
        if payment.refund_status == "full":
            payment.status = "refunded"
        self.refunds.put(refund.id, refund)
        self.payments.put(payment.id, payment)
        self._announce("refund.created", payment, refund=refund)
        self._announce("refund.processed", payment, refund=refund)
        return refund

    def order_by_id(self, order_id: str) -> Order:
        return _present(self.orders.find(order_id))

    def payment_by_id(self, payment_id: str) -> Payment:
        return _present(self.payments.find(payment_id))

    def refund_by_id(self, refund_id: str) -> Refund:
        return _present(self.refunds.find(refund_id))

    def _keep(self, payment: Payment, order: Order | None) -> None:
        self.payments.put(payment.id, payment)
        if order is not None:
            self.orders.put(order.id, order)

    def _sign(self, raw: bytes, forged: bool) -> dict[str, str]:
        secret = "not-the-secret" if forged else self._settings.razorpay_webhook_secret.get_secret_value()
        return {"X-Razorpay-Signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}

    def _announce(
        self, event: str, payment: Payment, *, order: Order | None = None, refund: Refund | None = None
    ) -> None:
        url = self._settings.sandbox_razorpay_webhook_url
        if not url:
            return
        entities: dict[str, dict[str, Any]] = {}
        if refund is not None:
            entities["refund"] = refund.model_dump()
        entities["payment"] = payment.shown()
        if order is not None:
            entities["order"] = order.model_dump()
        body = {
            "entity": "event",
            "account_id": ACCOUNT,
            "event": event,
            "contains": list(entities),
            "payload": {kind: {"entity": entity} for kind, entity in entities.items()},
            "created_at": now(),
        }
        event_id = new_id("evt").removeprefix("evt_")
        self._deliveries.send(
            Delivery(
                id=event_id,
                provider="razorpay",
                lane=payment.order_id,
                url=url,
                body=body,
                headers={"X-Razorpay-Event-Id": event_id},
                retry_after=RETRY_AFTER,
                timeout=EVENT_TIMEOUT_SECONDS,
            )
        )


def new_rrn(payment_id: str) -> int:
    """Twelve digits, as banks number a transfer."""
    return 10**11 + int(hashlib.sha256(payment_id.encode()).hexdigest(), 16) % (9 * 10**11)


def _present(entity: Entity | None) -> Entity:
    if entity is None:
        raise Refusal("The id provided does not exist")
    return entity
