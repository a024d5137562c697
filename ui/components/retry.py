"""The weakest answer once more: the quickest way from a report to something learnt."""

from collections.abc import Sequence

import streamlit as st

from core.i18n import _
from core.interviews.rules import MAX_ANSWER_CHARS
from core.reports import retrying
from core.reports.retrying import Retry
from core.reports.types import QuestionReport, Report
from ui import state, words
from ui.components.note import note
from ui.guard import PageContext, foreseen
from ui.text import plain


def retry_weakest(ctx: PageContext, report: Report) -> None:
    """A form for the question with the lowest score, or another that was asked, and what earlier tries brought."""
    asked = [q for q in report.questions if q.asked]
    if not asked:
        return
    st.subheader(_("Try the weakest answer again"), anchor=False)
    note(_("It is judged by the same points. Your report stays what it was: this shows what practice brings."))
    order = st.selectbox(
        _("Question"),
        [q.order for q in sorted(asked, key=lambda q: (q.score or 0, q.order))],
        format_func=lambda o: f"{o}. {_question(asked, o).text}",
    )
    if order is None:
        return
    held = [r for r in ctx.read(retrying.retries, report.session_id) if r.question_order == order]
    if held:
        _side_by_side(_question(asked, order), held)
    draft = state.answer_key(report.session_id, order)
    if ctx.greenroom.ears.is_on:
        _recorded(ctx, report.session_id, order, draft)
    with st.form(f"retry-{order}", border=True):
        text = st.text_area(_("Your new answer"), max_chars=MAX_ANSWER_CHARS, height=160, key=draft)
        if st.form_submit_button(_("Judge this answer"), type="primary", icon=":material/fitness_center:"):
            with foreseen("report"), st.spinner(_("Judging…")):
                ctx.spend("retries")
                ctx.run(retrying.retry, report.session_id, question_order=order, text=text)
                st.rerun()


def _recorded(ctx: PageContext, session_id: str, order: int, draft: str) -> None:
    """Say it instead of typing it; what was heard lands in the box, to be looked over before it is judged."""
    sound = st.audio_input(_("Say your answer"), key=f"say-{order}")
    if sound is None:
        return
    if st.button(_("Write down what I said"), icon=":material/hearing:", key=f"hear-{order}"):
        with foreseen("report"), st.spinner(_("Listening…")):
            ctx.spend("retries")
            heard = ctx.run(retrying.transcribe, session_id, sound.getvalue(), media_type=sound.type or "audio/wav")
            st.session_state[draft] = heard


def _question(asked: Sequence[QuestionReport], order: int) -> QuestionReport:
    return next(q for q in asked if q.order == order)


def _side_by_side(question: QuestionReport, held: Sequence[Retry]) -> None:
    last = held[-1]
    with st.container(border=True, key=f"tries-{question.order}"):
        with st.grid(2, min_column_width=220):
            with st.container():
                st.metric(_("In the interview"), words.score(last.before))
                st.text(question.answer or _("No answer"))
            with st.container():
                change = None if last.before is None or last.after is None else last.after - last.before
                st.metric(_("Your last try"), words.score(last.after), delta=change)
                st.text(last.answer)
        st.markdown(f"**{_('Feedback')}.** {plain(last.feedback)}")
        if len(held) > 1:
            note(_("All tries, oldest first: {scores}").format(scores=", ".join(words.score(r.after) for r in held)))
