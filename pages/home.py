"""What to do next, and where one stands."""

import streamlit as st

from core.analytics.service import statistics
from core.i18n import _
from core.interviews.service import has_begun, history
from core.interviews.types import SessionStatus
from ui import routes
from ui.components.assigning import assigned
from ui.components.cards import interview_card
from ui.components.inbox import news
from ui.components.practice import due_practice
from ui.components.standing import standing
from ui.components.welcome import welcome
from ui.guard import PageContext, page
from ui.routes import NEXT_SCREEN, Screen
from ui.text import plain

SHOWN = 3
GOING_ON = (*NEXT_SCREEN, SessionStatus.PROCESSING)


@page()
def home(ctx: PageContext) -> None:
    name = plain(ctx.actor.name)
    if not ctx.look(has_begun):
        welcome(name)
        assigned(ctx)
        return
    st.title(_("Hello, {name}").format(name=name), anchor=False)
    assigned(ctx)
    waiting = ctx.look(history, statuses=GOING_ON, limit=SHOWN).items
    if waiting:
        st.subheader(_("Continue where you left off"), anchor=False)
        for item in waiting:
            interview_card(item)
    due_practice(ctx)
    if st.button(_("Set up a new interview"), icon=":material/add_circle:", type="secondary" if waiting else "primary"):
        routes.go(Screen.SETUP)
    news(ctx)
    st.subheader(_("Where you stand"), anchor=False)
    standing(ctx.look(statistics))
    routes.link(Screen.HISTORY, _("All your interviews"), icon=":material/history:")


home()
