"""What to do next, and where one stands."""

import streamlit as st

from core.analytics.service import statistics
from core.i18n import _
from core.interviews.service import history
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

RECENT = 20
SHOWN = 3


@page()
def home(ctx: PageContext) -> None:
    recent = ctx.look(history, limit=RECENT).items
    name = plain(ctx.actor.name)
    if not recent:
        welcome(name)
        assigned(ctx)
        return
    st.title(_("Hello, {name}").format(name=name), anchor=False)
    assigned(ctx)
    waiting = [item for item in recent if item.status in NEXT_SCREEN or item.status is SessionStatus.PROCESSING]
    if waiting:
        st.subheader(_("Continue where you left off"), anchor=False)
        for item in waiting[:SHOWN]:
            interview_card(item)
    due_practice(ctx)
    if st.button(_("Set up a new interview"), icon=":material/add_circle:", type="secondary" if waiting else "primary"):
        routes.go(Screen.SETUP)
    news(ctx)
    st.subheader(_("Where you stand"), anchor=False)
    standing(ctx.look(statistics))
    routes.link(Screen.HISTORY, _("All your interviews"), icon=":material/history:")


home()
