"""The parts of a cohort's screen. Every figure stands with the number it rests on."""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

import streamlit as st

from core.cohorts import heat, risk, roster, service
from core.cohorts.roster import Order
from core.cohorts.types import Analytics, CohortView, Filters, QuestionQuality
from core.i18n import N_, Worded, _
from core.interviews.catalogue import Difficulty, InterviewType
from core.paging import Page, decode_key, page_of
from ui import charts, cohort_charts, routes, state, text, words
from ui.components import browse, choices, movement
from ui.components.note import note
from ui.guard import PageContext
from ui.routes import Screen
from ui.state import Key
from ui.text import plain

LEARNERS_SHOWN = 25
QUESTIONS_SHOWN = 50
WEEKS_SHOWN = 26
AT_RISK_SHOWN = 8
HEAT_ROWS = 20
ORDERS = Worded(
    {
        Order.NAME: N_("Name"),
        Order.AVERAGE: N_("Lowest average first"),
        Order.LAST: N_("Longest away first"),
        Order.INTERVIEWS: N_("Most interviews first"),
    }
)
QUALITY = Worded(
    {
        "too_easy": N_("too easy"),
        "too_hard_or_wrong_key": N_("too hard, or its key is wrong"),
        "review": N_("tells strong from weak badly"),
        "remove": N_("stronger learners do worse: remove"),
    }
)


class View(StrEnum):
    """A part of the screen; the value stands in the address, so that a link works in every language."""

    OVERVIEW = "overview"
    LEARNERS = "learners"
    COMPETENCIES = "competencies"
    QUESTIONS = "questions"
    ASSIGNMENTS = "assignments"
    AGREEMENT = "agreement"
    SETTINGS = "settings"


VIEWS = Worded(
    {
        View.OVERVIEW: N_("Overview"),
        View.LEARNERS: N_("Learners"),
        View.COMPETENCIES: N_("Competencies"),
        View.QUESTIONS: N_("Questions"),
        View.ASSIGNMENTS: N_("Assignments"),
        View.AGREEMENT: N_("Agreement"),
        View.SETTINGS: N_("Invite and settings"),
    }
)


def filters() -> Filters:
    """What is looked at; the choice stands in the address."""
    with st.grid(4, min_column_width=150):
        kind = choices.menu(_("Type"), list(InterviewType), named=words.TYPES.__getitem__,
                            placeholder=_("All types"), key=Key.COHORT_TYPE)  # fmt: skip
        level = choices.menu(_("Difficulty"), list(Difficulty), named=words.DIFFICULTIES.__getitem__,
                             placeholder=_("All"), key=Key.COHORT_DIFFICULTY)  # fmt: skip
        first = st.date_input(_("From"), None, key=Key.COHORT_FIRST, bind="query-params")
        last = st.date_input(_("To"), None, key=Key.COHORT_LAST, bind="query-params")
    return Filters(first=first, last=last, type=kind, difficulty=level)


def overview(ctx: PageContext, seen: CohortView) -> None:
    chosen = filters()
    found = ctx.look(service.analytics, seen.cohort_id, chosen, with_heatmap=False)
    scores = found.scores
    with st.grid(4, min_column_width=130):
        st.metric(_("Interviews"), found.interviews, border=True)
        st.metric(_("Learners"), found.learners, border=True)
        st.metric(_("Median"), words.TO if scores.median is None else f"{scores.median:g}", border=True)
        quartiles = words.TO if scores.p25 is None else f"{scores.p25:.0f}{words.TO}{scores.p75:.0f}"
        st.metric(_("Middle half"), quartiles, border=True)
    if not found.interviews:
        st.markdown(_("No shared interview yet. Figures appear with the first one."))
        return
    _at_risk(ctx, found, seen)
    st.subheader(_("Scores"), anchor=False)
    cohort_charts.distribution(scores, key="distribution")
    if scores.standard_deviation is None:
        note(_("n = {n}, mean {mean:.1f}").format(n=found.interviews, mean=scores.mean))
    else:
        said = _("n = {n}, mean {mean:.1f}, standard deviation {deviation:.1f}. The lines are quartiles and median.")
        note(said.format(n=found.interviews, mean=scores.mean, deviation=scores.standard_deviation))
    if len(found.weekly) > 1:
        st.subheader(_("By week"), anchor=False)
        # A first day says itself how far back to go.
        shown = found.weekly if chosen.first else found.weekly[-WEEKS_SHOWN:]
        charts.weekly(shown, key="weekly")
        if len(shown) < len(found.weekly):
            said = _("Shown here: the latest {count} weeks with interviews. Choose a first day to go further back.")
            note(said.format(count=len(shown)))
        note(_("The bar is the 95 % interval of the mean; weeks with one interview have none."))
    movement.growth(ctx, seen, chosen)
    movement.activity(ctx, seen, chosen)


