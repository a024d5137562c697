"""One cohort: who is stuck, on what, and what to do now."""

import streamlit as st

from core.accounts.types import Role
from core.cohorts import service
from core.i18n import _
from ui.components import cohort as parts
from ui.components import cohort_settings
from ui.components.agreeing import agreeing
from ui.components.assigning import assigning
from ui.guard import PageContext, page
from ui.text import plain


@page(role=Role.COACH)
def cohort(ctx: PageContext) -> None:
    seen = ctx.read(service.cohort, ctx.cohort_id())
    st.title(plain(seen.name), anchor=False)
    if seen.archived:
        st.info(_("This cohort is archived: nobody can join it any more."), icon=":material/inventory_2:")
    overview, learners, competencies, questions, assigned, agreed, manage = parts.views()
    filters = parts.filters(overview)
    found = ctx.look(service.analytics, seen.cohort_id, filters)
    names = parts.names(ctx, seen)
    with overview:
        parts.overview(ctx, found, names, seen, filters)
    with learners:
        parts.learners(ctx, seen)
    with competencies:
        parts.competencies(found, names)
    with questions:
        parts.questions(ctx, seen)
    with assigned:
        assigning(ctx, seen)
    with agreed:
        agreeing(ctx, seen)
    with manage:
        cohort_settings.manage(ctx, seen)


cohort()
