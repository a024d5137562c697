"""A coach's cohorts, and the way to a new one."""

import streamlit as st

from core.accounts.types import Role
from core.cohorts import service
from core.i18n import _
from ui import state
from ui.components.cohorts import cohort_card, comparison, new_cohort
from ui.guard import PageContext, page

PAGE_SIZE = 20


@page(role=Role.COACH)
def cohorts(ctx: PageContext) -> None:
    st.title(_("Your cohorts"), anchor=False)
    visited = state.cursors("cohorts")
    listed = ctx.look(service.cohorts, limit=PAGE_SIZE, cursor=visited[-1] if visited else None)
    if not listed.items:
        st.markdown(
            _(
                "A cohort shows you who is stuck, on what, and what to assign next. Learners join by your link and "
                "decide "
                "themselves what you see."
            )
        )
    for item in listed.items:
        cohort_card(item)
    if listed.next_cursor and st.button(_("Older"), icon=":material/chevron_right:"):
        visited.append(listed.next_cursor)
        st.rerun()
    if visited and st.button(_("Newest"), icon=":material/first_page:"):
        visited.clear()
        st.rerun()
    comparison(ctx)
    new_cohort(ctx)


cohorts()
