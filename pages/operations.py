"""For admins: what needs somebody, and the few things to be done about it."""

import streamlit as st

from core.accounts.types import Role
from core.i18n import _
from core.operations import service
from ui.components import operations as parts
from ui.components.choices import tinted
from ui.guard import PageContext, page


@page(role=Role.ADMIN)
def operations(ctx: PageContext) -> None:
    st.title(_("Operations"), anchor=False)
    seen = ctx.look(service.overview, dollar_price=ctx.settings.dollar_price)
    parts.attention(seen)
    providers, events, stuck, messages, money = st.tabs(
        [tinted(name) for name in (_("Providers"), _("Events"), _("Stuck"), _("Messages"), _("Money"))]
    )
    with providers:
        parts.providers(ctx.greenroom.health.read(ctx.greenroom.clock()))
    with events:
        parts.events(ctx, seen)
    with stuck:
        parts.stuck(seen)
    with messages:
        parts.messages(ctx, seen)
    with money:
        parts.money(seen, currency=ctx.settings.currency)


operations()