def _at_risk(ctx: PageContext, found: Analytics, seen: CohortView) -> None:
    st.subheader(_("Who may need you"), anchor=False)
    if seen.feedback_only:
        st.markdown(_("This cohort shows aggregates only."))
        return
    if not found.at_risk:
        st.markdown(_("No rule fires for anybody."))
    shown = found.at_risk[:AT_RISK_SHOWN]
    names = ctx.look(roster.names_of, seen.cohort_id, [one.user_id for one in shown])
    for at_risk in shown:
        with st.container(border=True, key=f"risk-{at_risk.user_id}", gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(f"**{plain(names.get(at_risk.user_id) or _('A learner'))}**")
                routes.link(Screen.LEARNER, _("Look closer"), icon=":material/person_search:",
                            cohort=found.cohort_id, learner=at_risk.user_id)  # fmt: skip
            for reason in at_risk.reasons:
                note(risk.explained(reason))
    if len(found.at_risk) > AT_RISK_SHOWN:
        more = _("And {count} more: they carry a mark among the learners.")
        note(more.format(count=len(found.at_risk) - AT_RISK_SHOWN))
    with st.expander(_("The rules"), icon=":material/rule:"):
        st.markdown("\n".join(f"- {risk.explained(rule)}" for rule in risk.RULES))
        note(_("Nothing else decides who stands here: no model, no score of a person."))


def learners(ctx: PageContext, seen: CohortView) -> None:
    order = Order.NAME
    if not seen.feedback_only:
        order = st.selectbox(_("Order"), list(ORDERS), format_func=ORDERS.__getitem__, key=Key.COHORT_ORDER)
    visited = state.cursors(f"{seen.cohort_id}.{order}")
    page = ctx.read(
        roster.members, seen.cohort_id, order=order, limit=LEARNERS_SHOWN, cursor=visited[-1] if visited else None
    )
    if not page.items:
        st.markdown(_("Nobody has joined yet. Invite learners under «Invite and settings»."))
    for member in page.items:
        with st.container(border=True, key=f"member-{member.user_id}", gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.markdown(f"**{plain(member.name)}**")
                if member.at_risk:
                    st.badge(_("May need you"), icon=":material/front_hand:", color="orange")
            if member.interviews is None:
                note(_("Shares no scores."))
            elif member.interviews == 0 or member.last_interview_at is None:
                note(_("No interview yet."))
            else:
                note(
                    _("n = {n} · average {average:g} · last {day}").format(
                        n=member.interviews, average=member.average_score, day=text.day(member.last_interview_at)
                    )
                )
            routes.link(Screen.LEARNER, _("Open"), cohort=seen.cohort_id, learner=member.user_id)
    browse.turn_pages(visited, page.next_cursor, key="members", by_age=False)


def competencies(ctx: PageContext, seen: CohortView) -> None:
    found = ctx.look(service.analytics, seen.cohort_id, filters())
    if not found.competencies:
        st.markdown(_("No competency could be judged yet."))
        return
    charts.competencies({c.competency: round(c.mean) for c in found.competencies}, key="cohort-competencies")
    note(", ".join(f"{words.area(c.competency)}: n = {c.n}" for c in found.competencies))
    if not found.heatmap:
        return
    st.subheader(_("Learner by learner"), anchor=False)
    rows = heat.rows(found)
    pages = -(-len(rows) // HEAT_ROWS)
    turned = st.pagination(pages, key=Key.COHORT_HEAT_PAGE) if pages > 1 else 1
    shown = rows[(turned - 1) * HEAT_ROWS : turned * HEAT_ROWS]
    names = ctx.look(roster.names_of, seen.cohort_id, [row.user_id for row in shown])
    cohort_charts.heat_map(shown, [c.competency for c in found.competencies], names, key="heat-map")
    note(
        _(
            "Those who may need most come first. Each mean is drawn towards the cohort's as if by three interviews "
            "more, so that one lucky answer does not stand out. Grey: under three interviews, too few for a mean."
        )
    )


def questions(ctx: PageContext, seen: CohortView) -> None:
    """Those with a flag, all of them, and then every question, a page at a time."""
    visited = state.cursors(f"{seen.cohort_id}.questions")
    listed = browse.turned(visited, partial(_questions, ctx, seen.cohort_id))
    if not listed.items:
        st.markdown(_("No question was answered yet."))
        return
    flagged = ctx.look(service.flagged_questions, seen.cohort_id)
    if flagged:
        st.subheader(_("To be looked at"), anchor=False)
        _quality(flagged)
        st.subheader(_("All questions"), anchor=False)
    _quality(listed.items)
    browse.turn_pages(visited, listed.next_cursor, key="questions", by_age=False)
    note(_("Discrimination is the correlation with the rest of the interview; nothing is said of it below 50 answers."))


def _questions(ctx: PageContext, cohort_id: str, cursor: str | None) -> Page[QuestionQuality]:
    found = ctx.look(service.questions, cohort_id, limit=QUESTIONS_SHOWN + 1, after=decode_key(cursor))
    return page_of(found, QUESTIONS_SHOWN, lambda one: one.question_id)


def _quality(shown: Sequence[QuestionQuality]) -> None:
    st.dataframe(
        [
            {
                _("Question"): q.text or _("Written for one learner"),
                "n": q.n,
                _("Mean"): f"{q.p:.0%}",
                _("Discrimination"): words.TO if q.discrimination is None else f"{q.discrimination:.2f}",
                _("Note"): ", ".join(QUALITY[flag] for flag in q.flags),
            }
            for q in shown
        ],
        hide_index=True,
    )
