"""The interview: its lobby, its room, and the way on from there."""

import streamlit as st

from core.i18n import _
from core.interviews.catalogue import Mode
from core.interviews.service import session_view
from core.interviews.types import SessionStatus
from ui import routes
from ui.components.lobby import lobby
from ui.components.room import typed_room, voice_room
from ui.guard import PageContext, page
from ui.routes import Screen


@page()
def interview(ctx: PageContext) -> None:
    view = ctx.read(session_view, ctx.session_id())
    match view.status, view.mode:
        case SessionStatus.READY, _:
            lobby(ctx, view)
            st.space("small")
            routes.link(Screen.HOME, _("Home"), icon=":material/home:")
        case SessionStatus.IN_PROGRESS, Mode.VOICE:
            voice_room(ctx, view)
        case SessionStatus.IN_PROGRESS, Mode.TEXT:
            typed_room(ctx, view)
        case _:
            routes.go_on(view.session_id, view.status)


interview()
