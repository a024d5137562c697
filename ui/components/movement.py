"""How a cohort moves: reliable change, and who is practising."""

import streamlit as st

from core.cohorts import comparing
from core.cohorts.types import CohortView, Filters
from core.i18n import _
from ui import cohort_charts
from ui.components.note import note
from ui.guard import PageContext


def growth(ctx: PageContext, seen: CohortView, filters: Filters) -> None:
    st.subheader(_("Growth"), anchor=False)
    found = ctx.look(comparing.growth_of, seen.cohort_id, filters)
    if found is None or found.median is None:
        st.markdown(_("Nobody has two interviews of one type and difficulty yet."))
        return
    cohort_charts.growth(found, key="growth")
    said = _(
        "n = {n} learners, from their first to their last interview of the kind they held last; the median change is "
        "{median:+.0f} points. «Improved» stands for more than chance explains (95 %), «probably» for 80 %. Who began "
        "very low tends to rise by chance alone."
    )
    note(said.format(n=found.n, median=found.median))


def activity(ctx: PageContext, seen: CohortView, filters: Filters) -> None:
    found = ctx.look(comparing.activity_of, seen.cohort_id, filters)
    if found is None or not found.n:
        return
    st.subheader(_("Activity"), anchor=False)
    with st.grid(4, min_column_width=130):
        for days, count in found.active:
            st.metric(_("In the last {days} days").format(days=days), f"{count} / {found.n}", border=True)
        st.metric(_("Not yet"), f"{found.never} / {found.n}", border=True)
    said = _("Learners who held an interview of this kind, of the n = {n} who share their scores; counted up to today.")
    note(said.format(n=found.n))
