"""While the report is being written: what has happened, what comes next, never a blank page."""

import streamlit as st

from core.errors import NotFound
from core.i18n import _, ngettext
from core.interviews import service
from core.interviews.types import SessionStatus, SessionView
from core.reports.stages import Stage, Step, stage_of
from ui import words
from ui.components.live import told_at_once
from ui.guard import PageContext, guarded_fragment
from ui.live import hub

POLL_SECONDS = 0.5
"""Without word from the worker. Whoever waits here is a second or two from their report."""
SURE_SECONDS = 5.0
"""With it: a message that was lost costs this much."""


def waiting_for_report(session_id: str) -> None:
    """Show the stages as they come; the whole page runs again once there is a result."""
    if hub.hears:
        _told(session_id)
    else:
        _asking(session_id)


@guarded_fragment(run_every=SURE_SECONDS)
def _told(ctx: PageContext, session_id: str) -> None:
    told_at_once()
    _stages(ctx, session_id)
    if not hub.hears:
        st.rerun(scope="app")


@guarded_fragment(run_every=POLL_SECONDS)
def _asking(ctx: PageContext, session_id: str) -> None:
    _stages(ctx, session_id)


def _stages(ctx: PageContext, session_id: str) -> None:
    view = ctx.read(service.session_view, session_id)
    if view.status is not SessionStatus.PROCESSING:
        st.rerun(scope="app")
    transcribed = _has_transcript(ctx, view)
    stage = ctx.run(stage_of, session_id) if transcribed else None
    st.status(_("Interview ended"), type="step", state="complete")
    st.status(_("Transcript received"), type="step", state="complete" if transcribed else "running")
    _judging(stage, begun=transcribed)
    coaching = stage is not None and stage.step is Step.COACHING
    if coaching:
        st.status(_("Advice and better answers are written"), type="step", state="running")
    else:
        st.markdown(_("Then: advice and better answers, and your report opens here."))
    st.markdown(_(words.WAITING_MAILED) if ctx.settings.mail_from else _(words.WAITING))


def _judging(stage: Stage | None, *, begun: bool) -> None:
    doing = _("Each answer is judged on its own, and every quote is looked up in the transcript")
    if not begun:
        st.markdown(_("Then: each answer is judged on its own, and every quote is looked up in the transcript."))
        return
    done = stage is not None and stage.step is Step.COACHING
    st.status(doing, type="step", state="complete" if done else "running")
    if stage is not None and stage.step is Step.JUDGING and stage.answers:
        count = ngettext("{judged} of {count} answer judged", "{judged} of {count} answers judged", stage.answers)
        st.progress(stage.judged / stage.answers, count.format(judged=stage.judged, count=stage.answers))


def _has_transcript(ctx: PageContext, view: SessionView) -> bool:
    try:
        ctx.read(service.transcript_view, view.session_id)
    except NotFound:
        return False
    return True
