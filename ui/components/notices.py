"""Short notices that several screens carry."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _
from core.interviews.types import SessionStatus, SessionView
from ui import routes, state, words
from ui.guard import PageContext
from ui.routes import Screen
from ui.text import plain


def sandbox_notice(ctx: PageContext, message: str) -> None:
    """Say that this is a rehearsal of the real thing, where it is one."""
    if ctx.settings.is_sandbox:
        st.info(message, icon=":material/science:")


def ended_notice(view: SessionView) -> None:
    """An interview that will have no report: why, and what can be done now."""
    title, detail = words.ENDED[view.status]
    with st.container(border=True, key="ended"):
        st.subheader(_(title), anchor=False)
        if view.failure:
            st.markdown(plain(_(view.failure)))
        st.markdown(_(detail))
        with st.container(horizontal=True):
            if st.button(_("Set up a new interview"), type="primary", icon=":material/add_circle:"):
                routes.go(Screen.SETUP)
            if view.status is SessionStatus.FAILED:
                routes.link(Screen.ACCOUNT, _("Your payments"), icon=":material/receipt_long:")


def confirmed(
    question: str, *, row: DeltaGenerator, label: str, icon: str, warning: str, yes: str, no: str | None = None
) -> bool:
    """A button in `row` that asks once more, below, before what cannot be undone. Returns True when it was confirmed.

    It stays in the page: buttons inside a dialog cannot be tested, and a dialog would cover a running call.
    """
    asking = state.is_asking(question)
    # No callbacks: a server that took over from another has not registered them, and would drop the first click.
    if row.button(label, icon=icon, key=f"ask-{question}", disabled=asking):
        state.ask(question)
        st.rerun()
    with st.container(key=f"confirm-{question}"):
        if not asking:
            return False
        st.warning(warning, icon=":material/help:")
        with st.container(horizontal=True):
            agreed = st.button(yes, type="primary", icon=icon, key=f"yes-{question}")
            if st.button(no or _("No, go back"), key=f"no-{question}"):
                state.stop_asking()
                st.rerun()
        return agreed
