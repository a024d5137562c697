"""Razorpay's HTTP interface: orders, payments and refunds under `/v1`, and what its checkout calls."""

import base64
import binascii
import hmac
import json
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request

from sandbox.razorpay import checkout
from sandbox.razorpay.books import Books
from sandbox.razorpay.entities import Payment, RefundKey, collection
from sandbox.razorpay.errors import Refusal
from sandbox.words import word_set
from sandbox.world import World, world_of

MIN_AMOUNT = 100
MAX_AMOUNT = 50_000_000
MAX_RECEIPT_CHARS = 40
MAX_NOTES, MAX_NOTE_CHARS = 15, 256
MAX_PAGE = 100
ORDER_FIELDS = word_set(
    """
    amount currency receipt notes partial_payment first_payment_min_amount payment_capture payment offer_id
    customer_id method
    """
)
REFUND_FIELDS = frozenset({"amount", "speed", "notes", "receipt"})
_IDEMPOTENCY = re.compile(r"[A-Za-z0-9_-]{10,}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def merchant(world: Annotated[World, Depends(world_of)], authorization: Annotated[str, Header()] = "") -> Books:
    """The books, for one who holds the key and its secret."""
    scheme, _, given = authorization.partition(" ")
    try:
        pair = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        pair = b""
    settings = world.settings
    expected = f"{settings.razorpay_key_id}:{settings.razorpay_key_secret.get_secret_value()}".encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(pair, expected):
        raise Refusal("Authentication failed", status=401)
    return world.razorpay


Merchant = Annotated[Books, Depends(merchant)]
router = APIRouter(prefix="/razorpay/v1")


async def json_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as exc:
        raise Refusal("The request body is not valid JSON") from exc
    if not isinstance(body, dict):
        raise Refusal("The request body must be an object")
    return body


Body = Annotated[dict[str, Any], Depends(json_body)]


@router.post("/orders")
async def create_order(books: Merchant, body: Body) -> dict[str, Any]:
    _only(body, ORDER_FIELDS)
    amount = _amount(body.get("amount"))
    currency = body.get("currency")
    if currency is None:
        raise Refusal("The currency field is required.", field="currency")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise Refusal("The currency should be a valid ISO currency code.", field="currency")
    receipt = body.get("receipt")
    if receipt is not None and (not isinstance(receipt, str) or len(receipt) > MAX_RECEIPT_CHARS):
        raise Refusal("The receipt may not be greater than 40 characters.", field="receipt")
    notes = _notes(body.get("notes"))
    return books.open_order(amount=amount, currency=currency, receipt=receipt, notes=notes).model_dump()


@router.get("/orders")
async def list_orders(books: Merchant, receipt: str | None = None, count: int = 10, skip: int = 0) -> dict[str, Any]:
    newest_first = reversed(books.orders.all())
    found = [order.model_dump() for order in newest_first if receipt is None or order.receipt == receipt]
    return collection(found[skip : skip + min(max(count, 1), MAX_PAGE)])


@router.get("/orders/{order_id}")
async def fetch_order(books: Merchant, order_id: str) -> dict[str, Any]:
    return books.order_by_id(order_id).model_dump()


@router.get("/orders/{order_id}/payments")
async def order_payments(books: Merchant, order_id: str) -> dict[str, Any]:
    books.order_by_id(order_id)
    return collection([payment.shown() for payment in reversed(books.payments_of(order_id))])


@router.get("/payments/{payment_id}")
async def fetch_payment(books: Merchant, payment_id: str) -> dict[str, Any]:
    return books.payment_by_id(payment_id).shown()


@router.post("/payments/{payment_id}/capture")
async def capture_payment(books: Merchant, payment_id: str, body: Body) -> dict[str, Any]:
    payment = books.payment_by_id(payment_id)
    if payment.status in ("captured", "refunded"):
        raise Refusal("This payment has already been captured")
    if payment.status != "authorized":
        raise Refusal("Only payments which have been authorized and not yet captured can be captured")
    amount = _amount(body.get("amount"))
    if body.get("currency", payment.currency) != payment.currency:
        raise Refusal("The currency does not match the currency of the payment.", field="currency")
    if amount != payment.amount:
        raise Refusal("Capture amount must be equal to the amount authorized", field="amount")
    return books.capture(payment).shown()


@router.post("/payments/{payment_id}/refund")
async def refund_payment(
    books: Merchant, payment_id: str, body: Body, x_refund_idempotency: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    payment = books.payment_by_id(payment_id)
    _only(body, REFUND_FIELDS)
    if x_refund_idempotency is not None:
        earlier = _earlier_refund(books, x_refund_idempotency, payment_id, body)
        if earlier is not None:
            return earlier
    amount = _refund_amount(payment, body.get("amount"))
    notes = {**body, "notes": _notes(body.get("notes"))}
    refund = books.refund(payment, amount=amount, body=notes)
    if x_refund_idempotency is not None:
        books.refund_keys.put(x_refund_idempotency, RefundKey(payment_id=payment_id, body=body, refund_id=refund.id))
    return refund.model_dump()


def _earlier_refund(books: Books, key: str, payment_id: str, body: dict[str, Any]) -> dict[str, Any] | None:
    if not _IDEMPOTENCY.fullmatch(key):
        raise Refusal("The idempotency key must have at least 10 characters: letters, digits, - and _ only")
    used = books.refund_keys.find(key)
    if used is None:
        return None
    if used.payment_id != payment_id or used.body != body:
        text = "Different request with the same idempotency key has already been processed."
        raise Refusal(text, status=409)
    return books.refund_by_id(used.refund_id).model_dump()


def _refund_amount(payment: Payment, wanted: Any) -> int:
    if payment.status == "refunded":
        raise Refusal("The payment has been fully refunded already.")
    if payment.status != "captured":
        raise Refusal("The payment status should be captured for action to be taken")
    left = payment.amount - payment.amount_refunded
    amount = left if wanted is None else _amount(wanted)
    if amount > left:
        raise Refusal("The refund amount provided is greater than amount captured", field="amount")
    return amount


@router.get("/payments/{payment_id}/refunds")
async def payment_refunds(books: Merchant, payment_id: str) -> dict[str, Any]:
    books.payment_by_id(payment_id)
    found = [refund.model_dump() for refund in books.refunds.all() if refund.payment_id == payment_id]
    return collection(found[::-1])


@router.get("/refunds/{refund_id}")
async def fetch_refund(books: Merchant, refund_id: str) -> dict[str, Any]:
    return books.refund_by_id(refund_id).model_dump()


def _only(body: dict[str, Any], known: frozenset[str]) -> None:
    unknown = [name for name in body if name not in known]
    if unknown:
        raise Refusal(f"{', '.join(unknown)} is/are not required and should not be sent")


def _amount(value: Any) -> int:
    if value is None:
        raise Refusal("The amount field is required.", field="amount")
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("The amount must be an integer.", field="amount")
    if value < MIN_AMOUNT:
        raise Refusal("The amount must be at least INR 1.00", field="amount")
    if value > MAX_AMOUNT:
        raise Refusal("Amount exceeds maximum amount allowed.", field="amount")
    return value


def _notes(value: Any) -> dict[str, Any] | list[Any]:
    if not value:
        return []
    if not isinstance(value, dict):
        raise Refusal("The notes must be an object.", field="notes")
    if len(value) > MAX_NOTES:
        raise Refusal("Number of fields in notes should be less than or equal to 15", field="notes")
    if any(len(str(note)) > MAX_NOTE_CHARS for note in value.values()):
        raise Refusal("A note's value may not be greater than 256 characters.", field="notes")
    return value


checkout_router = APIRouter(prefix="/razorpay/checkout")


@checkout_router.get("/orders/{order_id}")
async def checkout_order(world: Annotated[World, Depends(world_of)], order_id: str, key: str = "") -> dict[str, Any]:
    """What the dialog shows: the order's own amount, whatever the page was told."""
    return checkout.shown_order(world, key, order_id)


@checkout_router.post("/orders/{order_id}/payments")
async def checkout_pay(world: Annotated[World, Depends(world_of)], order_id: str, body: Body) -> dict[str, Any]:
    return checkout.pay(world, order_id, body)
