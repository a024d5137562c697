"""Money: what a payment is called, and what is promised about it."""

from collections.abc import Mapping

from core.i18n import N_, Worded
from core.payments.types import PaymentStatus

PAYMENT_STATUSES: Mapping[PaymentStatus, str] = Worded(
    {
        PaymentStatus.CREATED: N_("Not paid"),
        PaymentStatus.AUTHORIZED: N_("Being confirmed"),
        PaymentStatus.PAID: N_("Paid"),
        PaymentStatus.REFUNDED: N_("Refunded"),
        PaymentStatus.FAILED: N_("Did not go through"),
    }
)
REFUND_PROMISE = N_(
    "If a call breaks off through our fault you repeat it for free. If we cannot deliver a report, your money comes "
    "back by itself."
)
CHECKOUT: Mapping[str, str] = Worded(
    {
        "opening": N_("Opening the secure payment window…"),
        "blocked": N_("The payment window could not be loaded. Check your connection or ad blocker, then try again."),
        "dismissed": N_("The payment window was closed. Nothing was taken."),
        "failed": N_("That attempt did not go through. You can try another way to pay in the same window."),
        "confirming": N_("Thank you. We are confirming the payment…"),
    }
)
