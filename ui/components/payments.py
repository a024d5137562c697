"""What was paid, and what came back."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.payments.receipt import receipt_of, receipt_pdf
from core.payments.service import payments_page
from core.payments.types import PaymentStatus
from ui import state, text, words
from ui.components import browse
from ui.components.note import note
from ui.guard import PageContext
from ui.text import plain

SHOWN = 10


def payments(ctx: PageContext) -> None:
    visited = state.cursors("payments")
    listed = ctx.look(payments_page, limit=SHOWN, cursor=visited[-1] if visited else None)
    if not listed.items:
        st.markdown(_("You have not paid for anything yet."))
        return
    for item in listed.items:
        with st.container(border=True, key=f"payment-{item.payment_id}", gap="xsmall"):
            amount = text.money(item.amount, item.currency)
            st.markdown(f"**{amount}** · {words.PAYMENT_STATUSES[item.status]} · {text.day(item.created_at)}")
            if item.is_sponsored:
                st.markdown(_("Paid by your cohort. Nothing was charged to you."))
            if item.refunded_at and not item.is_sponsored:
                st.markdown(_("Refunded on {day}").format(day=text.day(item.refunded_at)))
            if item.status in (PaymentStatus.PAID, PaymentStatus.REFUNDED):
                st.download_button(
                    _("Receipt"),
                    partial(_receipt, ctx, item.payment_id),
                    file_name=f"greenroom-receipt-{item.payment_id}.pdf",
                    mime="application/pdf",
                    icon=":material/receipt_long:",
                    key=f"receipt-{item.payment_id}",
                    on_click="ignore",
                )
            note(_("Order {order_id}").format(order_id=plain(item.order_id or item.payment_id)))
    browse.turn_pages(visited, listed.next_cursor, key="payments")


def _receipt(ctx: PageContext, payment_id: str) -> bytes:
    """Set when it is asked for, not with every view of the page."""
    return receipt_pdf(ctx.read(lambda uow, actor: receipt_of(uow, actor.user_id, payment_id)))
