"""The report of one interview, or where it stands."""

import streamlit as st

from core.interviews.recordings import recordings_of
from core.interviews.service import session_view
from core.interviews.types import SessionStatus
from core.reports.service import report_view
from core.reports.types import Report
from ui import routes, text, words
from ui.components.downloads import downloads
from ui.components.feedback import feedback_list
from ui.components.findings import findings, recommendations, week
from ui.components.listening import Listening
from ui.components.note import note
from ui.components.notices import ended_notice
from ui.components.objection import objection, scoring_again
from ui.components.retry import retry_weakest
from ui.components.score import breakdown, cautions, first_thing, is_estimate, score_display
from ui.components.sharing import compare, share
from ui.components.speech import speech_panel
from ui.components.transcript import transcript
from ui.components.waiting import waiting_for_report
from ui.guard import PageContext, page


@page()
def report(ctx: PageContext) -> None:
    view = ctx.read(session_view, ctx.session_id())
    if view.status in routes.NEXT_SCREEN:
        routes.go_on(view.session_id, view.status)
    st.title(words.interview(view.type, view.difficulty), anchor=False)
    purpose = f" · **{words.PURPOSES['study']}**" if view.study else ""
    st.markdown(f"{text.day_and_time(view.created_at)} · {words.MODES[view.mode]}{purpose}")
    if view.status in words.ENDED:
        ended_notice(view)
        return
    shaped = ctx.read(report_view, view.session_id) if view.status is SessionStatus.COMPLETED else None
    if shaped is None:
        waiting_for_report(view.session_id)
        return
    written = Report.model_validate(shaped)
    listening = Listening(view.session_id, ctx.read(recordings_of, view.session_id))
    score_display(written)
    scoring_again(ctx, written)
    cautions(written)
    first_thing(written)
    breakdown(written)
    findings(written)
    recommendations(written.recommendations)
    week(written.plan)
    feedback_list(written.questions, bands=is_estimate(written), listening=listening)
    retry_weakest(ctx, written)
    speech_panel(written.speech, listening=listening)
    transcript(ctx, view.session_id, listening=listening)
    objection(ctx, written)
    compare(ctx, written)
    share(ctx, view.session_id)
    downloads(ctx, view, shaped)
    by = written.scored_by
    note(f"{words.scored_by(by.engine, by.model, by.rubric_version)}, {text.day_and_time(written.generated_at)}.")


report()
