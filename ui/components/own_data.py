"""Password, taking everything along, and leaving."""

import tempfile
from pathlib import Path

import streamlit as st

from core.accounts.links import ask_password, change_password
from core.accounts.types import AccountView
from core.i18n import _
from core.privacy.deletion import delete_account
from core.privacy.export import write_export
from ui import auth, words
from ui.guard import PageContext, foreseen
from ui.once import forget, is_done, once


def password(ctx: PageContext, seen: AccountView) -> None:
    if not seen.has_password:
        _first_password(ctx)
        return
    with st.form("password", border=True, clear_on_submit=True):
        st.markdown(_("**Change your password**"))
        current = st.text_input(_("Current password"), type="password", autocomplete="current-password")
        new = st.text_input(_("New password"), type="password", autocomplete="new-password")
        if not st.form_submit_button(_("Change the password")):
            forget("password")
            return
        with foreseen("account"):
            # The browser empties the form at the first click, so a second one brings nothing.
            if current or new or not is_done("password"):
                once("password", (current, new), lambda: _change(ctx, current, new))
            st.success(_("Changed. Every other session of yours has ended."), icon=":material/check:")


def _change(ctx: PageContext, current: str, new: str) -> None:
    ctx.run(change_password, current=current, new=new, address=auth.address())


def _first_password(ctx: PageContext) -> None:
    with st.container(border=True, key="first-password"):
        st.markdown(_("**Set a password**"))
        st.markdown(
            _(
                "You sign in by another account and have no password here yet. With one you can sign in without it. "
                "To delete your account you need one too: it proves that it is you."
            )
        )
        if st.button(_("Mail me a link to set one"), icon=":material/mail:"):
            with foreseen("account"):
                ctx.run(ask_password, address=auth.address())
                st.toast(_(words.LINK_SENT))


def take_along(ctx: PageContext) -> None:
    with st.container(border=True, key="take-along"):
        st.markdown(_("**Take everything along**"))
        st.markdown(_("Interviews, transcripts, recordings, reports and payments in one zip file, as data and as PDF."))
        st.download_button(
            _("Download my data"),
            lambda: _export(ctx),
            file_name="greenroom-export.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
        )


def _export(ctx: PageContext) -> bytes:
    ctx.spend("export")
    with tempfile.TemporaryDirectory(prefix="greenroom-export-") as folder:
        file = Path(folder) / "export.zip"
        ctx.run(write_export, file)
        return file.read_bytes()


def leave(ctx: PageContext, seen: AccountView) -> None:
    known = seen.has_password
    with st.form("leave", border=True):
        st.markdown(_("**Delete your account**"))
        st.markdown(
            _(
                "Interviews, recordings and reports are erased for good, here and at the providers. Interviews that "
                "you "
                "paid for and did not hold are refunded. Payments stay, without your name."
            )
        )
        if not known:
            st.info(_("Set a password first, by the link above: it proves that it is you."), icon=":material/key:")
        given = st.text_input(_("Your password"), type="password", autocomplete="current-password", disabled=not known)
        sure = st.checkbox(_("I understand that this cannot be undone"))
        if st.form_submit_button(_("Delete my account"), icon=":material/delete_forever:", disabled=not known):
            if not sure:
                st.warning(_("Tick that you understand it first."))
                return
            with foreseen("account"):
                ctx.run(delete_account, password=given, address=auth.address())
                auth.sign_out()
