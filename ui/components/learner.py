"""The parts of a learner's screen, as their coach sees it."""

import streamlit as st

from core.analytics.service import TrendPoint
from core.cohorts import hearing, learners, risk, service
from core.cohorts.types import LearnerView
from core.i18n import _
from core.reports.types import Report
from ui import charts, routes, state, text, words
from ui.components import browse
from ui.components.feedback import feedback_list
from ui.components.findings import findings
from ui.components.listening import Listening
from ui.components.note import note
from ui.components.notices import confirmed
from ui.components.remarking import commented_transcript
from ui.components.score import breakdown, cautions, is_estimate, score_display
from ui.components.standing import trend_chart
from ui.guard import PageContext, foreseen
from ui.routes import Screen

LISTED = 10


def shares(seen: LearnerView) -> str:
    agreed = {_("scores"): seen.share.scores, _("reports"): seen.share.reports, _("recordings"): seen.share.audio}
    shared = [what for what, shown in agreed.items() if shown]
    return _("shares {what}").format(what=", ".join(shared)) if shared else _("shares nothing")


def figures(seen: LearnerView) -> None:
    with st.grid(2, min_column_width=150):
        st.metric(_("Interviews"), seen.counted or 0, border=True)
        average = words.TO if seen.average_score is None else f"{seen.average_score:g}"
        st.metric(_("Average score"), average, border=True)
    place = seen.percentile
    if place is not None:
        said = _("Percentile {place:.0f} ({low:.0f}{to}{high:.0f}) among n = {n} learners by average score")
        note(said.format(place=place.place, low=place.low, high=place.high, to=words.TO, n=place.n))
    for reason in seen.at_risk or ():
        st.warning(risk.explained(reason), icon=":material/front_hand:")
    points = [
        TrendPoint(i.session_id, i.at, i.type, i.difficulty, i.score, i.low, i.high)
        for i in reversed(seen.interviews or ())
    ]
    if len(points) > 1:
        trend_chart(points, key="learner-trend")
    if seen.competencies:
        st.subheader(_("By competency"), anchor=False)
        charts.competencies({c.competency: round(c.mean) for c in seen.competencies}, key="learner-competencies")
        note(", ".join(f"{words.area(c.competency)}: n = {c.n}" for c in seen.competencies))


def interviews(ctx: PageContext, cohort_id: str, seen: LearnerView) -> None:
    st.subheader(_("Interviews"), anchor=False)
    visited = state.cursors(f"{cohort_id}.{seen.user_id}")
    cursor = visited[-1] if visited else None
    listed = ctx.look(learners.interviews, cohort_id, seen.user_id, limit=LISTED, cursor=cursor)
    if not listed.items:
        st.markdown(_("No scored interview yet."))
    opened = st.query_params.get("session")
    for item in listed.items:
        with st.container(border=True, key=f"held-{item.session_id}", gap="xsmall"):
            score = words.score(item.score, item.low, item.high)
            st.markdown(f"**{words.interview(item.type, item.difficulty)}** · {text.day(item.at)} · **{score}**")
            if seen.share.reports and item.session_id != opened:
                routes.link(Screen.LEARNER, _("Read the report"), icon=":material/analytics:",
                            cohort=cohort_id, learner=seen.user_id, session=item.session_id)  # fmt: skip
    browse.turn_pages(visited, listed.next_cursor, key="held")
    if opened:
        with foreseen("learner"):
            _report(ctx, cohort_id, seen, opened)


def _report(ctx: PageContext, cohort_id: str, seen: LearnerView, session_id: str) -> None:
    shaped = ctx.read(service.shared_report, cohort_id, seen.user_id, session_id)
    report = Report.model_validate(shaped)
    heard = ctx.read(hearing.shared_recordings, cohort_id, seen.user_id, session_id)
    listening = Listening(session_id, heard, shared_in=(cohort_id, seen.user_id))
    st.subheader(_("Report"), anchor=False)
    score_display(report)
    cautions(report)
    breakdown(report)
    findings(report)
    feedback_list(report.questions, bands=is_estimate(report), listening=listening)
    commented_transcript(ctx, cohort_id, seen.user_id, listening)
    asked = [q.order for q in report.questions if q.asked]
    with st.form("override", border=True):
        st.markdown(_("**Your own score for one answer**"))
        note(_("The model's score stays beside yours, and the learner is told."))
        order = st.selectbox(_("Question"), asked)
        score = st.number_input(_("Score"), 0, 100, 50, step=1)
        reason = st.text_area(_("Reason"), max_chars=2000)
        if st.form_submit_button(_("Set the score"), icon=":material/rate_review:"):
            with foreseen("learner"):
                ctx.read(
                    service.override,
                    cohort_id,
                    seen.user_id,
                    session_id,
                    question_order=int(order or 0),
                    score=int(score),
                    reason=reason,
                )
                st.rerun()


def remove_button(ctx: PageContext, cohort_id: str, seen: LearnerView) -> None:
    removed = confirmed(
        f"remove-{seen.user_id}",
        row=st.container(horizontal=True, key="remove-learner"),
        label=_("Take out of the cohort"),
        icon=":material/person_remove:",
        warning=_("You will see nothing of this learner any more, and no figure counts them."),
        yes=_("Take out"),
    )
    if removed:
        with foreseen("learner"):
            ctx.read(service.remove, cohort_id, seen.user_id)
            state.stop_asking()
            routes.go(Screen.COHORT, cohort=cohort_id)
