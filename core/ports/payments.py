"""What we need from a provider of payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from core.money import Money
from core.ports.voice import Incoming, NotForUs


@dataclass(frozen=True)
class ProviderPayment:
    """A payment as the provider knows it. Only `captured` money is ours."""

    payment_id: str
    order_id: str | None
    money: Money
    status: Literal["created", "authorized", "captured", "refunded", "failed"]
    method: str | None = None


@dataclass(frozen=True)
class ProviderRefund:
    refund_id: str
    payment_id: str
    money: Money
    status: Literal["pending", "processed", "failed"]


PaymentEvent = ProviderPayment | ProviderRefund | NotForUs


class Payments(Protocol):
    key_id: str
    """The public half of the key, for the browser."""

    def open_order(self, money: Money, *, receipt: str, notes: Mapping[str, str]) -> str:
        """The provider's order for our receipt; the same receipt gives the same order.

        Raises: PaymentsDown (try again with the same receipt), PaymentsRefused (do not).
        """
        ...

    def payments_of(self, order_id: str) -> Sequence[ProviderPayment]:
        """Every payment tried under an order. Raises: PaymentsDown, PaymentsRefused."""
        ...

    def fetch_payment(self, payment_id: str) -> ProviderPayment:
        """Raises: PaymentsDown, PaymentsRefused."""
        ...

    def capture(self, payment_id: str, money: Money) -> ProviderPayment:
        """Take an authorised payment; one captured already comes back as it is.

        Raises: PaymentsDown, PaymentsRefused.
        """
        ...

    def refund(self, payment_id: str, money: Money, *, idempotency_key: str) -> ProviderRefund:
        """Give money back; the same key gives the same refund. Raises: PaymentsDown, PaymentsRefused."""
        ...

    def refunds_of(self, payment_id: str) -> Sequence[ProviderRefund]:
        """Every refund of a payment, whoever asked for it. Raises: PaymentsDown, PaymentsRefused."""
        ...

    def signature_holds(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        """Whether the checkout's signature is over OUR order id and the payment id. Never raises."""
        ...

    def authenticate(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """Raises: BadSignature."""
        ...

    def identify(self, message: Mapping[str, Any], headers: Mapping[str, str], raw: bytes) -> Incoming:
        """What makes the message one event. Raises: MalformedMessage."""
        ...

    def read(self, message: Mapping[str, Any]) -> PaymentEvent:
        """Translate a stored event. Never raises on fields that are missing or new."""
        ...
