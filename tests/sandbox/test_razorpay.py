"""Razorpay as its SDK sees it, and the events of a payment."""

import time
from typing import Any

import pytest
import razorpay
from razorpay.errors import BadRequestError

from tests.sandbox.support import KEY_ID, KEY_SECRET, RAZORPAY_SECRET, Receiver, Running

EVENTS = ["payment.authorized", "payment.captured", "order.paid"]


@pytest.fixture
def sdk(sandbox: Running) -> razorpay.Client:
    return razorpay.Client(auth=(KEY_ID, KEY_SECRET), base_url=f"{sandbox.url}/razorpay")


def test_an_order_is_made_found_by_its_receipt_and_paid(
    sandbox: Running, sdk: razorpay.Client, receiver: Receiver
) -> None:
    order = sdk.order.create({"amount": 49_900, "currency": "INR", "receipt": "mi-7", "notes": {"session_id": "int_1"}})
    sdk.order.create({"amount": 100, "currency": "INR", "receipt": "mi-8"})
    assert order["status"] == "created"
    assert [found["id"] for found in sdk.order.all({"receipt": "mi-7"})["items"]] == [order["id"]]

    paid = sandbox.pay(order["id"])

    assert sdk.utility.verify_payment_signature(paid)
    assert sdk.order.fetch(order["id"])["status"] == "paid"
    payment = sdk.payment.fetch(paid["razorpay_payment_id"])
    assert (payment["status"], payment["amount"], payment["notes"]) == ("captured", 49_900, {"session_id": "int_1"})
    assert [found["id"] for found in sdk.order.payments(order["id"])["items"]] == [payment["id"]]
    receiver.wait("order.paid")
    assert receiver.kinds() == EVENTS
    for hook in receiver.hooks:
        signature = hook.headers["x-razorpay-signature"]
        assert sdk.utility.verify_webhook_signature(hook.raw.decode(), signature, RAZORPAY_SECRET)
    assert len({hook.headers["x-razorpay-event-id"] for hook in receiver.hooks}) == 3
    assert set(receiver.hooks[-1].json["payload"]) == {"payment", "order"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 99, "currency": "INR"}, "amount"),
        ({"amount": 499.5, "currency": "INR"}, "amount"),
        ({"amount": True, "currency": "INR"}, "amount"),
        ({"amount": "49900", "currency": "INR"}, "amount"),
        ({"currency": "INR"}, "amount"),
        ({"amount": 49_900}, "currency"),
        ({"amount": 49_900, "currency": "rupees"}, "currency"),
        ({"amount": 49_900, "currency": "INR", "receipt": "r" * 41}, "receipt"),
        ({"amount": 49_900, "currency": "INR", "notes": {str(n): "x" for n in range(16)}}, "notes"),
        ({"amount": 49_900, "currency": "INR", "notes": {"a": "x" * 257}}, "notes"),
        ({"amount": 49_900, "currency": "INR", "customer": "x"}, None),
    ],
    ids=str,
)
def test_an_order_that_razorpay_would_not_take_is_refused(
    sandbox: Running, body: dict[str, Any], field: str | None
) -> None:
    reply = sandbox.razorpay("POST", "orders", json=body)
    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error.get("field")) == (400, "BAD_REQUEST_ERROR", field)
    assert sandbox.razorpay("GET", "orders").json()["count"] == 0


def test_the_wrong_secret_is_401_with_razorpays_words(sandbox: Running) -> None:
    reply = sandbox.http.get("/razorpay/v1/orders", auth=(KEY_ID, "another"))
    assert reply.status_code == 401
    assert reply.json() == {"error": {"code": "BAD_REQUEST_ERROR", "description": "Authentication failed"}}


def test_notes_are_an_empty_list_when_there_are_none(sandbox: Running) -> None:
    assert sandbox.order()["notes"] == []
    assert sandbox.order(notes={"a": "b"})["notes"] == {"a": "b"}


