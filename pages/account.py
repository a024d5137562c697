"""Who one is here, and what was paid."""

import streamlit as st

from core.accounts.service import account_view
from core.i18n import _
from ui import auth, words
from ui.components.joining import invitation, memberships
from ui.components.own_data import leave, password, take_along
from ui.components.pacing import pacing
from ui.components.payments import payments
from ui.components.processors import processors
from ui.components.sign_in import address_confirmation, authenticator, proof_of_address
from ui.components.speaking import speaking
from ui.components.telling import telling
from ui.guard import PageContext, page


@page()
def account(ctx: PageContext) -> None:
    st.title(_("Account"), anchor=False)
    invitation(ctx)
    proof_of_address(ctx)
    seen = ctx.read(account_view)
    address_confirmation(ctx, seen)
    with st.container(border=True, key="who"):
        for label, value in (
            (_("Name"), ctx.actor.name),
            (_("Username"), ctx.actor.username),
            (_("E-mail"), seen.email),
            (_("Role"), words.ROLES[ctx.actor.role]),
        ):
            with st.container(gap=None):
                st.markdown(f"**{label}**")
                st.text(value)
    memberships(ctx)
    speaking(ctx)
    pacing(ctx)
    st.subheader(_("How we tell you"), anchor=False)
    telling(ctx)
    st.subheader(_("Your data"), anchor=False)
    take_along(ctx)
    processors(ctx)
    password(ctx, seen)
    authenticator(ctx)
    if st.button(_("Sign out"), icon=":material/logout:"):
        auth.sign_out()
    st.subheader(_("Payments"), anchor=False)
    payments(ctx)
    leave(ctx, seen)


account()
