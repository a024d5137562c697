"""The typed room in study: a hint before the answer; after it a short critique, and the choice what follows."""

from contextlib import suppress

import streamlit as st

from core.i18n import _
from core.interviews import study
from core.interviews.errors import InvalidState
from core.interviews.study import Critique
from core.interviews.types import AskedQuestion, SessionView
from ui import state, words
from ui.components.answering import answer_form
from ui.components.note import note
from ui.guard import PageContext
from ui.text import plain

TOLD_BY_POINTS = ("contradicted",)
"""Flags of the rubric engine that the points themselves tell."""


def study_desk(ctx: PageContext, view: SessionView) -> None:
    """What can be done now: answer the open question, or answer the last one again, or go on."""
    if view.question is not None:
        _open(ctx, view, view.question)
        return
    try:
        found = ctx.read(study.critique, view.session_id)
    except InvalidState:
        st.rerun()
    if found is not None:
        _answered(ctx, view, found)


def _open(ctx: PageContext, view: SessionView, asked: AskedQuestion) -> None:
    here = state.answer_key(view.session_id, asked.turn)
    with st.container(key="study-hint"):
        if state.is_hinted(here):
            # Ended or answered meanwhile: there is nothing to hint at, and the page finds out by itself.
            with suppress(InvalidState):
                told = ctx.read(study.hint, view.session_id, turn=asked.turn)
                if told:
                    st.info(f"**{_('Hint')}**: {plain(told)}", icon=":material/lightbulb:")
        elif st.button(_("Hint"), icon=":material/lightbulb:"):
            state.show_hint(here)
            st.rerun()
    answer_form(ctx, view.session_id, asked.turn, study.answer, label=_("Your answer"))


def _answered(ctx: PageContext, view: SessionView, found: Critique) -> None:
    _critique(found)
    if view.seconds_left == 0:
        st.info(_(words.STUDY_TIME_IS_UP), icon=":material/timer_off:")
    key = f"{state.answer_key(view.session_id, found.turn)}.again"
    if state.is_answering_again(key):
        st.session_state.setdefault(key, found.answer)
        answer_form(ctx, view.session_id, found.turn, study.answer_again, label=_("Your new answer"), key=key)
        if st.button(_("Keep my answer"), icon=":material/undo:"):
            state.answer_no_more()
            st.rerun()
        return
    with st.container(horizontal=True, key="study-actions"):
        goes_on = st.button(
            _("Finish and get my report") if found.is_last else _("Next question"),
            type="primary",
            icon=":material/arrow_forward:",
        )
        again = st.button(_("Answer again"), icon=":material/replay:")
    if again:
        state.answer_again(key)
        st.rerun()
    if goes_on:
        with suppress(InvalidState):
            ctx.read(study.go_on, view.session_id, turn=found.turn)
        st.rerun()


def _critique(found: Critique) -> None:
    with st.container(border=True, key="critique"):
        st.markdown(f"**{_('Short critique')}**")
        made = _("{made} of {of} points were made.").format(made=found.made, of=len(found.points))
        st.markdown(made if found.open else f"{made} {_('Every point of a good answer is there.')}")
        for point in found.open:
            icon, verdict = words.VERDICTS[point.verdict]
            st.markdown(f"{icon} **{_(verdict)}**: {plain(point.text)}")
        for flag in found.flags:
            if flag not in TOLD_BY_POINTS:
                st.markdown(f":material/info: {words.flag(flag)}")
        note(_("Found by rule from the key points alone. The report judges your last answer to each question."))