@pytest.mark.parametrize("path", ["orders/order_none", "payments/pay_none", "refunds/rfnd_none", "orders/x/payments"])
def test_what_does_not_exist_is_a_bad_request(sandbox: Running, path: str) -> None:
    reply = sandbox.razorpay("GET", path)
    assert (reply.status_code, reply.json()["error"]["description"]) == (400, "The id provided does not exist")


def test_a_failed_payment_leaves_the_order_open_for_another(sandbox: Running, receiver: Receiver) -> None:
    order = sandbox.order()
    failed = sandbox.pay(order["id"], "failed")
    seen = sandbox.razorpay("GET", f"payments/{failed['razorpay_payment_id']}").json()
    assert (seen["status"], seen["captured"], seen["error_code"]) == ("failed", False, "BAD_REQUEST_ERROR")
    assert sandbox.razorpay("GET", f"orders/{order['id']}").json()["status"] == "attempted"
    sandbox.pay(order["id"])
    receiver.wait("order.paid")
    assert receiver.kinds() == ["payment.failed", *EVENTS]
    assert sandbox.razorpay("GET", f"orders/{order['id']}").json()["attempts"] == 2


def test_an_authorised_payment_is_captured_once_and_in_full(sandbox: Running, receiver: Receiver) -> None:
    order = sandbox.order()
    payment_id = sandbox.pay(order["id"], "authorized")["razorpay_payment_id"]
    receiver.wait("payment.authorized")
    short = sandbox.razorpay("POST", f"payments/{payment_id}/capture", json={"amount": 100, "currency": "INR"})
    assert short.status_code == 400
    full = {"amount": 49_900, "currency": "INR"}
    assert sandbox.razorpay("POST", f"payments/{payment_id}/capture", json=full).json()["status"] == "captured"
    again = sandbox.razorpay("POST", f"payments/{payment_id}/capture", json=full)
    assert (again.status_code, again.json()["error"]["description"]) == (
        400,
        "This payment has already been captured",
    )
    receiver.wait("order.paid")
    assert receiver.kinds() == EVENTS


def test_a_payment_that_is_too_small_does_not_pay_the_order(sandbox: Running, receiver: Receiver) -> None:
    order = sandbox.order()
    sandbox.pay(order["id"], amount=100)
    receiver.wait("payment.captured")
    seen = sandbox.razorpay("GET", f"orders/{order['id']}").json()
    assert (seen["status"], seen["amount_paid"], seen["amount_due"]) == ("attempted", 100, 49_800)
    assert "order.paid" not in receiver.kinds()


def test_a_refund_is_made_once_for_one_idempotency_key(
    sandbox: Running, sdk: razorpay.Client, receiver: Receiver
) -> None:
    payment_id = sandbox.pay(sandbox.order()["id"])["razorpay_payment_id"]
    headers = {"X-Refund-Idempotency": "refund-pay-0001", "Content-Type": "application/json"}
    first = sdk.payment.refund(payment_id, {"amount": 49_900, "receipt": "rf-1"}, headers=headers)
    again = sdk.payment.refund(payment_id, {"amount": 49_900, "receipt": "rf-1"}, headers=headers)
    assert again["id"] == first["id"]
    assert sdk.refund.fetch(first["id"])["status"] == "processed"
    assert sdk.payment.fetch(payment_id)["refund_status"] == "full"
    with pytest.raises(BadRequestError, match="same idempotency key"):
        sdk.payment.refund(payment_id, {"amount": 100}, headers=headers)
    other = {**headers, "X-Refund-Idempotency": "refund-pay-0002"}
    with pytest.raises(BadRequestError, match="fully refunded already"):
        sdk.payment.refund(payment_id, {"amount": 49_900}, headers=other)
    receiver.wait("refund.processed")
    assert receiver.kinds().count("refund.created") == 1


