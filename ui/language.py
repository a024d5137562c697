"""In which language a screen speaks: a person's own; before the login the address's or the browser's."""

import streamlit as st

from core import i18n
from core.accounts.types import Actor

ASKED = "lang"


def settle(actor: Actor | None) -> None:
    """Choose the language of this run; fragments and scripts run in threads of their own, so each begins with it."""
    i18n.choose(_language_of(actor))


def _language_of(actor: Actor | None) -> str:
    if actor is not None:
        return i18n.known(actor.locale) or i18n.ENGLISH
    return i18n.known(st.query_params.get(ASKED)) or i18n.known(_of_the_browser()) or i18n.ENGLISH


def switch() -> None:
    """Before the login: the other languages, each by its own name. The choice stands in the address."""
    with st.container(horizontal=True, horizontal_alignment="right", key="languages"):
        for code, name in i18n.LANGUAGES.items():
            if code != i18n.language() and st.button(name, key=f"language.{code}", type="tertiary"):
                st.query_params[ASKED] = code
                st.rerun()


def _of_the_browser() -> str | None:
    locale = st.context.locale
    return locale if isinstance(locale, str) else None
