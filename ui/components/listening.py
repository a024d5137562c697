"""Hearing a moment of the interview again: a button beside words, and the player at that moment once it is pressed."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.i18n import _
from core.interviews.recordings import Recordings
from ui import text
from ui.state import Key


@dataclass(frozen=True)
class Listening:
    """Where an interview's recordings are, for whoever may hear them."""

    session_id: str
    recordings: Recordings
    shared_in: tuple[str, str] | None = None
    """The cohort and the learner, where it is a coach who hears them."""

    def button(self, turn_id: str | None, start_ms: int | None, *, key: str) -> None:
        """Offer a moment; nothing is drawn where it was not recorded."""
        place = self.recordings.place(turn_id, start_ms) if turn_id else None
        if place is None:
            return
        attempt, second = place
        label = _("Listen at {time}").format(time=text.clock(start_ms or 0))
        if st.button(label, key=f"listen-{key}", icon=":material/play_arrow:", type="tertiary"):
            st.session_state[Key.LISTENING] = key
        if st.session_state.get(Key.LISTENING) == key:
            st.audio(self._address(attempt), start_time=second, autoplay=True, alt=label)

    def _address(self, attempt: int) -> str:
        """On the origin the page came from: the cookie that opens it belongs there."""
        here = urlsplit(st.context.url or "")
        address = f"{here.scheme}://{here.netloc}/recordings/{self.session_id}/{attempt}"
        if self.shared_in is None:
            return address
        cohort_id, learner_id = self.shared_in
        return f"{address}?{urlencode({'cohort': cohort_id, 'learner': learner_id})}"
