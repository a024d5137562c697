"""Before the interview: what will happen, what is kept, and the start."""

import streamlit as st

from core.i18n import _
from core.interviews import flows
from core.interviews.catalogue import Mode
from core.interviews.errors import VoiceUnavailable
from core.interviews.types import SessionView
from ui import state, words
from ui.components.notices import confirmed, sandbox_notice
from ui.components.preflight import preflight
from ui.guard import PageContext, foreseen, show_problem
from ui.state import Key


def lobby(ctx: PageContext, view: SessionView) -> None:
    """A paid interview that has not begun, or one that was given back after a call broke off."""
    st.title(words.interview(view.type, view.difficulty), anchor=False)
    if view.attempt > 1:
        st.info(_(words.REDO), icon=":material/replay:")
    if view.mode is Mode.VOICE:
        _voice(ctx, view)
    else:
        _typed(ctx, view)
    _money_back(ctx, view)


def _money_back(ctx: PageContext, view: SessionView) -> None:
    """Instead of the interview: what was paid, without a mail to anybody."""
    asked = confirmed(
        f"cancel-{view.session_id}",
        row=st.container(horizontal=True, key="money-back"),
        label=_("Cancel and get my money back") if view.pricing.amount else _("Cancel this interview"),
        icon=":material/undo:",
        warning=_(words.CANCEL_WARNING),
        yes=_("Cancel the interview"),
    )
    if asked:
        with foreseen("interview"):
            ctx.run(flows.cancel, view.session_id)
            state.stop_asking()
            st.rerun()


def _typed(ctx: PageContext, view: SessionView) -> None:
    st.markdown(_(words.TYPED_INTRO).format(**_facts(view)))
    if view.study:
        st.info(f"**{words.PURPOSES['study']}**: {words.PURPOSE_HINTS['study']}", icon=":material/school:")
    if st.button(_("Start the interview"), type="primary", icon=":material/play_arrow:"):
        _start(ctx, view)
    if view.may_be_spoken and st.button(_("Speak instead"), icon=":material/mic:"):
        continue_by_voice(ctx, view)


def _voice(ctx: PageContext, view: SessionView) -> None:
    sandbox_notice(ctx, _(words.SANDBOX_VOICE))
    st.markdown(_(words.VOICE_INTRO).format(**_facts(view)))
    with st.container(border=True, key="microphone-card"):
        if preflight():
            st.warning(_(words.TYPE_IN_TROUBLE), icon=":material/keyboard:")
    with st.expander(_("What is recorded, and who hears it"), icon=":material/privacy_tip:", expanded=True):
        st.markdown(_(words.RECORDING))
    agreed = st.checkbox(_("I agree that this call is recorded and transcribed."), key=Key.CONSENT)
    with st.container(horizontal=True, key="lobby-actions"):
        started = st.button(_("Start the interview"), type="primary", icon=":material/play_arrow:", disabled=not agreed)
        typed = st.button(_("Type instead"), icon=":material/keyboard:")
    if typed:
        continue_by_typing(ctx, view)
    if started:
        _start(ctx, view)


def _facts(view: SessionView) -> dict[str, str]:
    language = words.LANGUAGES.get(view.language, view.language)
    return {
        "questions": words.questions(view.question_count),
        "minutes": str(view.allowed_minutes),
        "language": language,
    }


def _start(ctx: PageContext, view: SessionView) -> None:
    ctx.spend("start")
    try:
        with st.spinner(_("Starting…")):
            ctx.run(flows.start, view.session_id, consents=bool(st.session_state.get(Key.CONSENT)))
    except VoiceUnavailable as error:
        show_problem(error)
        return
    st.rerun()


def continue_by_voice(ctx: PageContext, view: SessionView) -> None:
    """Back to the lobby of a call, where the microphone is tried out; what was typed stays."""
    with foreseen("interview"):
        ctx.run(flows.switch_to_voice, view.session_id)
        st.rerun()


def continue_by_typing(ctx: PageContext, view: SessionView) -> None:
    """Go on in writing: nothing is paid again and what was said stays."""
    with foreseen("interview"):
        ctx.run(flows.switch_to_text, view.session_id)
        st.rerun()
