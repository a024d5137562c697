"""What was said, turn by turn, to be heard again where it was recorded."""

import streamlit as st

from core.cohorts import remarks
from core.errors import NotFound
from core.i18n import N_, _
from core.interviews.service import transcript_view
from core.interviews.types import Segment
from ui import text
from ui.components.listening import Listening
from ui.components.note import note
from ui.components.remarking import pinned
from ui.guard import PageContext

SPEAKERS = {"interviewer": N_("Interviewer"), "candidate": N_("You")}


def transcript(ctx: PageContext, session_id: str, *, listening: Listening | None = None) -> None:
    """Draw the transcript when it is opened; it is read only then."""
    opened = st.expander(_("Transcript"), icon=":material/notes:", key="transcript", on_change="rerun")
    if not opened.open:
        return
    with opened:
        try:
            said = ctx.read(transcript_view, session_id)
        except NotFound:
            st.markdown(_("Nothing was said."))
            return
        if said.corrected:
            note(_("Corrected by you."))
        given = ctx.read(remarks.own_comments, session_id)
        for segment in said.segments:
            _turn(segment, listening)
            pinned(segment.id, given)


def _turn(segment: Segment, listening: Listening | None) -> None:
    place = f" · {text.clock(segment.start_ms)}" if segment.start_ms is not None else ""
    with st.container(gap=None):
        st.markdown(f"**{_(SPEAKERS[segment.speaker])}**{place}")
        st.text(segment.text)
        if listening is not None:
            listening.button(segment.id, segment.start_ms, key=f"turn-{segment.id}")
