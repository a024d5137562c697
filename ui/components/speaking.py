"""The language of somebody's screens and mails; that of an interview is chosen with the interview."""

import streamlit as st

from core.accounts import service
from core.i18n import LANGUAGES, _, language
from ui.components.choices import readable
from ui.guard import PageContext


def speaking(ctx: PageContext) -> None:
    """A choice that holds at once, here and in every later mail."""
    codes = list(LANGUAGES)
    chosen = st.segmented_control(
        _("Language of screens and mails"),
        codes,
        format_func=readable(LANGUAGES.__getitem__),
        default=language(),
        required=True,
        key=f"language.{language()}",
    )
    if chosen and chosen != language():
        ctx.read(service.speak, chosen)
        st.rerun()
