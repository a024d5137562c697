"""Paying for an interview."""

import streamlit as st

from core.i18n import _
from core.interviews.service import session_view
from core.interviews.types import SessionStatus
from ui import routes, words
from ui.components.checkout import checkout
from ui.components.note import note
from ui.components.notices import sandbox_notice
from ui.components.payment import order_to_pay, sponsored, take_claim, watch_payment
from ui.components.price import price_lines
from ui.guard import PageContext, page


@page()
def payment(ctx: PageContext) -> None:
    view = ctx.read(session_view, ctx.session_id())
    if view.status is not SessionStatus.AWAITING_PAYMENT:
        routes.go_on(view.session_id, view.status)
    st.title(_("Payment"), anchor=False)
    sandbox_notice(ctx, _(words.SANDBOX_PAYMENT))
    title = f"{words.interview(view.type, view.difficulty)}, {words.MODES[view.mode].lower()}"
    st.markdown(f"**{title}** · {words.questions(view.question_count)}, {words.SOURCES[view.questions_source]}")
    price_lines(view.pricing)
    sponsored(ctx, view)
    order = order_to_pay(ctx, view.session_id)
    with st.container(key="checkout"):
        claim = checkout(order, script_url=ctx.settings.razorpay_checkout_url, description=title)
    if claim:
        take_claim(ctx, claim)
    watch_payment(view.session_id)
    note(_(words.REFUND_PROMISE))


payment()
