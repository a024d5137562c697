"""Razorpay through its SDK, wrapped: the SDK sets no timeout, drops status codes and prints; signatures are our own.

Source: Razorpay's documentation of 2026-04, `razorpay` 2.0.1.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import razorpay
import requests
from razorpay import client as razorpay_client
from razorpay import errors as sdk_errors

from core.adapters.resilience import Guard
from core.i18n import N_
from core.money import Money
from core.ports.errors import BadSignature, MalformedMessage, PaymentsDown, PaymentsRefused
from core.ports.payments import PaymentEvent, ProviderPayment, ProviderRefund
from core.ports.voice import Incoming, NotForUs
from core.settings import Settings

T = TypeVar("T")
READ_EVENTS = ("payment.", "refund.", "order.")
MAX_RECEIPT_CHARS = 40


def _say_nothing(*_: object) -> None:
    """The SDK prints what goes wrong. To redirect the process's output for a moment would not be safe among threads."""


# In place of the built-in, in that module alone.
razorpay_client.print = _say_nothing


class _RememberingSession(requests.Session):
    """The SDK's exceptions lose the status: the transport keeps the last one."""

    last_status: int | None = None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self.last_status = None
        reply = super().send(request, **kwargs)
        self.last_status = reply.status_code
        return reply


class RazorpayPayments:
    """The payments port over Razorpay."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = Guard("razorpay", PaymentsDown)
        self.key_id = settings.razorpay_key_id

    @property
    def state(self) -> str:
        return self._guard.state

    def open_order(self, money: Money, *, receipt: str, notes: Mapping[str, str]) -> str:
        """Orders have no idempotency key: the receipt, unique on our side, is looked up before one is made."""

        def look_up_or_make(client: razorpay.Client, options: dict[str, Any]) -> str:
            found = client.order.all({"receipt": receipt}, **options)
            for order in found.get("items") or []:
                if order.get("receipt") == receipt and order.get("amount") == money.amount:
                    return str(order["id"])
            body = {"amount": money.amount, "currency": money.currency, "receipt": receipt, "notes": dict(notes)}
            return str(client.order.create(body, **options)["id"])

        return self._call("open_order", look_up_or_make, attempts=2)

    def payments_of(self, order_id: str) -> Sequence[ProviderPayment]:
        body = self._call("payments_of", lambda client, options: client.order.payments(order_id, **options), attempts=3)
        return [payment for item in body.get("items") or [] if (payment := _payment(item))]

    def fetch_payment(self, payment_id: str) -> ProviderPayment:
        body = self._call(
            "fetch_payment", lambda client, options: client.payment.fetch(payment_id, **options), attempts=3
        )
        return self._read_payment(body)

    def capture(self, payment_id: str, money: Money) -> ProviderPayment:
        def capture(client: razorpay.Client, options: dict[str, Any]) -> Any:
            return client.payment.capture(payment_id, money.amount, {"currency": money.currency}, **options)

        try:
            return self._read_payment(self._call("capture", capture))
        except (PaymentsDown, PaymentsRefused):
            # It may have been taken all the same, or long ago: the payment itself is the truth.
            seen = self.fetch_payment(payment_id)
            if seen.status == "captured":
                return seen
            raise

    def refund(self, payment_id: str, money: Money, *, idempotency_key: str) -> ProviderRefund:
        def refund(client: razorpay.Client, options: dict[str, Any]) -> Any:
            headers = {"X-Refund-Idempotency": idempotency_key, "Content-Type": "application/json"}
            body = {"amount": money.amount, "speed": "normal", "receipt": idempotency_key[:MAX_RECEIPT_CHARS]}
            return client.payment.refund(payment_id, body, headers=headers, **options)

        found = _refund(self._call("refund", refund, attempts=3))
        if found is None:
            raise PaymentsDown("razorpay", N_("The answer is no refund."))
        return found

    def refunds_of(self, payment_id: str) -> Sequence[ProviderRefund]:
        body = self._call(
            "refunds_of",
            lambda client, options: client.payment.fetch_multiple_refund(payment_id, **options),
            attempts=3,
        )
        return [refund for item in body.get("items") or [] if (refund := _refund(item))]

    def signature_holds(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        key = self._settings.razorpay_key_secret.get_secret_value().encode()
        expected = hmac.new(key, f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))

    def authenticate(self, raw: bytes, headers: Mapping[str, str]) -> None:
        sent = next((v for k, v in headers.items() if k.lower() == "x-razorpay-signature"), "")
        secrets = (self._settings.razorpay_webhook_secret, self._settings.razorpay_webhook_previous_secret)
        for secret in secrets:
            if secret is None or not secret.get_secret_value() or not sent:
                continue
            expected = hmac.new(secret.get_secret_value().encode(), raw, hashlib.sha256).hexdigest()
            if hmac.compare_digest(expected.encode(), sent.encode(errors="replace")):
                return
        raise BadSignature("razorpay")

    def identify(self, message: Mapping[str, Any], headers: Mapping[str, str], raw: bytes) -> Incoming:
        kind = message.get("event")
        if not isinstance(kind, str) or not kind:
            raise MalformedMessage("razorpay", "there is no event")
        event_id = next((v for k, v in headers.items() if k.lower() == "x-razorpay-event-id"), "")
        return Incoming(event_id or f"sha256:{hashlib.sha256(raw).hexdigest()}", kind)

    def read(self, message: Mapping[str, Any]) -> PaymentEvent:
        kind = str(message.get("event"))
        payload = _dict(message.get("payload"))
        if kind.startswith("refund."):
            refund = _refund(_dict(payload.get("refund")).get("entity"))
            return refund or NotForUs(kind)
        if kind.startswith(READ_EVENTS) and not kind.startswith(("payment.dispute", "payment.downtime")):
            return _payment(_dict(payload.get("payment")).get("entity")) or NotForUs(kind)
        return NotForUs(kind)

    def _read_payment(self, body: Any) -> ProviderPayment:
        payment = _payment(body)
        if payment is None:
            raise PaymentsDown("razorpay", N_("The answer is no payment."))
        return payment

    def _call(self, operation: str, use: Callable[[razorpay.Client, dict[str, Any]], T], *, attempts: int = 1) -> T:
        def attempt() -> T:
            session = _RememberingSession()
            secret = self._settings.razorpay_key_secret.get_secret_value()
            client = razorpay.Client(
                session=session, auth=(self.key_id, secret), base_url=self._settings.razorpay_base_url.rstrip("/")
            )
            try:
                return use(client, {"timeout": self._settings.razorpay_timeout_seconds})
            except requests.Timeout as exc:
                raise PaymentsDown("razorpay", N_("Razorpay did not answer in time.")) from exc
            except (requests.RequestException, ValueError, KeyError, TypeError) as exc:
                raise PaymentsDown("razorpay", N_("Razorpay cannot be reached."), error=type(exc).__name__) from exc
            except (sdk_errors.GatewayError, sdk_errors.ServerError) as exc:
                raise PaymentsDown("razorpay", N_("Razorpay failed."), status=session.last_status) from exc
            except sdk_errors.BadRequestError as exc:
                raise _refusal(session.last_status, str(exc)) from exc
            finally:
                session.close()

        return self._guard.call(operation, attempt, attempts=attempts)


def _refusal(status: int | None, description: str) -> Exception:
    """429 and 5xx look like 400 in the SDK; a refund that still runs asks for patience."""
    if status in (408, 429) or (status or 0) >= 500 or "still in progress" in description:
        return PaymentsDown("razorpay", N_("Razorpay did not take the request."), status=status)
    return PaymentsRefused("razorpay", N_("Razorpay refused the request."), status=status, reason=description[:200])


def _payment(entity: Any) -> ProviderPayment | None:
    body = _dict(entity)
    status = body.get("status")
    money = _money(body)
    if not isinstance(body.get("id"), str) or money is None:
        return None
    known: Mapping[Any, Literal["created", "authorized", "captured", "refunded", "failed"]] = {
        "created": "created",
        "authorized": "authorized",
        "captured": "captured",
        "refunded": "refunded",
        "failed": "failed",
    }
    if status not in known:
        return None
    order_id = body.get("order_id")
    return ProviderPayment(
        body["id"], order_id if isinstance(order_id, str) else None, money, known[status], body.get("method")
    )


def _refund(entity: Any) -> ProviderRefund | None:
    body = _dict(entity)
    money = _money(body)
    known: Mapping[Any, Literal["pending", "processed", "failed"]] = {
        "pending": "pending",
        "processed": "processed",
        "failed": "failed",
    }
    if not isinstance(body.get("id"), str) or not isinstance(body.get("payment_id"), str) or money is None:
        return None
    return ProviderRefund(body["id"], body["payment_id"], money, known.get(body.get("status"), "pending"))


def _money(body: Mapping[str, Any]) -> Money | None:
    amount, currency = body.get("amount"), body.get("currency")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0 or not isinstance(currency, str):
        return None
    return Money(amount, currency)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
