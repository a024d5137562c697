"""What a call needs, tried out before anything is paid and again before the call. What fails costs nothing."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.interviews.catalogue import Mode
from ui import words
from ui.components.source import component
from ui.state import Key

STEPS = ("browser", "connection", "microphone", "sound", "voice")

_mount = component("preflight", css=("controls", "preflight"), js=("microphone_help",))


def preflight() -> tuple[str, ...]:
    """Draw the checks. Returns those that failed, none while nothing did."""
    shown = _mount(key="preflight", data={"words": dict(words.PREFLIGHT)}, on_result_change=lambda: None)
    return failed_of(shown.result)


def failed_of(claim: Any) -> tuple[str, ...]:
    """Take what the browser says of its checks; what is none of ours counts for nothing."""
    failed = claim.get("failed") if isinstance(claim, dict) else None
    return tuple(step for step in STEPS if isinstance(failed, list) and step in failed)


def preflight_before_money() -> None:
    """Offer the checks at the set-up, and typing where one fails."""
    with st.expander(_("Check your microphone, sound and connection first"), icon=":material/checklist:"):
        failed = preflight()
        if not failed:
            return
        st.warning(_(words.HINDERED), icon=":material/keyboard:")
        st.button(_("Answer by typing instead"), icon=":material/keyboard:", on_click=_choose_typing)


def _choose_typing() -> None:
    st.session_state[Key.MODE] = Mode.TEXT
