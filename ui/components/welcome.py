"""What a first-time visitor sees."""

import streamlit as st

from core.i18n import N_, _
from ui import routes
from ui.routes import Screen

STEPS = (
    (":material/tune:", N_("Choose"), N_("Type, difficulty and the areas you want to practise.")),
    (":material/mic:", N_("Talk"), N_("An AI interviewer asks, listens and follows up. You can type instead.")),
    (":material/fact_check:", N_("Read"), N_("A scored report in which every point is backed by your own words.")),
)


def welcome(name: str) -> None:
    st.title(_("Welcome, {name}").format(name=name), anchor=False)
    st.markdown(_("Practise a real interview, and learn what to fix first."))
    with st.grid(3, min_column_width=180):
        for icon, title, detail in STEPS:
            with st.container(border=True, height="stretch"):
                st.markdown(f"### {icon} {_(title)}")
                st.markdown(_(detail))
    if st.button(_("Set up your first interview"), type="primary", icon=":material/add_circle:"):
        routes.go(Screen.SETUP)
    st.markdown(
        _(
            "You see the price before you pay. If a call breaks off through our fault you repeat it for free; "
            "if we cannot deliver a report, your money comes back by itself."
        )
    )
