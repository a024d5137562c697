"""How somebody wants to be told, beside the inbox."""

import streamlit as st

from core.i18n import _
from core.notifications import service
from ui.guard import PageContext, foreseen


def telling(ctx: PageContext) -> None:
    """A form; receipts and refunds are mailed whatever is chosen."""
    now = ctx.read(service.preferences)
    with st.form("telling", border=True):
        st.markdown(_("Receipts and refunds always come by mail. Everything is in your news as well."))
        mail = st.checkbox(_("Mail me when a report is ready or an interview can be continued"), value=now.mail)
        sms = st.checkbox(_("Send me a text message too"), value=now.sms)
        phone = st.text_input(_("Mobile number"), value=now.phone or "", placeholder="+91 98123 45678", max_chars=24)
        if st.form_submit_button(_("Save")):
            with foreseen("account"):
                ctx.read(service.prefer, mail=mail, sms=sms, phone=phone)
                st.success(_("Saved."), icon=":material/check:")
