"""One cohort: who is stuck, on what, and what to do now."""

import streamlit as st

from core.accounts.types import Role
from core.cohorts import service
from core.i18n import _
from ui.components import choices, cohort_settings
from ui.components import cohort as parts
from ui.components.agreeing import agreeing
from ui.components.assigning import assigning
from ui.components.cohort import VIEWS, View
from ui.guard import PageContext, page
from ui.state import Key
from ui.text import plain

DRAWN = {
    View.OVERVIEW: parts.overview,
    View.LEARNERS: parts.learners,
    View.COMPETENCIES: parts.competencies,
    View.QUESTIONS: parts.questions,
    View.ASSIGNMENTS: assigning,
    View.AGREEMENT: agreeing,
    View.SETTINGS: cohort_settings.manage,
}


@page(role=Role.COACH)
def cohort(ctx: PageContext) -> None:
    seen = ctx.read(service.cohort, ctx.cohort_id())
    st.title(plain(seen.name), anchor=False)
    if seen.archived:
        st.info(_("This cohort is archived: nobody can join it any more."), icon=":material/inventory_2:")
    view, place = choices.tabs(list(View), named=VIEWS.__getitem__, key=Key.COHORT_VIEW)
    with place:
        DRAWN[view](ctx, seen)


cohort()
