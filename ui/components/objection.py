"""When a report seems wrong: mend what was misheard, or have a person look at it. And scoring again."""

from datetime import timedelta

import streamlit as st

from core.errors import NotFound
from core.i18n import _
from core.interviews.corrections import may_correct
from core.interviews.rules import MAX_ANSWER_CHARS
from core.interviews.service import transcript_view
from core.interviews.types import TranscriptView
from core.reports import rescoring, reviews
from core.reports.reviews import MAX_WORDS_CHARS, ReviewView
from core.reports.types import Report
from ui import text
from ui.components.note import note
from ui.components.score import is_estimate
from ui.guard import PageContext, foreseen, guarded_fragment
from ui.text import plain

POLL = timedelta(seconds=2)


def scoring_again(ctx: PageContext, report: Report) -> None:
    """While it is scored again: say so, and go on by itself. Else the offer, where the model has not judged."""
    if ctx.read(rescoring.under_way, report.session_id):
        _waiting(report.session_id, report.revision)
    elif is_estimate(report) and report.overall_score is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="score-again"):
            if st.button(_("Score it with the AI judge"), icon=":material/autorenew:", type="primary"):
                with foreseen("report"):
                    ctx.spend("retries")
                    ctx.read(rescoring.ask, report.session_id)
                    st.rerun()
            note(_("Free of charge. If it is still away, this report stays as it is."))


@guarded_fragment(run_every=POLL)
def _waiting(ctx: PageContext, session_id: str, revision: int) -> None:
    if not ctx.read(rescoring.under_way, session_id):
        st.rerun(scope="app")
    st.status(_("Your answers are being scored again. The page goes on by itself."), state="running", type="step")


def objection(ctx: PageContext, report: Report) -> None:
    """Draw both ways when the section is opened; it is read only then."""
    opened = st.expander(
        _("Something is wrong with this report"), icon=":material/flag:", key="objection", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        try:
            said = ctx.read(transcript_view, report.session_id)
        except NotFound:
            said = None
        if said is not None:
            _corrections(ctx, report, said)
        _review(ctx, report)


def _corrections(ctx: PageContext, report: Report, said: TranscriptView) -> None:
    spoken = [s for s in said.segments if may_correct(s)]
    if not spoken:
        return
    st.markdown(f"**{_('Was something misheard?')}**")
    if said.corrected:
        note(_("You have corrected this transcript; the report was scored again for it."))
        return
    note(
        _(
            "Correct the words that were misheard. What was heard is kept beside it, and the report is scored again, "
            "once."
        )
    )
    with st.form("correction", border=True):
        changes = {
            s.id: st.text_area(
                _("Question {number}, at {time}").format(
                    number=s.question_order or "–", time=text.clock(s.start_ms or 0)
                ),
                s.text, max_chars=MAX_ANSWER_CHARS, key=f"heard-{s.id}",
            )
            for s in spoken
        }  # fmt: skip
        if st.form_submit_button(_("Correct and score again"), icon=":material/spellcheck:"):
            with foreseen("report"):
                ctx.read(rescoring.correct, report.session_id, changes)
                st.rerun()


def _review(ctx: PageContext, report: Report) -> None:
    st.markdown(f"**{_('Have a person look at it')}**")
    asked = ctx.read(reviews.requested, report.session_id)
    if asked is not None:
        answered(asked)
        return
    note(
        _(
            "A coach you share reports with, or our own staff, reads your answers and gives a judgement. By asking you "
            "agree to that."
        )
    )
    with st.form("ask-review", border=True):
        words = st.text_area(_("What do you think is wrong?"), max_chars=MAX_WORDS_CHARS)
        if st.form_submit_button(_("Ask for a review"), icon=":material/person_search:"):
            with foreseen("report"):
                ctx.read(reviews.ask, report.session_id, words)
                st.rerun()


def answered(asked: ReviewView) -> None:
    """Where a request stands, and the reviewer's words once there are some."""
    if asked.reviewed_at is None:
        st.info(
            _("You asked on {day}. You will be told.").format(day=text.day(asked.asked_at)), icon=":material/schedule:"
        )
        return
    who = plain(asked.reviewer or "")
    day = text.day(asked.reviewed_at)
    said = plain(asked.remark or "")
    st.success(f"{_('{who} looked at it on {day}').format(who=who, day=day)}: {said}", icon=":material/rate_review:")
