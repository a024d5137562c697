"""The payment provider's checkout, opened from the page itself: inside a dialog it could not be clicked."""

from dataclasses import dataclass
from typing import Any

from core.i18n import _
from core.payments.types import OpenOrder
from ui import words
from ui.components.source import component
from ui.text import money

_mount = component("checkout", css=("controls",))


@dataclass(frozen=True)
class CheckoutOutcome:
    """What the browser says happened. It is a claim: only the server's own check counts."""

    order_id: str
    payment_id: str
    signature: str


def checkout(order: OpenOrder, *, script_url: str, description: str) -> CheckoutOutcome | None:
    """Draw the pay button. Returns a claimed payment in the one run after the checkout closed with it."""
    shown = _mount(
        key=f"checkout-{order.order_id}",
        data={
            "script": script_url,
            "key": order.key_id,
            "order": order.order_id,
            "amount": order.amount,
            "currency": order.currency,
            "prefill": {"name": order.prefill_name, "email": order.prefill_email},
            "words": {
                **words.CHECKOUT,
                "pay": _("Pay {money}").format(money=money(order.amount, order.currency)),
                "description": description,
                "product": words.PRODUCT,
            },
        },
        on_outcome_change=lambda: None,
    )
    return outcome_of(shown.outcome, order)


def outcome_of(claim: Any, order: OpenOrder) -> CheckoutOutcome | None:
    """Take a claim that is whole and about this order; anything else is nothing."""
    if not isinstance(claim, dict) or claim.get("outcome") != "paid" or claim.get("order") != order.order_id:
        return None
    payment, signature = claim.get("payment"), claim.get("signature")
    if not isinstance(payment, str) or not isinstance(signature, str):
        return None
    return CheckoutOutcome(order.order_id, payment, signature)
