"""The receipt of a payment, as data and as PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from babel.dates import format_date

from core.accounts import service as accounts
from core.cohorts import sponsoring
from core.db import Uow
from core.errors import NotFound
from core.i18n import N_, Worded, region
from core.interviews import service as interviews
from core.interviews.rules import shown_label
from core.money import Money
from core.payments import repo
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from core.typeset import pdf

TEMPLATE = Path(__file__).resolve().parent / "receipt.typ"


LABELS: Mapping[str, str] = Worded(
    {
        "title": N_("Receipt"),
        "number": N_("Number"),
        "paidBy": N_("Paid by"),
        "paidOn": N_("Paid on"),
        "payment": N_("Payment"),
        "total": N_("Total"),
        "refunded": N_("Refunded in full on"),
        "returned": N_("Returned to the cohort's credit on"),
        "sponsor": N_("Your cohort"),
        "sponsored": N_("Paid by your cohort. Nothing was charged to you."),
    }
)


class Line(TypedDict):
    label: str
    amount: str


@dataclass(frozen=True)
class Receipt:
    number: str
    paid_by: str
    paid_at: datetime
    refunded_at: datetime | None
    lines: tuple[Line, ...]
    total: str
    transaction_id: str
    is_sponsored: bool

    @property
    def filename(self) -> str:
        return f"greenroom-receipt-{self.number}.pdf"


def receipt_of(uow: Uow, user_id: str, payment_id: str) -> Receipt:
    """The receipt of somebody's own payment. Raises: NotFound, also while nothing was paid."""
    payment = repo.by_id(uow, payment_id)
    settled = payment is not None and payment.status in (PaymentStatus.PAID, PaymentStatus.REFUNDED)
    if payment is None or not settled or payment.user_id != user_id or payment.paid_at is None:
        raise NotFound("receipt")
    lines = interviews.price_lines_of(uow, payment.session_id) if payment.session_id else ()
    bought = [(line.label, line.amount) for line in lines] or [(N_("Mock interview"), payment.amount)]
    return Receipt(
        number=payment.id,
        paid_by=_payer(uow, payment, user_id),
        paid_at=payment.paid_at,
        refunded_at=payment.refunded_at,
        lines=tuple(
            Line(label=shown_label(label), amount=Money(amount, payment.currency).formatted())
            for label, amount in bought
        ),
        total=payment.money.formatted(),
        transaction_id=payment.transaction_id or "",
        is_sponsored=payment.is_sponsored,
    )


def _payer(uow: Uow, payment: InterviewPayment, user_id: str) -> str:
    if payment.is_sponsored:
        return sponsoring.payer_of(uow, payment.id) or LABELS["sponsor"]
    return accounts.name_of(uow, user_id)


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt on one A4 page. What people are called reaches the typesetter as data."""
    data = {
        "number": receipt.number,
        "paidBy": receipt.paid_by,
        "paidAt": format_date(receipt.paid_at, format="long", locale=region()),
        "refundedAt": format_date(receipt.refunded_at, format="long", locale=region()) if receipt.refunded_at else None,
        "lines": list(receipt.lines),
        "total": receipt.total,
        "transactionId": receipt.transaction_id,
        "isSponsored": receipt.is_sponsored,
        "words": dict(LABELS),
    }
    return pdf(TEMPLATE, data)
