"""Reports that a person is to look at."""

import streamlit as st

from core.accounts.types import Role
from core.i18n import _
from ui.components import review as parts
from ui.guard import PageContext, page


@page(role=Role.COACH)
def review(ctx: PageContext) -> None:
    st.title(_("Review"), anchor=False)
    named = st.query_params.get("review")
    if named:
        parts.case(ctx, named)
    else:
        parts.waiting(ctx)


review()
