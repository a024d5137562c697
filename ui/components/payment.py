"""Paying: hand the checkout's claim to the server's check, and watch for money that arrives without it."""

import streamlit as st

from core.cohorts import sponsoring
from core.errors import AppError
from core.i18n import _
from core.interviews import service as interviews
from core.interviews.types import SessionStatus, SessionView
from core.money import Money
from core.payments import flows
from core.payments import service as payments
from core.payments.errors import AlreadyPaid, NotPayable
from core.payments.types import OpenOrder
from ui.components.checkout import CheckoutOutcome
from ui.components.note import note
from ui.guard import PageContext, foreseen, guarded_fragment, show_problem
from ui.text import plain

POLL_SECONDS = 2.5


def order_to_pay(ctx: PageContext, session_id: str) -> OpenOrder:
    """The order of an interview that waits for its payment, the same one at each visit.

    Raises: NotFound, PaymentsDown, PaymentsRefused.
    """
    try:
        return ctx.run(flows.open_order, session_id)
    except (AlreadyPaid, NotPayable):
        # Paid between two reads, as the provider's message may come at any moment: the page looks again.
        st.rerun()


def sponsored(ctx: PageContext, view: SessionView) -> None:
    """Offer that a cohort pays, where one would. Draws nothing elsewhere."""
    money = Money(view.pricing.amount, view.pricing.currency)
    for sponsor in ctx.read(sponsoring.sponsors, money):
        with st.container(border=True, key=f"sponsor-{sponsor.cohort_id}"):
            st.markdown(_("**{cohort}** can pay for this interview.").format(cohort=plain(sponsor.name)))
            label = _("Let your cohort pay")
            if st.button(label, type="primary", icon=":material/redeem:", key=f"pay-{sponsor.cohort_id}"):
                with foreseen("payment"):
                    ctx.read(payments.sponsor, view.session_id, sponsor.cohort_id)
                    st.rerun()


def take_claim(ctx: PageContext, claim: CheckoutOutcome) -> None:
    """Check a claimed payment. What fails here is not lost: the provider's own message settles it as well."""
    try:
        ctx.spend("payments")
        ctx.run(flows.verify, order_id=claim.order_id, payment_id=claim.payment_id, signature=claim.signature)
    except AppError as error:
        show_problem(error)
        return
    st.rerun()


@guarded_fragment(run_every=POLL_SECONDS)
def watch_payment(ctx: PageContext, session_id: str) -> None:
    """Move the page on as soon as the interview is paid, however the news came."""
    if ctx.read(interviews.session_view, session_id).status is not SessionStatus.AWAITING_PAYMENT:
        st.rerun(scope="app")
    note(_(":material/sync: This page goes on by itself as soon as the payment is confirmed. You may close it."))
