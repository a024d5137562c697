"""Razorpay's objects, with the fields and the order in which its API gives them."""

import secrets
import string
import time
from typing import Any, Literal

from pydantic import BaseModel, Field

_LETTERS = string.ascii_letters + string.digits
ID_CHARS = 14
FEE_PER_MILLE = 20
TAX_PER_MILLE_OF_FEE = 180

Notes = dict[str, Any] | list[Any]
"""An empty list when there are none: so does PHP serialise an empty map, and so does Razorpay."""


def new_id(prefix: str) -> str:
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(ID_CHARS))}"


def now() -> int:
    return int(time.time())


class Order(BaseModel):
    """Amounts in the currency's minor unit."""

    id: str = Field(default_factory=lambda: new_id("order"))
    entity: Literal["order"] = "order"
    amount: int
    amount_paid: int = 0
    amount_due: int
    currency: str
    receipt: str | None = None
    offer_id: str | None = None
    status: Literal["created", "attempted", "paid"] = "created"
    attempts: int = 0
    notes: Notes = []
    created_at: int = Field(default_factory=now)


class Payment(BaseModel):
    id: str = Field(default_factory=lambda: new_id("pay"))
    entity: Literal["payment"] = "payment"
    amount: int
    currency: str
    base_amount: int
    status: Literal["created", "authorized", "captured", "refunded", "failed"]
    order_id: str
    invoice_id: str | None = None
    international: bool = False
    method: Literal["upi", "card"] = "upi"
    amount_refunded: int = 0
    amount_transferred: int = 0
    refund_status: Literal["partial", "full"] | None = None
    captured: bool = False
    description: str | None = None
    card_id: str | None = None
    card: dict[str, Any] | None = None
    bank: str | None = None
    wallet: str | None = None
    vpa: str | None = None
    email: str | None = None
    contact: str | None = None
    notes: Notes = []
    fee: int | None = None
    tax: int | None = None
    error_code: str | None = None
    error_description: str | None = None
    error_source: str | None = None
    error_step: str | None = None
    error_reason: str | None = None
    acquirer_data: dict[str, str | None] = {}
    created_at: int = Field(default_factory=now)
    upi: dict[str, str] | None = None

    def shown(self) -> dict[str, Any]:
        """As the API gives it: `card` and `upi` only where they are."""
        body = self.model_dump()
        return {name: value for name, value in body.items() if name not in ("card", "upi") or value is not None}

    def charge(self) -> None:
        """Capture: Razorpay keeps two per cent and the tax on it."""
        fee = self.amount * FEE_PER_MILLE // 1000
        tax = fee * TAX_PER_MILLE_OF_FEE // 1000
        self.status, self.captured, self.fee, self.tax = "captured", True, fee + tax, tax

    def fail(self, description: str, *, source: str, reason: str) -> None:
        self.status = "failed"
        self.error_code, self.error_description = "BAD_REQUEST_ERROR", description
        self.error_source, self.error_step, self.error_reason = source, "payment_authorization", reason


class Refund(BaseModel):
    id: str = Field(default_factory=lambda: new_id("rfnd"))
    entity: Literal["refund"] = "refund"
    amount: int
    currency: str
    payment_id: str
    notes: Notes = []
    receipt: str | None = None
    acquirer_data: dict[str, str | None] = {"arn": None}
    created_at: int = Field(default_factory=now)
    batch_id: str | None = None
    status: Literal["processed"] = "processed"
    speed_processed: Literal["normal", "instant"] = "normal"
    speed_requested: str = "normal"


class RefundKey(BaseModel):
    """What an idempotency key was first used for."""

    payment_id: str
    body: dict[str, Any]
    refund_id: str


def collection(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entity": "collection", "count": len(items), "items": items}