@pytest.mark.parametrize(
    ("outcome", "amount", "key"),
    [("authorized", 49_900, "refund-00001"), ("captured", 49_901, "refund-00001"), ("captured", 49_900, "short")],
)
def test_a_refund_that_cannot_be_is_refused(sandbox: Running, outcome: str, amount: int, key: str) -> None:
    payment_id = sandbox.pay(sandbox.order()["id"], outcome)["razorpay_payment_id"]
    reply = sandbox.razorpay(
        "POST", f"payments/{payment_id}/refund", json={"amount": amount}, headers={"X-Refund-Idempotency": key}
    )
    assert reply.status_code == 400
    assert sandbox.razorpay("GET", f"payments/{payment_id}/refunds").json()["count"] == 0


def test_an_event_that_is_not_taken_comes_again_under_the_same_id(sandbox: Running, receiver: Receiver) -> None:
    order_id = sandbox.order()["id"]
    receiver.refuse(order_id, 500, 503)
    sandbox.pay(order_id, "authorized")
    first, second, third = receiver.tries(order_id, 3)
    assert first.raw == second.raw == third.raw
    assert len({hook.headers["x-razorpay-event-id"] for hook in (first, second, third)}) == 1
    assert third.at - second.at > second.at - first.at


def test_paying_does_not_wait_for_the_receiver(sandbox: Running, receiver: Receiver) -> None:
    receiver.slow_seconds = 1.5
    order = sandbox.order()
    began = time.monotonic()
    sandbox.pay(order["id"])
    assert time.monotonic() - began < receiver.slow_seconds
    receiver.wait("order.paid")


def test_an_unknown_order_cannot_be_paid(sandbox: Running) -> None:
    reply = sandbox.control("razorpay/orders/order_none/pay", {"outcome": "captured"})
    assert (reply.status_code, reply.json()["error"]) == (404, "There is no order order_none.")


class TestCheckout:
    def test_it_shows_the_orders_own_amount_to_whoever_holds_the_key(self, sandbox: Running) -> None:
        order_id = sandbox.order()["id"]
        shown = sandbox.http.get(f"/razorpay/checkout/orders/{order_id}", params={"key": KEY_ID})
        assert shown.json()["amount"] == 49_900
        assert shown.headers["access-control-allow-origin"] == "*"
        refused = sandbox.http.get(f"/razorpay/checkout/orders/{order_id}", params={"key": "rzp_test_other"})
        assert refused.status_code == 401

    @pytest.mark.parametrize(
        ("method", "reason"),
        [
            ({"method": "upi", "vpa": "failure@razorpay"}, "payment_failed"),
            ({"method": "card", "number": "4100 2800 0008 0001", "otp": "1234"}, "insufficient_funds"),
            ({"method": "card", "number": "4100 2800 0006 0003", "otp": "1234"}, "card_declined"),
            ({"method": "card", "number": "4100 2800 0000 1007", "otp": "12"}, "incorrect_otp"),
        ],
    )
    def test_test_means_of_payment_fail_as_they_should(
        self, sandbox: Running, method: dict[str, str], reason: str
    ) -> None:
        order_id = sandbox.order()["id"]
        reply = sandbox.http.post(f"/razorpay/checkout/orders/{order_id}/payments", json={"key": KEY_ID, **method})
        error = reply.json()["error"]
        assert (reply.status_code, error["reason"], error["metadata"]["order_id"]) == (200, reason, order_id)

    def test_a_card_pays_and_an_order_is_paid_once(self, sandbox: Running) -> None:
        order_id = sandbox.order()["id"]
        body = {"key": KEY_ID, "method": "card", "number": "4100280000001007", "otp": "1234"}
        paid = sandbox.http.post(f"/razorpay/checkout/orders/{order_id}/payments", json=body).json()
        seen = sandbox.razorpay("GET", f"payments/{paid['razorpay_payment_id']}").json()
        assert (seen["method"], seen["card"]["last4"], seen["status"]) == ("card", "1007", "captured")
        again = sandbox.http.post(f"/razorpay/checkout/orders/{order_id}/payments", json=body)
        assert (again.status_code, again.json()["error"]["description"]) == (
            400,
            "Payment already done for this order.",
        )
