"""What the checkout dialog in the browser calls: the order it shows, and the payment a person makes there."""

import hmac
import re
from typing import Any

from sandbox.razorpay.entities import Order, Payment, new_id
from sandbox.razorpay.errors import Refusal
from sandbox.world import World

DECLINED = {
    "4100280000080001": (
        "Your payment could not be completed due to insufficient account balance.",
        "insufficient_funds",
    ),
    "4100280000060003": ("Your payment was declined by your bank.", "card_declined"),
    "4100280000090000": ("Your payment was not completed on time.", "payment_timed_out"),
    "4100280000000009": ("Authentication with your bank failed.", "authentication_failed"),
}
"""Razorpay's test cards that fail, and how."""
NETWORKS = {"4": "Visa", "5": "MasterCard", "6": "RuPay"}
FAILING_VPA = "failure@razorpay"
MIN_OTP_DIGITS = 4
_VPA = re.compile(r"[\w.\-]{2,}@[A-Za-z]{2,}")


def shown_order(world: World, key: str, order_id: str) -> dict[str, Any]:
    order = _open_order(world, key, order_id)
    return {
        "id": order.id,
        "amount": order.amount_due or order.amount,
        "currency": order.currency,
        "status": order.status,
    }


def pay(world: World, order_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """One attempt. A payment that fails is an answer like one that succeeds: the dialog stays open for another."""
    order = _open_order(world, str(body.get("key", "")), order_id)
    details, failure = _method(body)
    given = body.get("prefill")
    prefill = given if isinstance(given, dict) else {}
    details |= {
        "email": str(prefill.get("email") or "customer@example.com"),
        "contact": str(prefill.get("contact") or "+919900000000"),
        "description": body.get("description") if isinstance(body.get("description"), str) else None,
    }
    books = world.razorpay
    if failure is None:
        payment = books.pay(order, "captured", details=details)
        return {
            "razorpay_payment_id": payment.id,
            "razorpay_order_id": order.id,
            "razorpay_signature": books.signature(order.id, payment.id),
        }
    failed = books.pay(order, "failed", details=details, failure=failure)
    return {"error": _failure(failed)}


def _open_order(world: World, key: str, order_id: str) -> Order:
    if not hmac.compare_digest(key.encode(), world.settings.razorpay_key_id.encode()):
        raise Refusal("Authentication failed", status=401)
    order = world.razorpay.order_by_id(order_id)
    if order.status == "paid":
        raise Refusal("Payment already done for this order.")
    return order


def _method(body: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, str] | None]:
    """The payment's fields for the way that was chosen, and why it fails if it does."""
    if body.get("method") == "card":
        number = re.sub(r"\D", "", str(body.get("number", "")))
        if len(number) not in range(12, 20):
            raise Refusal("Your card number is incorrect.", field="number")
        failure = DECLINED.get(number)
        if failure is None and len(re.sub(r"\D", "", str(body.get("otp", "")))) < MIN_OTP_DIGITS:
            failure = ("The OTP that was entered is not correct.", "incorrect_otp")
        card_id = new_id("card")
        card = {
            "id": card_id,
            "entity": "card",
            "name": "",
            "last4": number[-4:],
            "network": NETWORKS.get(number[0], "Unknown"),
            "type": "debit",
            "issuer": None,
            "international": number == "4012888888881881",
            "emi": False,
            "sub_type": "consumer",
            "token_iin": None,
        }
        return {"method": "card", "card_id": card_id, "card": card}, failure
    vpa = str(body.get("vpa", ""))
    if not _VPA.fullmatch(vpa):
        raise Refusal("Invalid VPA. Please enter a valid Virtual Payment Address", field="vpa")
    failed = ("Payment was unsuccessful as you declined it in the UPI app.", "payment_failed")
    return {"method": "upi", "vpa": vpa, "upi": {"vpa": vpa, "flow": "collect"}}, failed if vpa == FAILING_VPA else None


def _failure(payment: Payment) -> dict[str, Any]:
    return {
        "code": payment.error_code,
        "description": payment.error_description,
        "source": payment.error_source,
        "step": payment.error_step,
        "reason": payment.error_reason,
        "metadata": {"payment_id": payment.id, "order_id": payment.order_id},
    }
