"""States and values of a payment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.interviews.types import SessionStatus


class PaymentStatus(StrEnum):
    CREATED = "created"
    AUTHORIZED = "authorized"
    PAID = "paid"
    REFUNDED = "refunded"
    FAILED = "failed"


@dataclass(frozen=True)
class OpenOrder:
    """What the browser's checkout is opened with."""

    payment_id: str
    order_id: str
    amount: int
    currency: str
    key_id: str
    prefill_name: str
    prefill_email: str


@dataclass(frozen=True)
class Settled:
    payment_id: str
    status: PaymentStatus
    session_id: str
    session_status: SessionStatus


@dataclass(frozen=True)
class PaymentView:
    payment_id: str
    session_id: str | None
    order_id: str | None
    amount: int
    currency: str
    status: PaymentStatus
    created_at: datetime
    refunded_at: datetime | None
    is_sponsored: bool
    """A cohort's credit paid: nothing was charged to the person."""
