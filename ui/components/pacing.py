"""How much time somebody wants in every interview."""

import streamlit as st

from core.i18n import _
from core.interviews.preferences import Pace, choose_pace, pace
from core.interviews.rules import EXTRA_TIMES
from core.interviews.types import Patience
from ui import words
from ui.components.choices import readable
from ui.guard import PageContext, foreseen


def pacing(ctx: PageContext) -> None:
    """What new interviews begin with; each can still be set up otherwise."""
    now = ctx.read(pace)
    with st.form("pacing", border=True):
        st.markdown(_("**Your pace**"))
        st.markdown(
            _("New interviews begin with this. It costs nothing and lowers no score; nobody who judges sees it.")
        )
        patience = st.segmented_control(
            _("Time to think before an answer counts as finished"),
            list(Patience),
            format_func=readable(words.PATIENCE.__getitem__),
            default=now.patience,
            required=True,
        )
        extra = st.selectbox(
            _("Extra time"), list(EXTRA_TIMES), index=EXTRA_TIMES.index(now.extra_time), format_func=words.extra_time
        )
        if st.form_submit_button(_("Save")):
            with foreseen("account"):
                ctx.read(choose_pace, Pace(Patience(patience or now.patience), extra))
                st.success(_("Saved."), icon=":material/check:")
