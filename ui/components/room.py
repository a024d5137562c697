"""The interview while it runs, spoken or typed. What holds is in the database; any node can draw it again."""

from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _
from core.interviews import flows, service
from core.interviews.errors import InvalidState
from core.interviews.types import Segment, SessionStatus, SessionView
from ui import state, words
from ui.components.answering import answer_form
from ui.components.countdown import countdown
from ui.components.lobby import continue_by_typing, continue_by_voice
from ui.components.note import note
from ui.components.notices import confirmed, sandbox_notice
from ui.components.studying import study_desk
from ui.components.voice import voice_call
from ui.guard import PageContext, guarded_fragment

POLL_SECONDS = 3.0
AVATARS = {"interviewer": ":material/record_voice_over:", "candidate": ":material/person:"}


def voice_room(ctx: PageContext, view: SessionView) -> None:
    """Join the call that runs. Every container around it has a key: without, Streamlit would take the call down."""
    st.subheader(words.interview(view.type, view.difficulty), anchor=False)
    sandbox_notice(ctx, _(words.SANDBOX_VOICE))
    try:
        started = ctx.run(flows.start, view.session_id, consents=False)
    except InvalidState:
        st.rerun()
    with st.container(key="voice-room"):
        seen = voice_call(started, sdk_url=ctx.settings.vapi_web_sdk_url, api_base=ctx.settings.vapi_base_url)
    if seen.phase == "ended":
        finish(ctx, view)
    with st.container(key="voice-help"):
        if seen.problem:
            st.warning(_(words.TYPE_IN_TROUBLE), icon=":material/keyboard:")
    row = st.container(key="voice-actions", horizontal=True)
    if row.button(_("Continue by typing"), icon=":material/keyboard:"):
        continue_by_typing(ctx, view)
    _end_early(ctx, view, row)
    watch_interview(view.session_id)


def typed_room(ctx: PageContext, view: SessionView) -> None:
    """Ask the open question and take its answer; in study with help."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="typed-head"
    ):
        order = _order(view)
        head = _("**{interview}** · Question {order} of {question_count}").format(
            interview=words.interview(view.type, view.difficulty), order=order, question_count=view.question_count
        )
        st.markdown(f"{head} · {words.PURPOSES['study']}" if view.study else head)
        countdown(view.seconds_left or 0)
    st.progress((order - 1) / view.question_count)
    for segment in view.asked:
        _said(segment)
    if view.seconds_left == 0 and (view.question is not None or not view.study):
        st.info(_(words.TIME_IS_UP), icon=":material/timer_off:")
    if view.study:
        study_desk(ctx, view)
    elif view.question is not None:
        answer_form(ctx, view.session_id, view.question.turn, service.answer, label=_("Your answer"))
    row = st.container(key="typed-actions", horizontal=True)
    if view.may_be_spoken and row.button(_("Continue by voice"), icon=":material/mic:"):
        continue_by_voice(ctx, view)
    _end_early(ctx, view, row)
    watch_interview(view.session_id)


def _order(view: SessionView) -> int:
    """The question that is open, or in study the one that was answered last."""
    if view.question is not None:
        return view.question.order
    last = view.asked[-1].question_order if view.study and view.asked else None
    return last or view.question_count


def _said(segment: Segment) -> None:
    role = "assistant" if segment.speaker == "interviewer" else "user"
    with st.chat_message(role, avatar=AVATARS[segment.speaker]):
        if segment.follow_up:
            note(_("Follow-up"))
        st.text(segment.text)


def _end_early(ctx: PageContext, view: SessionView, row: DeltaGenerator) -> None:
    if confirmed(
        f"end-{view.session_id}",
        row=row,
        label=_("End interview"),
        icon=":material/stop_circle:",
        warning=_("End now? Your report is written from what you have said so far. Questions not asked do not count."),
        yes=_("End and get my report"),
        no=_("Keep going"),
    ):
        finish(ctx, view)


def finish(ctx: PageContext, view: SessionView) -> None:
    """End the interview; the page then goes where its new state belongs."""
    state.stop_asking()
    # Its end may have been noted a moment ago by the provider's own message.
    with suppress(InvalidState):
        ctx.run(flows.complete, view.session_id)
    st.rerun()


@guarded_fragment(run_every=POLL_SECONDS)
def watch_interview(ctx: PageContext, session_id: str) -> None:
    """Notice an end that this page was not told of: by the clock, the provider, or another tab."""
    if ctx.read(service.session_view, session_id).status is not SessionStatus.IN_PROGRESS:
        st.rerun(scope="app")
