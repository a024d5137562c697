"""For admins: what needs somebody, and the few things to be done about it."""

import streamlit as st

from core.accounts.types import Role
from core.i18n import _
from core.operations import service
from ui.components import choices
from ui.components import operations as parts
from ui.components.operations import VIEWS, View
from ui.guard import PageContext, page
from ui.state import Key

DRAWN = {
    View.PROVIDERS: parts.providers,
    View.EVENTS: parts.events,
    View.STUCK: parts.stuck,
    View.MESSAGES: parts.messages,
    View.MONEY: parts.money,
}


@page(role=Role.ADMIN)
def operations(ctx: PageContext) -> None:
    st.title(_("Operations"), anchor=False)
    parts.attention(ctx.look(service.overview))
    view, place = choices.tabs(list(View), named=VIEWS.__getitem__, key=Key.OPERATIONS_VIEW)
    with place:
        DRAWN[view](ctx)


operations()
