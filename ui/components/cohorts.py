"""A cohort in a list, and the form for a new one."""

import streamlit as st

from core.cohorts import comparing, service
from core.cohorts.types import CohortView
from core.i18n import _, ngettext
from ui import cohort_charts, routes, text
from ui.components.note import note
from ui.guard import PageContext, foreseen
from ui.once import forget, once
from ui.routes import Screen
from ui.state import Key
from ui.text import plain


def cohort_card(item: CohortView) -> None:
    with st.container(border=True, key=f"cohort-{item.cohort_id}", gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{plain(item.name)}**")
            if item.archived:
                st.badge(_("Archived"), color="gray")
            elif item.feedback_only:
                st.badge(_("Aggregates only"), color="blue")
        members = ngettext("{count} learner", "{count} learners", item.member_count).format(count=item.member_count)
        note(f"{members} · {_('since {day}').format(day=text.day(item.created_at))}")
        routes.link(Screen.COHORT, _("Open"), icon=":material/groups:", cohort=item.cohort_id)


def new_cohort(ctx: PageContext) -> None:
    with st.form("new-cohort", border=True):
        st.markdown(_("**New cohort**"))
        name = st.text_input(
            _("Name"), key=Key.COHORT_NAME, max_chars=service.MAX_NAME_CHARS, placeholder=_("Batch of 2027")
        )
        feedback_only = st.checkbox(_("Aggregates only: nobody's own figures are shown to coaches"))
        if not st.form_submit_button(_("Create the cohort"), type="primary", icon=":material/group_add:"):
            forget("cohort")
            return
        with foreseen("cohorts"):
            cohort_id = once("cohort", (name, feedback_only), lambda: _made(ctx, name, feedback_only))
            routes.go(Screen.COHORT, cohort=cohort_id)


def _made(ctx: PageContext, name: str, feedback_only: bool) -> str:
    return ctx.read(service.create, name, feedback_only=feedback_only).cohort_id


def comparison(ctx: PageContext) -> None:
    """Cohorts beside each other, where there are two with interviews."""
    found = ctx.look(comparing.compare)
    if sum(one.mean is not None for one in found.standings) < 2:
        return
    st.subheader(_("Side by side"), anchor=False)
    cohort_charts.comparison(found.standings, key="comparison")
    note(
        _(
            "The mean of each cohort's interviews with its 95 % interval. Where intervals overlap, a difference may be "
            "chance; and cohorts differ in what they practise and how hard. This is no ranking."
        )
    )
    if found.more:
        note(_("Compared here: the newest {count} cohorts that are not archived.").format(count=len(found.standings)))
