"""What an interview costs."""

import streamlit as st

from core.i18n import _
from core.interviews.rules import shown_label
from core.interviews.types import Pricing
from ui.text import money, plain


def price_lines(pricing: Pricing) -> None:
    """Every line of a price, then its total."""
    with st.container(border=True, key="price", gap="xsmall"):
        for line in pricing.lines:
            _row(plain(shown_label(line.label)), money(line.amount, pricing.currency))
        _row(_("**Total**"), f"**{money(pricing.amount, pricing.currency)}**")


def _row(label: str, amount: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", wrap=False):
        st.markdown(label)
        st.markdown(amount, width="content")
