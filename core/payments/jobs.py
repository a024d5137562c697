"""Background work on payments. Each loads by id, calls one flow and may run twice."""

from typing import TYPE_CHECKING

from core.jobs import job
from core.payments import flows

if TYPE_CHECKING:
    from core.wiring import Greenroom


@job("payments.capture")
def capture(greenroom: "Greenroom", payment_id: str, transaction_id: str) -> None:
    """Take an authorised payment."""
    flows.capture(greenroom, payment_id, transaction_id)


@job("payments.refund_payment")
def refund_payment(greenroom: "Greenroom", payment_id: str) -> None:
    """Return a payment in full."""
    flows.refund_payment(greenroom, payment_id)


@job("payments.refund_stray")
def refund_stray(greenroom: "Greenroom", payment_id: str) -> None:
    """Return money that belongs to no open order. `payment_id` is the provider's."""
    flows.refund_stray(greenroom, payment_id)


@job("payments.return_doubles")
def return_doubles(greenroom: "Greenroom", payment_id: str) -> None:
    """Look for money that came twice for an order."""
    flows.return_doubles(greenroom, payment_id)
