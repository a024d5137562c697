"""The frame around every screen: title, menu, and a heartbeat. `app.py` names this file as the main script."""

from pathlib import Path
from typing import Literal

import streamlit as st

from core.wiring import greenroom
from ui import auth, language, routes, words
from ui.components.document import tell_language
from ui.routes import Screen
from ui.shared import SHARED, shared_screen

ASSETS = Path(__file__).resolve().parent / "assets"
HEARTBEAT_SECONDS = 20
# Screens without a menu: a click on it by mistake would leave a running call.
UNDISTURBED = (Screen.INTERVIEW,)


def frame() -> None:
    st.set_page_config(page_title=words.PRODUCT, page_icon=str(ASSETS / "icon.png"), layout="centered")
    st.logo(str(ASSETS / "logo.svg"), size="large")
    actor = auth.current_actor()
    language.settle(actor)
    tell_language()
    if token := st.query_params.get(SHARED):
        shared_screen(greenroom(), token)
        return
    chosen = _navigation(actor is not None, routes.register(actor.role if actor else None))
    if actor is not None:
        heartbeat()
    chosen.run()


def _navigation(signed_in: bool, pages: list[st.Page]) -> st.Page:
    position: Literal["top", "hidden"] = "top" if signed_in else "hidden"
    chosen = st.navigation(pages, position=position)
    if signed_in and chosen.url_path in UNDISTURBED:
        return st.navigation(pages, position="hidden")
    return chosen


@st.fragment(run_every=HEARTBEAT_SECONDS)
def heartbeat() -> None:
    """Notice a session that was ended elsewhere, and wake a page whose server was restarted under it.

    A server that knows nothing of this fragment any more runs the whole page again.
    """
    if auth.current_actor() is None:
        st.rerun(scope="app")


with auth.looked_up_once():
    frame()
