"""Razorpay: orders made once, only captured money believed, signatures over raw bytes."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from core.adapters.razorpay import RazorpayPayments
from core.money import Money
from core.ports.errors import BadSignature, MalformedMessage, PaymentsDown, PaymentsRefused
from core.ports.payments import ProviderPayment, ProviderRefund
from core.ports.voice import NotForUs
from core.settings import Settings

PRICE = Money(39_900)
BROKEN = [{"fault": "http_status", "status": 502}, {"fault": "malformed"}, {"fault": "truncated"}]


@pytest.fixture
def payments(settings: Settings, sandbox: httpx.Client) -> RazorpayPayments:
    return RazorpayPayments(settings)


def pay(sandbox: httpx.Client, order_id: str, outcome: str = "captured") -> dict[str, str]:
    reply: dict[str, str] = sandbox.post(f"/_control/razorpay/orders/{order_id}/pay", json={"outcome": outcome}).json()
    return reply


def test_a_receipt_makes_one_order_however_often_it_is_opened(payments: RazorpayPayments, sandbox: httpx.Client):
    first = payments.open_order(PRICE, receipt="pay_1", notes={"a": "b"})
    assert payments.open_order(PRICE, receipt="pay_1", notes={"a": "b"}) == first
    assert payments.open_order(PRICE, receipt="pay_2", notes={}) != first


def test_the_checkouts_signature_is_over_the_stored_order(payments: RazorpayPayments, sandbox: httpx.Client):
    order, other = (payments.open_order(PRICE, receipt=name, notes={}) for name in ("one", "two"))
    paid = pay(sandbox, order)
    signature, payment = paid["razorpay_signature"], paid["razorpay_payment_id"]
    assert payments.signature_holds(order_id=order, payment_id=payment, signature=signature)
    assert not payments.signature_holds(order_id=other, payment_id=payment, signature=signature)
    assert not payments.signature_holds(order_id=order, payment_id=payment, signature="é")


def test_the_signature_is_as_documented(settings: Settings):
    secret = type(settings.jwt_secret)("EnLs21M47BllR3X8PSFtjtbd")
    payments = RazorpayPayments(settings.model_copy(update={"razorpay_key_secret": secret}))
    assert payments.signature_holds(
        order_id="order_IEIaMR65cu6nz3",
        payment_id="pay_IH4NVgf4Dreq1l",
        signature="0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f",
    )


def test_failed_and_captured_payments_stand_under_one_order(payments: RazorpayPayments, sandbox: httpx.Client):
    order = payments.open_order(PRICE, receipt="r", notes={})
    pay(sandbox, order, "failed")
    captured = pay(sandbox, order)["razorpay_payment_id"]
    assert {p.status for p in payments.payments_of(order)} == {"failed", "captured"}
    assert payments.fetch_payment(captured) == ProviderPayment(captured, order, PRICE, "captured", "upi")


def test_an_authorised_payment_is_captured_once(payments: RazorpayPayments, sandbox: httpx.Client):
    order = payments.open_order(PRICE, receipt="r", notes={})
    payment = pay(sandbox, order, "authorized")["razorpay_payment_id"]
    assert payments.capture(payment, PRICE).status == "captured"
    assert payments.capture(payment, PRICE).status == "captured"


def test_one_key_makes_one_refund(payments: RazorpayPayments, sandbox: httpx.Client):
    order = payments.open_order(PRICE, receipt="r", notes={})
    payment = pay(sandbox, order)["razorpay_payment_id"]
    first = payments.refund(payment, PRICE, idempotency_key="refund-pay_000001")
    assert payments.refund(payment, PRICE, idempotency_key="refund-pay_000001") == first
    assert payments.fetch_payment(payment).status == "refunded"
    with pytest.raises(PaymentsRefused):
        payments.refund(payment, PRICE, idempotency_key="refund-pay_000002")


def test_a_refusal_keeps_its_status(payments: RazorpayPayments):
    with pytest.raises(PaymentsRefused) as refused:
        payments.open_order(Money(1), receipt="r", notes={})
    assert refused.value.facts["status"] == 400


def test_a_wrong_key_is_refused(settings: Settings, sandbox: httpx.Client):
    wrong = settings.model_copy(update={"razorpay_key_secret": settings.jwt_secret})
    with pytest.raises(PaymentsRefused) as refused:
        RazorpayPayments(wrong).fetch_payment("pay_x")
    assert refused.value.facts["status"] == 401


@pytest.mark.parametrize(
    "fault", [{"fault": "http_status", "status": 502}, {"fault": "malformed"}, {"fault": "truncated"}]
)
def test_a_provider_that_fails_is_down(payments: RazorpayPayments, sandbox: httpx.Client, fault: dict[str, Any]):
    sandbox.post("/_control/faults", json={"provider": "razorpay", **fault})
    with pytest.raises(PaymentsDown):
        payments.fetch_payment("pay_x")


def test_a_provider_that_hangs_is_given_up(payments: RazorpayPayments, sandbox: httpx.Client):
    sandbox.post("/_control/faults", json={"provider": "razorpay", "fault": "timeout", "delayMs": 5000})
    with pytest.raises(PaymentsDown, match="in time"):
        payments.capture("pay_x", PRICE)


def event(name: str, **entities: dict[str, Any]) -> dict[str, Any]:
    return {"entity": "event", "event": name, "payload": {kind: {"entity": e} for kind, e in entities.items()}}


PAYMENT = {"id": "pay_1", "order_id": "order_1", "amount": 39900, "currency": "INR", "status": "captured", "notes": []}
REFUND = {"id": "rfnd_1", "payment_id": "pay_1", "amount": 39900, "currency": "INR", "status": "processed", "notes": []}


@pytest.mark.parametrize(
    ("message", "read"),
    [
        (event("payment.captured", payment=PAYMENT), ProviderPayment("pay_1", "order_1", PRICE, "captured")),
        (
            event("order.paid", payment=PAYMENT, order={"id": "order_1"}),
            ProviderPayment("pay_1", "order_1", PRICE, "captured"),
        ),
        (
            event("payment.failed", payment={**PAYMENT, "status": "failed"}),
            ProviderPayment("pay_1", "order_1", PRICE, "failed"),
        ),
        (
            event("refund.processed", refund=REFUND, payment=PAYMENT),
            ProviderRefund("rfnd_1", "pay_1", PRICE, "processed"),
        ),
        (
            event("refund.created", refund={**REFUND, "status": "pending"}),
            ProviderRefund("rfnd_1", "pay_1", PRICE, "pending"),
        ),
        (event("payment.dispute.created", payment=PAYMENT), NotForUs("payment.dispute.created")),
        (event("payment.captured", payment={**PAYMENT, "amount": 399.0}), NotForUs("payment.captured")),
        (event("payment.captured", payment={**PAYMENT, "status": "novel"}), NotForUs("payment.captured")),
        (event("payment.captured"), NotForUs("payment.captured")),
        ({"event": "invented.tomorrow", "payload": None}, NotForUs("invented.tomorrow")),
    ],
)
def test_events_are_read_and_odd_ones_left(payments: RazorpayPayments, message: dict[str, Any], read: Any):
    assert payments.read(message) == read


def test_an_event_is_known_by_its_header(payments: RazorpayPayments):
    raw = json.dumps(event("payment.captured", payment=PAYMENT)).encode()
    assert payments.identify(json.loads(raw), {"x-razorpay-event-id": "evt_1"}, raw).key == "evt_1"
    assert payments.identify(json.loads(raw), {}, raw).key.startswith("sha256:")
    with pytest.raises(MalformedMessage):
        payments.identify({"payload": {}}, {}, b"{}")


def test_the_webhooks_secret_signs_the_raw_bytes(settings: Settings, payments: RazorpayPayments):
    raw = b'{"event":  "x"}'

    def digest(secret: str) -> dict[str, str]:
        return {"X-Razorpay-Signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}

    good = digest(settings.razorpay_webhook_secret.get_secret_value())
    payments.authenticate(raw, good)
    for headers in ({}, digest(settings.razorpay_key_secret.get_secret_value()), {"X-Razorpay-Signature": "é"}):
        with pytest.raises(BadSignature):
            payments.authenticate(raw, headers)
    with pytest.raises(BadSignature):
        payments.authenticate(json.dumps(json.loads(raw)).encode(), good)
