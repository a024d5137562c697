"""While the report is being written: what has happened, what comes next, never a blank page."""

import streamlit as st

from core.errors import NotFound
from core.i18n import _
from core.interviews import service
from core.interviews.types import SessionStatus, SessionView
from ui import words
from ui.guard import PageContext, guarded_fragment

POLL_SECONDS = 0.5
"""Whoever waits here is a second or two from their report, and one look costs some milliseconds."""


@guarded_fragment(run_every=POLL_SECONDS)
def waiting_for_report(ctx: PageContext, session_id: str) -> None:
    """Show the stages as the database has them; the whole page runs again once there is a result."""
    view = ctx.read(service.session_view, session_id)
    if view.status is not SessionStatus.PROCESSING:
        st.rerun(scope="app")
    transcribed = _has_transcript(ctx, view)
    st.status(_("Interview ended"), type="step", state="complete")
    st.status(_("Transcript received"), type="step", state="complete" if transcribed else "running")
    if transcribed:
        st.status(_("Each answer is judged on its own, and every quote is looked up in the transcript"), type="step")
    st.markdown(_(words.WAITING_MAILED) if ctx.settings.mail_from else _(words.WAITING))


def _has_transcript(ctx: PageContext, view: SessionView) -> bool:
    try:
        ctx.read(service.transcript_view, view.session_id)
    except NotFound:
        return False
    return True
