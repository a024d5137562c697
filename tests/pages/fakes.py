"""Providers for page tests: they keep what they were asked and answer as a test tells them."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from core.money import Money
from core.ports.errors import ModelDown, VoiceDown
from core.ports.language_model import Generation
from core.ports.payments import PaymentEvent, ProviderPayment, ProviderRefund
from core.ports.voice import CallPlan, CallReport, CallState, CreatedCall, Incoming, NotForUs, Recording, VoiceEvent

SECRET = b"checkout"


def checkout_signature(order_id: str, payment_id: str) -> str:
    return hmac.new(SECRET, f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()


@dataclass
class FakeVoice:
    down: bool = False
    plans: list[CallPlan] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)

    def create_call(self, plan: CallPlan, *, webhook_url: str) -> CreatedCall:
        if self.down:
            raise VoiceDown("vapi", "The voice provider is down.")
        self.plans.append(plan)
        call_id = f"call-{plan.session_id}-{plan.attempt}"
        return CreatedCall(call_id, f"https://rooms.test/{call_id}", f"https://control.test/{call_id}")

    def fetch_call(self, call_id: str) -> CallState:
        return CallState(call_id, "in_progress", None)

    def hang_up(self, call_id: str, control_url: str) -> None:
        self.hung_up.append(call_id)

    def delete_call(self, call_id: str) -> None:
        raise AssertionError("no page deletes a call itself")

    def fetch_recording(self, report: CallReport) -> Recording | None:
        return None

    def authenticate(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        raise AssertionError("no page takes webhooks")

    def recognise(self, raw: bytes) -> Incoming | None:
        raise AssertionError("no page takes webhooks")

    def identify(self, message: Mapping[str, Any]) -> Incoming:
        raise AssertionError("no page takes webhooks")

    def read(self, message: Mapping[str, Any]) -> VoiceEvent:
        return NotForUs("test")


@dataclass
class FakePayments:
    key_id: str = "rzp_test_pages"
    orders: dict[str, Money] = field(default_factory=dict)
    status: str = "captured"

    def open_order(self, money: Money, *, receipt: str, notes: Mapping[str, str]) -> str:
        order_id = f"order_{receipt}"
        self.orders[order_id] = money
        return order_id

    def fetch_payment(self, payment_id: str) -> ProviderPayment:
        order_id = payment_id.replace("paid_", "order_", 1)
        return ProviderPayment(payment_id, order_id, self.orders[order_id], self.status)  # type: ignore[arg-type]  # a test names a status

    def payments_of(self, order_id: str) -> Sequence[ProviderPayment]:
        return []

    def capture(self, payment_id: str, money: Money) -> ProviderPayment:
        return ProviderPayment(payment_id, payment_id.replace("paid_", "order_", 1), money, "captured")

    def refund(self, payment_id: str, money: Money, *, idempotency_key: str) -> ProviderRefund:
        raise AssertionError("no page refunds")

    def refunds_of(self, payment_id: str) -> Sequence[ProviderRefund]:
        raise AssertionError("no page refunds")

    def signature_holds(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        return hmac.compare_digest(signature, checkout_signature(order_id, payment_id))

    def authenticate(self, raw: bytes, headers: Mapping[str, str]) -> None:
        raise AssertionError("no page takes webhooks")

    def identify(self, message: Mapping[str, Any], headers: Mapping[str, str], raw: bytes) -> Incoming:
        raise AssertionError("no page takes webhooks")

    def read(self, message: Mapping[str, Any]) -> PaymentEvent:
        return NotForUs("test")


@dataclass
class FakeModel:
    """Down: questions come from the bank and answers are judged by the rubric engine."""

    asked: int = 0

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        self.asked += 1
        raise ModelDown("gemini", "The model is down.")
