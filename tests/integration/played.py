"""Providers whose truth a test can look at: calls and payments as they really stand, whatever events were lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from core.interviews.types import EndedBy
from core.money import Money
from core.ports.errors import ModelDown, PaymentsRefused
from core.ports.language_model import Generation
from core.ports.payments import PaymentEvent, ProviderPayment, ProviderRefund
from core.ports.voice import (
    CallConnected,
    CallEnded,
    CallPlan,
    CallReport,
    CallRow,
    CallState,
    CreatedCall,
    Incoming,
    NotForUs,
    Recording,
    VoiceEvent,
)

ANSWER = "I read the execution plan, looked for lock waits, and refreshed the statistics before I added an index there."


@dataclass
class Post:
    """Events that are on their way. Each is delivered once, twice, late or never."""

    sent: list[tuple[str, str, Any]] = field(default_factory=list)

    def send(self, source: str, key: str, event: Any) -> None:
        self.sent.append((source, key, event))

    def read(self, message: Mapping[str, Any]) -> Any:
        return self.sent[message["number"]][2]


@dataclass
class PlayedVoice:
    post: Post
    calls: dict[str, CallPlan] = field(default_factory=dict)
    reports: dict[str, CallReport] = field(default_factory=dict)

    def create_call(self, plan: CallPlan, *, webhook_url: str) -> CreatedCall:
        call_id = f"call-{plan.session_id}-{plan.attempt}-{len(self.calls)}"
        self.calls[call_id] = plan
        return CreatedCall(call_id, f"https://rooms.test/{call_id}", f"https://control.test/{call_id}")

    def play(self, call_id: str, *, answered: int, ended_by: EndedBy, now: datetime) -> None:
        """Hold a call: so many questions are answered, then it ends like this."""
        if call_id in self.reports:
            return
        rows: list[CallRow] = []
        for at, question in enumerate(self.calls[call_id].questions[: answered + 1]):
            rows.append(CallRow("interviewer", question.text, at * 60_000, at * 60_000 + 5_000, None))
            if at < answered:
                rows.append(
                    CallRow("candidate", f"{ANSWER} Part {at}.", at * 60_000 + 6_000, at * 60_000 + 40_000, 0.9)
                )
        report = CallReport(call_id, ended_by.value, ended_by, now, now, rows, 0.5, None, None)
        self.reports[call_id] = report
        self.post.send("vapi", f"{call_id}:connected", CallConnected(call_id))
        self.post.send("vapi", f"{call_id}:ended", CallEnded(call_id, ended_by.value, ended_by))
        self.post.send("vapi", f"{call_id}:report", report)

    def fetch_call(self, call_id: str) -> CallState:
        if call_id in self.reports:
            return CallState(call_id, "ended", self.reports[call_id])
        return CallState(call_id, "waiting" if call_id in self.calls else "gone", None)

    def hang_up(self, call_id: str, control_url: str) -> None:
        if call_id not in self.reports:
            rows = [CallRow("interviewer", self.calls[call_id].questions[0].text, 0, 5_000, None)]
            self.reports[call_id] = CallReport(call_id, "hung up", EndedBy.FINISHED, None, None, rows, 0.1, None, None)

    def delete_call(self, call_id: str) -> None:
        self.calls.pop(call_id, None)
        self.reports.pop(call_id, None)

    def fetch_recording(self, report: CallReport) -> Recording | None:
        return None

    def authenticate(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        return

    def recognise(self, raw: bytes) -> Incoming | None:
        return None

    def identify(self, message: Mapping[str, Any]) -> Incoming:
        return Incoming(str(message["key"]), "played")

    def read(self, message: Mapping[str, Any]) -> VoiceEvent:
        event = self.post.read(message)
        return event if isinstance(event, CallConnected | CallEnded | CallReport) else NotForUs("played")


@dataclass
class PlayedPayments:
    post: Post
    key_id: str = "rzp_test_played"
    orders: dict[str, tuple[str, Money]] = field(default_factory=dict)
    payments: dict[str, ProviderPayment] = field(default_factory=dict)
    refunds: dict[str, ProviderRefund] = field(default_factory=dict)
    by_hand: list[ProviderRefund] = field(default_factory=list)
    faltering: list[Literal["pending", "processed", "failed"]] = field(default_factory=list)
    """What becomes of the next refunds, the last first; after them each is carried out at once."""

    def open_order(self, money: Money, *, receipt: str, notes: Mapping[str, str]) -> str:
        for order_id, (known, _) in self.orders.items():
            if known == receipt:
                return order_id
        order_id = f"order_{len(self.orders)}_{receipt}"
        self.orders[order_id] = (receipt, money)
        return order_id

    def pay(self, order_id: str, status: str) -> str:
        payment_id = f"paid_{len(self.payments)}_{order_id}"
        payment = ProviderPayment(payment_id, order_id, self.orders[order_id][1], status)  # type: ignore[arg-type]
        self._note(payment)
        return payment_id

    def _note(self, payment: ProviderPayment) -> None:
        self.payments[payment.payment_id] = payment
        self.post.send("razorpay", f"{payment.payment_id}:{payment.status}", payment)

    def payments_of(self, order_id: str) -> Sequence[ProviderPayment]:
        return [p for p in self.payments.values() if p.order_id == order_id]

    def fetch_payment(self, payment_id: str) -> ProviderPayment:
        return self.payments[payment_id]

    def capture(self, payment_id: str, money: Money) -> ProviderPayment:
        payment = self.payments[payment_id]
        if payment.status == "authorized":
            self._note(replace(payment, status="captured"))
        return self.payments[payment_id]

    def refund(self, payment_id: str, money: Money, *, idempotency_key: str) -> ProviderRefund:
        if idempotency_key not in self.refunds:
            payment = self.payments[payment_id]
            if payment.status != "captured" or self._returned(payment_id) + money.amount > payment.money.amount:
                raise PaymentsRefused("razorpay", "Not captured, or returned already.")
            status = self.faltering.pop() if self.faltering else "processed"
            self._tell(idempotency_key, ProviderRefund(f"rfnd_{len(self.refunds)}", payment_id, money, status))
        return self.refunds[idempotency_key]

    def return_by_hand(self, payment: ProviderPayment, money: Money | None = None) -> None:
        """Somebody at the provider's own desk returns a payment, or part of it.

        Raises: PaymentsRefused where there is nothing.
        """
        self.faltering.append("processed")
        key = f"desk-{len(self.by_hand)}-{payment.payment_id}"
        self.by_hand.append(self.refund(payment.payment_id, money or payment.money, idempotency_key=key))

    def _returned(self, payment_id: str, *but: str) -> int:
        """What of a payment went back or is on its way, in minor units."""
        made = [refund for refund in self.refunds.values() if refund.payment_id == payment_id]
        return sum(refund.money.amount for refund in made if refund.status not in ("failed", *but))

    def _tell(self, key: str, refund: ProviderRefund) -> None:
        self.refunds[key] = refund
        payment = self.payments[refund.payment_id]
        if refund.status == "processed" and self._returned(payment.payment_id, "pending") == payment.money.amount:
            self._note(replace(payment, status="refunded"))
        self.post.send("razorpay", f"{refund.refund_id}:{refund.status}", refund)

    def refunds_of(self, payment_id: str) -> Sequence[ProviderRefund]:
        """As they stand; what was under way has been carried out meanwhile."""
        for key, refund in list(self.refunds.items()):
            if refund.payment_id == payment_id and refund.status == "pending":
                self._tell(key, replace(refund, status="processed"))
        return [refund for refund in self.refunds.values() if refund.payment_id == payment_id]

    def signature_holds(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        return signature == f"{order_id}|{payment_id}"

    def authenticate(self, raw: bytes, headers: Mapping[str, str]) -> None:
        return

    def identify(self, message: Mapping[str, Any], headers: Mapping[str, str], raw: bytes) -> Incoming:
        return Incoming(str(message["key"]), "played")

    def read(self, message: Mapping[str, Any]) -> PaymentEvent:
        event = self.post.read(message)
        return event if isinstance(event, ProviderPayment | ProviderRefund) else NotForUs("played")


class NoModel:
    """The rubric engine judges: fast, and the same each time."""

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        raise ModelDown("gemini", "There is no model in this test.")
